"""What is fuzzed: each target takes one input, checks every law and says how it ended.

A target raises for a law that doesn't hold and for any error that isn't declared. What it returns is
one of a few kinds of outcome, to be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from fastapi.testclient import TestClient
from pydantic import BaseModel, ValidationError

from corpus.citations import relations_of
from corpus.coverage import coverage_of
from corpus.document_number import (
    NumberMatch,
    find_all,
    fold_typed,
    match,
    parse,
    parse_query,
)
from corpus.parser import parse_source
from corpus.quotation import quote
from corpus.rates import rates_of
from corpus.readers import read_file
from corpus.readers.limits import MEGABYTE, ReadingLimits
from corpus.readers.reading import ReadingError
from corpus.sources import Source
from corpus.validity import periods_of, validity_of
from indexer.errors import InvalidQueryError
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.schemas.benefit import BenefitsIn
from server.schemas.search import HitOut
from server.settings import ServerSettings

LIMITS = ReadingLimits(
    memory_bytes=512 * MEGABYTE, cpu_seconds=10, wall_seconds=120, pages=200, characters=500_000
)
"""For files of a few kilobytes; tighter than those of the settings, so that time is bounded."""

_CHINESE = re.compile("[一-鿿]")
_ADDRESSES = ("/", "/documents", "/benefits", "/api/v1/search", "/api/v1/lookup", "/api/v1/suggest")


def parser(text: str) -> str:
    """Nothing is lost, nothing twice; ids are unique; quotes are the source's own characters."""
    source = Source("x.txt", "汇编", "", "", "", ("汇编",), text)
    compilation = parse_source(source)
    assert coverage_of(compilation).is_exact
    assert len({document.id for document in compilation.documents}) == len(compilation.documents)
    for document in compilation.documents:
        assert len(document.by_id) == len(document.provisions)
        for provision in document.provisions:
            quotation = quote(text, document.subtree(provision))
            assert quotation.quote == "".join(span.of(text) for span in quotation.spans)
        periods_of(document)
        rates_of(document)
    validity_of(compilation.documents, relations_of([(compilation, ())]))
    return "read: documents found" if compilation.documents else "read: no document in it"


def document_number(text: str) -> str:
    """What is found can be printed and read back; what is folded stays as it is."""
    found = find_all(text)
    for span, number in found:
        assert 0 <= span.start < span.end <= len(text)
        assert parse(str(number)) == number
    alone = parse(text)
    if alone is not None:
        assert parse(str(alone), announcing_body=alone.agency) == alone
    folded = fold_typed(text)
    assert fold_typed(folded) == folded
    typed = parse_query(text)
    for _, number in found[:3]:
        again = parse_query(str(number))
        assert again is not None
        assert match(again, number) is NumberMatch.EXACT
    if found or alone is not None:
        return "a number as printed"
    return "a number as typed" if typed is not None else "no number"


@cache
def _knowledge_base() -> KnowledgeBase:
    return KnowledgeBase.open(ServerSettings())


@cache
def _client() -> TestClient:
    return TestClient(create_app(knowledge_base=_knowledge_base()), raise_server_exceptions=False)


def question(text: str) -> str:
    """Each way in answers in its declared form or says what is wrong with the question."""
    for address in _ADDRESSES:
        response = _client().get(address, params={"q": text.encode("utf-8", "surrogatepass")})
        assert response.status_code in {200, 303, 307, 404, 422}, (address, response.status_code)
    try:
        answered = list(_answers(_knowledge_base(), text))
    except InvalidQueryError as error:
        return _refusal(error)
    for result in answered:
        assert type(result).model_validate_json(result.model_dump_json(by_alias=False)) == result
    return "answered"


def _answers(knowledge_base: KnowledgeBase, text: str) -> Iterator[BaseModel]:
    yield knowledge_base.suggest(text)
    found = knowledge_base.search(text, facets=True)
    looked_up = knowledge_base.look_up(text)
    answer = knowledge_base.answer(text)
    clause = [looked_up.clause] if looked_up.clause is not None else []
    for hit in (*found.results, *clause, *looked_up.cited_by, *answer.citations, *answer.nearest):
        _check_quote(knowledge_base, hit)
    yield from (found, looked_up, answer)
    try:
        asked = BenefitsIn(question=text)
    except ValidationError:  # half a character or a longer text, as a request that is answered 422
        return
    yield knowledge_base.benefits(asked)


def _check_quote(knowledge_base: KnowledgeBase, hit: HitOut) -> None:
    place = hit.citation.source
    text = knowledge_base.index.store.source_text(place.file)
    assert hit.citation.quote == "".join(text[start:end] for start, end in place.spans)


def file(ending: str, content: bytes) -> str:
    """A file is read, and its text parsed without loss, or it is refused in Chinese."""
    try:
        reading = read_file("x" + ending, content, LIMITS)
    except ReadingError as error:
        return _refusal(error)
    reading.text.encode("utf-8")
    source = Source(
        "x" + ending, "汇编", "", "", "", (), reading.text, reading.pages, reading.furniture
    )
    assert coverage_of(parse_source(source)).is_exact
    return "read"


def _refusal(error: Exception) -> str:
    """The first sentence of a message, the same whatever its figures and names of errors."""
    message = str(error)
    assert _CHINESE.search(message), f"not for a user: {message}"
    first = message.split("。", maxsplit=1)[0]
    return "refused: " + re.sub(r"\d+", "N", re.sub(r"\([A-Za-z]+\)", "", first))
