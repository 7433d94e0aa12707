"""Provisions -> retrieval units, and the passages by which a unit is found.

A **unit** is what a hit shows and cites: the smallest piece that an official would cite on its
own. A numbered unit with its unnumbered paragraphs is one; a rule that ends in a colon takes its
list of items along; long units without numbers fall into their paragraphs; each table row is one.

A **passage** is what is embedded: a stretch of the unit's text short enough for one vector, with
the headings above it. A unit is as near to a query as its nearest passage (MaxP; Dai and Callan,
SIGIR 2019).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.asked_as import AskedAs
from corpus.edition import Apparatus, Edition
from corpus.model import Compilation, Document, PartKind, Provision, ProvisionKind, Span, page_at
from corpus.quotation import PlacedErratum, place_errata, quote
from corpus.rates import Rate
from corpus.sentences import Sentence, sentences_of
from corpus.validity import Period

_LONGEST_UNIT = 900  # characters; longer ones are cited by their parts
_LONGEST_ITEM = 130  # mean length of items that are read with their lead-in
_LONGEST_PASSAGE = 160  # characters; e5 loses detail in longer ones
# 具体措施: / 填报时间:_____ / 否☐ / 其他约定事项:
_FIELD_OR_LEAD_IN = re.compile(r".{0,15}(?:[:：_☐□]|\(\))[;；。]?")
_SENTENCE = re.compile(r"[^。；;\n]+[。；;\n]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A citable piece.

    ``headings`` are those above it, outermost first; ``reading`` is the text with what a table
    cell needs to be understood, the heads of the columns. ``errata`` mark misprints in ``text``;
    ``pages`` are the first and last page where the format of the source has pages; ``period`` is
    the term of this piece if it has one of its own, ``rates`` are what a catalogue pays for it;
    ``asked_as`` is how people ask for it.
    """

    id: str
    document_id: str
    provision: Provision
    headings: tuple[str, ...]
    text: str
    quote: str
    spans: tuple[Span, ...]
    reading: str
    errata: tuple[PlacedErratum, ...] = ()
    pages: tuple[int, int] | None = None
    period: Period | None = None
    rates: tuple[Rate, ...] = ()
    asked_as: AskedAs | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of ``units[unit]`` as it is embedded."""

    unit: int
    text: str


def units_of(edition: Edition) -> Iterator[Unit]:
    """All units of the collection, in reading order."""
    for compilation in edition.compilations:
        yield from units_in(compilation, edition.apparatus[compilation.source_file])


def units_in(compilation: Compilation, apparatus: Apparatus) -> Iterator[Unit]:
    """The units of one compilation, in reading order."""
    for document in compilation.documents:
        for provision in document.children(None):
            for included in _units_below(document, provision):
                yield unit_of(compilation.text, document, included, apparatus)


def _units_below(document: Document, provision: Provision) -> Iterator[list[Provision]]:
    """For each unit at or below ``provision`` the provisions that it takes in."""
    children = document.children(provision.id)
    if not children:
        if not _says_nothing_alone(provision):
            yield [provision]
        return
    if _is_cited_whole(document, provision, children):
        yield list(document.subtree(provision))
        return
    speaks = not provision.is_bare_heading and not _says_nothing_alone(provision)
    if speaks or _heads_a_list(children):
        yield [provision]
    for child in children:
        yield from _units_below(document, child)


def _heads_a_list(children: Sequence[Provision]) -> bool:
    """Section rows of a table are cited (they bear rates); the headings of a form are not."""
    return any(cell.head for child in children for cell in child.cells)


def _says_nothing_alone(provision: Provision) -> bool:
    """Heads of tables, empty rows and fields of forms, and lead-ins like ``具体措施:``."""
    if provision.kind is ProvisionKind.TABLE_ROW:
        return not provision.cells or not re.search(r"[^\W\d]", provision.text)
    return _FIELD_OR_LEAD_IN.fullmatch(provision.text) is not None


def _is_cited_whole(
    document: Document, provision: Provision, children: Sequence[Provision]
) -> bool:
    below = list(document.subtree(provision))[1:]
    if sum(len(p.text) for p in below) + len(provision.text) > _LONGEST_UNIT:
        return False
    items = [p for p in below if p.kind is ProvisionKind.CLAUSE]
    if any(p.kind is ProvisionKind.TABLE_ROW for p in below):
        return False
    if not items:
        return True
    lead_in = next(
        (p.text for p in reversed([provision, *children]) if p.kind is not ProvisionKind.CLAUSE),
        provision.text,
    )
    is_list = lead_in.endswith((":", "：")) or provision.text.endswith((":", "："))
    return is_list and sum(len(p.text) for p in items) / len(items) <= _LONGEST_ITEM


def unit_of(
    source: str, document: Document, included: Sequence[Provision], apparatus: Apparatus
) -> Unit:
    """The unit that the first of ``included`` names and all of them make up."""
    provision = included[0]
    quotation = quote(source, included)
    return Unit(
        id=provision.id,
        document_id=document.id,
        provision=provision,
        headings=_headings(document, provision),
        text=quotation.text,
        quote=quotation.quote,
        spans=quotation.spans,
        reading=_row_reading(provision) if provision.cells else quotation.text,
        errata=place_errata(quotation, apparatus.errata),
        pages=_pages(quotation.spans, apparatus),
        period=apparatus.periods.get(provision.id),
        rates=apparatus.rates.get(provision.id, ()),
        asked_as=apparatus.asked_as.get(provision.id),
    )


def _pages(spans: Sequence[Span], apparatus: Apparatus) -> tuple[int, int] | None:
    if not spans or not apparatus.pages:
        return None
    first, last = (page_at(apparatus.pages, at) for at in (spans[0].start, spans[-1].end - 1))
    return (first, last) if first is not None and last is not None else None


def _headings(document: Document, provision: Provision) -> tuple[str, ...]:
    """Titles and headings above a provision: part title, then headings of its ancestors."""
    part = document.parts[provision.part] if document.parts else None
    titles = [part.title] if part and part.kind is not PartKind.NOTICE and part.title else []
    above = [p.heading or _lead_in(p.text) for p in document.ancestors(provision)]
    return tuple(filter(None, [*titles, *above]))


def _lead_in(text: str) -> str:
    """The opening of a rule that its items depend on, at most one sentence."""
    sentence = _SENTENCE.match(text)
    return sentence[0].strip()[:60] if sentence else ""


def _row_reading(provision: Provision) -> str:
    """``职业(工种):电工`` for each cell that has a head; plain cells otherwise."""
    return ";".join(
        f"{cell.head}:{cell.value}" if cell.head else cell.value
        for cell in provision.cells
        if cell.value and cell.head not in ("序号", "编号")
    )


def short_title(title: str) -> str:
    """The title without issuers and the words that every notice has: what it is about."""
    about = re.sub(r"^.*?(?=关于|转发|印发)", "", title, count=1) or title
    about = re.sub(r"^(?:关于|转发|印发)+", "", about)
    about = re.sub(r"^(?:印发|发布|做好|贯彻落实|贯彻)", "", about)
    return re.sub(r"的(?:通知|实施意见|意见)$", "", about).strip("《》") or title


def passages_of(unit: Unit, index: int) -> list[Passage]:
    """The passages of one unit, each under the nearest heading.

    A table row says little without the title of its table, so it gets one heading more. Longer
    contexts were tried and lose: they make all clauses of a document alike.
    """
    context = " ".join(unit.headings[-2:] if unit.provision.cells else unit.headings[-1:])
    stretches = _stretches(unit.reading)
    return [Passage(index, f"{context}\n{text}" if context else text) for text in stretches]


def _stretches(text: str) -> list[str]:
    """Whole sentences up to the length of a passage; a longer sentence stands alone."""
    stretches: list[str] = []
    current = ""
    for sentence in _SENTENCE.findall(text):
        if current and len(current) + len(sentence) > _LONGEST_PASSAGE:
            stretches.append(current)
            current = ""
        current += sentence
    if current.strip():
        stretches.append(current)
    return [stretch.strip() for stretch in stretches if stretch.strip()] or [text]


def sentences_in(unit: Unit) -> tuple[Sentence, ...]:
    """The sentences of a unit; a table row has cells instead."""
    return () if unit.provision.cells else sentences_of(unit.text, unit.provision.heading)


def sentence_texts(unit: Unit) -> list[str]:
    """Each sentence of a unit as it is embedded, under the heading that names what it is about.

    None of a unit that has a single one: there is nothing to choose from.
    """
    sentences = sentences_in(unit)
    if len(sentences) < 2:
        return []
    about = unit.provision.heading or next(reversed(unit.headings), "")
    texts = [sentence.of(unit.text) for sentence in sentences]
    return [f"{about}\n{text}" if about else text for text in texts]


def lexical_text(unit: Unit, document: Document) -> str:
    """What the lexical index reads of a unit: its words and those that stand above it.

    The right readings of misprints are among them, so that both are found, and the words in which
    people ask for it.
    """
    corrected = [erratum.reading for erratum in unit.errata]
    about = short_title(document.title)
    return " ".join([unit.reading, *corrected, about, *unit.headings[-3:], *questions_of(unit)])


def questions_of(unit: Unit) -> tuple[str, ...]:
    """What a query is compared with, question to question."""
    if unit.asked_as is None:
        return ()
    return tuple(filter(None, (*unit.asked_as.questions, unit.asked_as.keywords)))


def wants_questions(unit: Unit) -> bool:
    """Whether it should have questions: entries of a catalogue are asked for by their section."""
    return not unit.provision.cells
