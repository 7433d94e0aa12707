"""The tools: what a language model may ask, each the same function as an address of the API."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from mcp.types import Tool, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from corpus.validity import Status
from indexer.facets import Sort
from indexer.filters import Filters
from indexer.query import LONGEST_QUERY
from indexer.search import Mode
from server.knowledge_base import KnowledgeBase
from server.mcp import readable
from server.schemas.answer import AnswerIn, AnswerOut
from server.schemas.benefit import BenefitsIn, BenefitsOut
from server.schemas.document import ClauseDetailOut, DocumentDetailOut
from server.schemas.search import LookupOut, SearchOut

_LONGEST_NAME = 100  # characters; as in the API

_ArgumentsT = TypeVar("_ArgumentsT", bound=BaseModel)
_ResultT = TypeVar("_ResultT", bound=BaseModel)

AsOf = Annotated[
    datetime.date | None, Field(description="以哪一天为准判断时效,例如 2021-06-01;默认今天")
]
Name = Annotated[str | None, Field(max_length=_LONGEST_NAME)]
Year = Annotated[int | None, Field(ge=1900, le=2200)]


class _Arguments(BaseModel):
    """What a tool is called with; a name that it doesn't know is a slip worth telling."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(_Arguments):
    """A query, how many clauses are wanted, and which documents may be searched."""

    query: str = Field(
        min_length=1, max_length=LONGEST_QUERY, description="问题、关键词或文号,用平常的话就行"
    )
    limit: int = Field(default=5, ge=1, le=50, description="要几条")
    offset: int = Field(default=0, ge=0, le=100_000, description="跳过前几条")
    mode: Mode = Field(default=Mode.HYBRID, description="hybrid 综合,lexical 字词,dense 语义")
    doc_number: Name = Field(default=None, description="只在这个文号的文件中找")
    issuer: Name = Field(default=None, description="只要这个单位发的文件,写部分名称即可")
    year_from: Year = Field(default=None, description="起始年份")
    year_to: Year = Field(default=None, description="截止年份")
    section: Name = Field(default=None, description="汇编栏目")
    status: Status | None = Field(default=None, description="有效性,以 as_of 那天为准")
    as_of: AsOf = Field(default=None, description="以哪一天为准;此后印发的文件不计")
    sort: Sort = Field(default=Sort.RELEVANCE, description="relevance 按相关度,newest 按印发日期")
    facets: bool = Field(default=False, description="统计发文单位、年份、栏目、有效性")


class LookupArguments(_Arguments):
    """A document number, with or without a clause."""

    query: str = Field(
        min_length=1,
        max_length=LONGEST_QUERY,
        description="文号,可带条款,例如 云财规〔2019〕3号第四条第(二)项",
    )
    as_of: AsOf = None


class DocumentArguments(_Arguments):
    """Which document."""

    document_id: str = Field(
        min_length=1, max_length=LONGEST_QUERY, description="文件的编号、文号或标题"
    )
    as_of: AsOf = None


class ClauseArguments(_Arguments):
    """Which clause."""

    clause_id: str = Field(
        min_length=1,
        max_length=LONGEST_QUERY,
        description="条款编号,取自检索结果,例如 云财规-2019-3:第四条",
    )
    as_of: AsOf = None


@dataclass(frozen=True, slots=True)
class KnowledgeTool(Generic[_ArgumentsT, _ResultT]):
    """A tool: its arguments, what it does, and the result as data and as text.

    ``answer`` raises DianceError where the knowledge base does.
    """

    name: str
    title: str
    description: str
    arguments: type[_ArgumentsT]
    result: type[_ResultT]
    answer: Callable[[KnowledgeBase, _ArgumentsT], _ResultT]
    read_out: Callable[[_ResultT], str]

    def declared(self) -> Tool:
        """The tool as clients list it. All tools read only, and only this collection."""
        # The SDK's own derivation knows schemas of input only, where PeriodOut's "from" has the
        # name that it has in Python; clients check what they get against the schema of output.
        output = self.result.model_json_schema(mode="serialization", by_alias=True)
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=output,
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )


def _search(knowledge_base: KnowledgeBase, asked: SearchArguments) -> SearchOut:
    filters = Filters(
        doc_number=asked.doc_number or None,
        issuer=asked.issuer or None,
        year_from=asked.year_from,
        year_to=asked.year_to,
        section=asked.section or None,
        as_of=asked.as_of,
        status=asked.status,
    )
    return knowledge_base.search(
        asked.query,
        limit=asked.limit,
        offset=asked.offset,
        mode=asked.mode,
        filters=filters,
        sort=asked.sort,
        facets=asked.facets,
        as_of=asked.as_of,
    )


TOOLS: tuple[KnowledgeTool[Any, Any], ...] = (
    KnowledgeTool(
        name="answer",
        title="回答问题",
        description=(
            "用政策条款的原文回答一个问题:补贴多少、什么条件、找谁办、什么时候到期。"
            "给出引文、出处、时效、要注意的差异和可以追问的话;汇编没有规定时明说没有。"
            "一般的问题先用它。"
        ),
        arguments=AnswerIn,
        result=AnswerOut,
        answer=lambda kb, asked: kb.answer(asked.question, asked.as_of),
        read_out=readable.answer,
    ),
    KnowledgeTool(
        name="search",
        title="检索条款",
        description=(
            "按问题、关键词或文号检索条款,按相关程度排列,每条带原文、出处和时效。"
            "可按文号、发文单位、年份、栏目缩小范围。"
        ),
        arguments=SearchArguments,
        result=SearchOut,
        answer=_search,
        read_out=readable.search,
    ),
    KnowledgeTool(
        name="lookup",
        title="按文号查文件和条款",
        description=(
            "按文号(可带条款)查文件,写法不规范也能认;没有这个文号时给出相近的,"
            "或者哪些条款引用了它。"
        ),
        arguments=LookupArguments,
        result=LookupOut,
        answer=lambda kb, asked: kb.look_up(asked.query, asked.as_of),
        read_out=readable.lookup,
    ),
    KnowledgeTool(
        name="document",
        title="读一份文件",
        description=(
            "一份文件的全部内容:文号、发文单位、时效、结构、条款、表格,以及它引用、转发、废止了"
            "哪些文件,被哪些文件引用。文件可能很长,只要一个条款时用 clause。"
        ),
        arguments=DocumentArguments,
        result=DocumentDetailOut,
        answer=lambda kb, asked: kb.document(asked.document_id, asked.as_of),
        read_out=readable.document,
    ),
    KnowledgeTool(
        name="clause",
        title="读一个条款",
        description="一个条款的原文、出处和时效,连同它的上级、下级和前后条款。",
        arguments=ClauseArguments,
        result=ClauseDetailOut,
        answer=lambda kb, asked: kb.clause(asked.clause_id, asked.as_of),
        read_out=readable.clause,
    ),
    KnowledgeTool(
        name="benefits",
        title="能享受哪些补贴和待遇",
        description=(
            "按一个人或单位的情况(profile)或一句话的问题(question),列出符合、可能符合和不符合的"
            "补贴、待遇:金额和算法、已满足和未知的条件、期限、依据的条款,以及还要问什么。"
        ),
        arguments=BenefitsIn,
        result=BenefitsOut,
        answer=lambda kb, asked: kb.benefits(asked),
        read_out=readable.benefits,
    ),
)
"""All tools, the one for plain questions first."""
