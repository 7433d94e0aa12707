"""How exactly documents are read: places of characters, round trips, cases read by hand."""

from __future__ import annotations

import gzip
import json
import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from corpus.document_number import int_to_chinese
from corpus.model import Compilation, Document, PartKind, page_at
from corpus.parser import parse_source
from corpus.quotation import quote
from corpus.readers.pdf import read_pdf
from corpus.sources import Source
from indexer.errors import DianceError
from indexer.lookup import look_up
from indexer.search import SearchIndex

_ARTICLES_A_CHAPTER = 10
# Lines of these are one value, wherever they are broken.
_ONE_LINE_FIELDS = ("addressee", "adoption_note")


def squeezed(text: str) -> str:
    """Text without white space, width of punctuation folded: what round trips compare."""
    return re.sub(r"\s", "", text).translate(_FOLDED)


_FOLDED = str.maketrans("（），：；！？", "(),:;!?")


# --- PDF ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A compilation set as PDF and read back; ``different`` names the provisions that changed."""

    pages: int
    documents: int
    documents_back: int
    provisions: int
    equal: int
    different: tuple[str, ...]
    pages_right: int
    pages_wrong: tuple[str, ...]
    seconds: float


def pdf_round_trip(original: Source) -> RoundTrip:
    """Set a compilation as a book, read the PDF, and compare provision by provision, by id.

    Both are parsed as printed: errata have their place in the original only.

    Raises:
        DianceError: the typesetting library isn't installed.
    """
    try:
        from eval.typesetting import typeset  # noqa: PLC0415  (comes with the test tools)
    except ImportError:
        raise DianceError(
            "PDF 往返需要测试工具。请先运行 make test 安装它们,或加 --no-pdf。"
        ) from None
    compilation = parse_source(original)
    book = typeset(compilation)
    started = time.perf_counter()
    reading = read_pdf(book.content)
    source = Source(
        "book.pdf",
        compilation.title,
        "",
        "",
        "",
        (),
        reading.text,
        reading.pages,
        reading.furniture,
    )
    back = parse_source(source)
    seconds = time.perf_counter() - started
    provisions = {p.id: p for d in compilation.documents for p in d.provisions}
    returned = {p.id: p for d in back.documents for p in d.provisions}
    equal = [
        name
        for name, provision in provisions.items()
        if name in returned and squeezed(returned[name].text) == squeezed(provision.text)
    ]
    right: list[str] = []
    wrong: list[str] = []
    for name in equal:
        first = returned[name].marker_segment or returned[name].segments[0]
        is_right = page_at(back.pages, first.span.start) == book.pages.get(name)
        (right if is_right else wrong).append(name)
    return RoundTrip(
        pages=len(reading.pages),
        documents=len(compilation.documents),
        documents_back=len({d.id for d in back.documents} & {d.id for d in compilation.documents}),
        provisions=len(provisions),
        equal=len(equal),
        different=tuple(name for name in provisions if name not in set(equal)),
        pages_right=len(right),
        pages_wrong=tuple(wrong),
        seconds=seconds,
    )


# --- statutes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatuteRun:
    """Statutes rebuilt from their articles and parsed; ``different`` as ``law 第X条``."""

    laws: int
    articles: int
    same: int
    different: tuple[str, ...]
    characters: int
    seconds: float


def parse_statutes(path: Path, laws: int | None, seed: int = 1) -> StatuteRun:
    """Rebuild laws (a sample, or all for None) from their articles, parse, compare the articles."""
    by_law: dict[str, list[dict[str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            by_law.setdefault(article["law"], []).append(article)
    names = [name for name, articles in by_law.items() if len(articles) > 1]
    if laws is not None:
        names = random.Random(seed).sample(names, min(laws, len(names)))
    total = same = characters = 0
    seconds = 0.0
    different: list[str] = []
    for name in names:
        text = statute_text(name, by_law[name])
        started = time.perf_counter()
        parsed = parse_source(Source("statute.txt", name, "", "", "", (), text))
        seconds += time.perf_counter() - started
        characters += len(text)
        found = _articles(text, parsed)
        for article in by_law[name]:
            total += 1
            if squeezed(article["text"]) in found.get(squeezed(article["article"]), ()):
                same += 1
            else:
                different.append(f"{name} {article['article']}")
    return StatuteRun(len(names), total, same, tuple(different), characters, seconds)


def statute_text(law: str, articles: Sequence[Mapping[str, str]]) -> str:
    """A law as it is printed: title, adoption, a chapter heading every ten articles, articles."""
    lines = [law]
    if articles[0]["date"]:
        year, month, day = articles[0]["date"].split("-")
        lines.append(f"({year}年{int(month)}月{int(day)}日通过)")
    for index, article in enumerate(articles):
        if index % _ARTICLES_A_CHAPTER == 0:
            lines.append(f"第{int_to_chinese(index // _ARTICLES_A_CHAPTER + 1)}章　总则")
        lines.append(f"{article['article']}　{article['text']}")
    return "\n".join(lines)


def _articles(text: str, compilation: Compilation) -> dict[str, list[str]]:
    """Articles by number, each with all that belongs to it."""
    found: dict[str, list[str]] = {}
    for document in compilation.documents:
        for provision in document.provisions:
            if provision.marker.startswith("第") and "条" in provision.marker:
                whole = quote(text, document.subtree(provision)).text
                found.setdefault(squeezed(provision.marker), []).append(squeezed(whole))
    return found


# --- cases read by hand -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """One expectation: ``wanted`` and ``found`` are alike when it is met."""

    name: str
    wanted: str
    found: str

    @property
    def is_met(self) -> bool:
        """Whether what was found is what was wanted."""
        return self.wanted == self.found


def read_cases(path: Path) -> list[dict[str, Any]]:
    """A file of cases, JSON or JSON Lines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return list(json.loads(text))


def document_cases(
    cases: Iterable[Mapping[str, Any]], compilation: Compilation, cited: Mapping[str, set[str]]
) -> Iterator[Case]:
    """Every field of documents; ``cited`` are the numbers that a document names, by its id."""
    for wanted in cases:
        document = _document(compilation, wanted)
        for name, (value, found) in _fields(document, wanted, compilation, cited).items():
            label = f"{wanted['doc'] or wanted['title']} {name}"
            yield Case(
                label, json.dumps(value, ensure_ascii=False), json.dumps(found, ensure_ascii=False)
            )


def _document(compilation: Compilation, wanted: Mapping[str, Any]) -> Document:
    names = (wanted["doc"], wanted["title"])
    return next(d for d in compilation.documents if d.doc_number in names or d.title in names)


def _fields(
    document: Document,
    wanted: Mapping[str, Any],
    compilation: Compilation,
    cited: Mapping[str, set[str]],
) -> dict[str, tuple[object, object]]:
    issued = [part.title for part in document.parts if part.kind is PartKind.ISSUED_TEXT]
    numbers = cited.get(document.id, set())
    orders = {number for number in numbers if "令第" in number}
    return {
        "title": (squeezed(wanted["title"]), squeezed(document.title)),
        "section": (wanted["section"], document.section),
        "issuers": (wanted["issuers"], list(document.issuers)),
        "date": (wanted["date"], str(document.date) if document.date else None),
        "publicity": (wanted["publicity"], document.publicity),
        "addressee": (squeezed(wanted["addressee"] or ""), squeezed(document.addressee or "")),
        "issued_text": (
            squeezed(wanted["issued_text"]["title"]) if wanted["issued_text"] else None,
            squeezed(issued[0]) if issued else None,
        ),
        "attachments": (
            [(a["label"], bool(a.get("missing"))) for a in wanted["attachments"]],
            [(a.label, a.part is None and a.document_id is None) for a in document.attachments],
        ),
        "embedded": (
            wanted["embedded"],
            [d.doc_number for d in compilation.documents if d.container_id == document.id],
        ),
        "cites": (sorted(set(wanted["cites"])), sorted(numbers - orders)),
        "cites_orders": (sorted(set(wanted["cites_orders"])), sorted(orders)),
    }


def join_cases(cases: Iterable[Mapping[str, Any]], compilation: Compilation) -> Iterator[Case]:
    """Pairs of neighbouring paragraphs: one that was cut (by a page break), or two."""
    joined = joined_lines(compilation)
    for case in cases:
        pair = (int(case["line_a"]), int(case["line_b"]))
        yield Case(f"第{pair[0]}、{pair[1]}行", str(bool(case["cut"])), str(pair in joined))


def joined_lines(compilation: Compilation) -> set[tuple[int, int]]:
    """All pairs of lines (counted from 1) that were joined to one paragraph or title."""
    starts = [0]
    for line in compilation.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    number_at = {start: number for number, start in enumerate(starts, start=1)}

    def line_of(offset: int) -> int:
        return number_at[compilation.text.rfind("\n", 0, offset) + 1]

    pieces = [
        (before.span, after.span)
        for document in compilation.documents
        for provision in document.provisions
        for before, after in pairwise(provision.segments)
        if after.joined
    ]
    pieces += [
        (before.span, after.span)
        for document in compilation.documents
        for before, after in pairwise(document.metadata_spans)
        if before.field == after.field and before.field in _ONE_LINE_FIELDS
    ]
    return {(line_of(before.start), line_of(after.start)) for before, after in pieces}


# --- look-ups -------------------------------------------------------------------------------


def clause_cases(cases: Iterable[Mapping[str, Any]], index: SearchIndex) -> Iterator[Case]:
    """Where clauses begin and end, looked up as an official cites them."""
    for wanted in cases:
        result = look_up(index, f"{wanted['doc']} {wanted['path']}")
        text = squeezed(result.clause.unit.text) if result.clause is not None else ""
        begins, ends = squeezed(wanted["starts_with"]), squeezed(wanted["ends_with"])
        yield Case(
            f"{wanted['doc']} {wanted['path']}",
            f"{begins}…{ends}",
            f"{text[: len(begins)]}…{text[-len(ends) :]}",
        )


def number_cases(cases: Iterable[Mapping[str, Any]], index: SearchIndex) -> Iterator[Case]:
    """Look-ups by document number as people type them: how it matches, and what is found."""
    for wanted in cases:
        expected = wanted["expect"]
        result = look_up(index, wanted["query"])
        found = result.document.doc_number or result.document.title if result.document else None
        quoted = squeezed(expected.get("quote") or "")
        hits = [result.clause] if result.clause is not None else list(result.cited_by)
        match = result.match.value
        if wanted["kind"] == "clause" and result.clause is not None:
            match = "clause"
        elif wanted["kind"] == "cited":
            found = next(
                (h.document.doc_number for h in hits if quoted in squeezed(h.unit.text)), None
            )
        has_quote = not quoted or any(quoted in squeezed(hit.unit.text) for hit in hits)
        yield Case(
            wanted["query"],
            f"{wanted['kind']} {expected['doc']} True",
            f"{match} {found} {has_quote}",
        )
