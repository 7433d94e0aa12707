"""The resources: the documents and clauses of the collection, to be read as text."""

from __future__ import annotations

from mcp import UriTemplate
from mcp.types import Resource, ResourceTemplate

from indexer.errors import NotFoundError
from server.knowledge_base import KnowledgeBase
from server.mcp import readable

CONTENTS = "diance://documents"
_DOCUMENT = UriTemplate.parse("diance://documents/{document_id}")
_CLAUSE = UriTemplate.parse("diance://clauses/{clause_id}")
MEDIA_TYPE = "text/plain"

TEMPLATES = (
    ResourceTemplate(
        name="document",
        title="一份文件",
        uri_template=str(_DOCUMENT),
        description="文件的全文,按条款排列;可写编号或文号",
        mime_type=MEDIA_TYPE,
    ),
    ResourceTemplate(
        name="clause",
        title="一个条款",
        uri_template=str(_CLAUSE),
        description="条款的原文、出处和时效;编号取自检索结果",
        mime_type=MEDIA_TYPE,
    ),
)
"""Addresses with a name to fill in; clauses are too many to be listed."""


def listed(knowledge_base: KnowledgeBase) -> list[Resource]:
    """The list of documents, and each document."""
    store = knowledge_base.index.store
    contents = Resource(
        uri=CONTENTS,
        name="documents",
        title="文件目录",
        description="全部文件的标题、文号、编号和时效",
        mime_type=MEDIA_TYPE,
    )
    documents = [
        Resource(
            uri=_DOCUMENT.expand({"document_id": frame.id}),
            name=frame.id,
            title=frame.title,
            description=" · ".join(
                filter(None, (frame.doc_number, "、".join(frame.issuers), str(frame.date or "")))
            ),
            mime_type=MEDIA_TYPE,
        )
        for frame in store.frames
    ]
    return [contents, *documents]


def text_of(knowledge_base: KnowledgeBase, uri: str) -> str:
    """What stands at an address.

    Raises:
        NotFoundError: there is no such address, document or clause.
    """
    if uri.rstrip("/") == CONTENTS:
        count = len(knowledge_base.index.store.frames)
        return readable.documents(knowledge_base.documents(limit=count))
    if named := _DOCUMENT.match(uri):
        return readable.whole_document(knowledge_base.document(str(named["document_id"])))
    if named := _CLAUSE.match(uri):
        return readable.clause(knowledge_base.clause(str(named["clause_id"])))
    raise NotFoundError(
        f"没有资源 {uri}。文件目录是 {CONTENTS},文件是 {_DOCUMENT},条款是 {_CLAUSE}。"
    )
