"""What documents say of each other: cite, forward, implement, repeal, override, promulgate.

A reference is a number, a title in 《》, or both: ``《…的意见》(国发〔2018〕11号)``. What the
sentence does with it makes the kind of the relation, as OASIS LegalDocML tells active
modifications (repeal) from references. Titles without a number are followed to documents of the
collection, and to the number that another passage gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from corpus.cleaning import comparable
from corpus.document_number import find_all
from corpus.model import Compilation, Document, Erratum, PartKind, Provision, ProvisionKind
from corpus.quotation import corrected_text


class RelationKind(StrEnum):
    """What a document does with another."""

    CITES = "cites"
    FORWARDS = "forwards"  # 转发
    IMPLEMENTS = "implements"  # 为贯彻落实…, 根据…
    REPEALS = "repeals"  # 同时废止
    OVERRIDES = "overrides"  # 与本办法不一致的,以本办法为准
    PROMULGATES = "promulgates"  # 现予公布


@dataclass(frozen=True, slots=True)
class Relation:
    """``provision_id`` says it in ``words`` (the sentence).

    ``number`` and ``title`` are as named there, ``target_id`` is a document of the collection.
    All three are None where earlier rules are overridden without naming them. ``printed_number``
    is set where a misprint was put right.
    """

    document_id: str
    provision_id: str
    kind: RelationKind
    number: str | None
    title: str | None
    target_id: str | None
    words: str
    printed_number: str | None = None


@dataclass(frozen=True, slots=True)
class _Reference:
    number: str | None
    title: str | None
    start: int


_TITLE = r"《((?:[^《》]|《[^《》]*》)*)》"
_TITLE_AND_BRACKET = re.compile(rf"{_TITLE}(?:\s*[(（]([^()（）]*?)[)）])?")
_SENTENCE = re.compile(r"[^。;；\n]+[。;；\n]?")
_SHORTEST_TITLE = 8  # characters of a title that is recognised without 《》
_REPEAL = re.compile(r"(?:同时|予以|即行)?废止|停止执行")
_OVERRIDE = re.compile(r"与本.{0,8}不(?:一致|符).{0,6}(?:以|按照?)本.{0,8}(?:为准|执行)")
_FORWARD = re.compile(r"转发(?:给)?(?:你们|你单位|各地)")
_PROMULGATE = re.compile(r"(?:现予|予以)公布")
_MADE_HERE = re.compile(r"(?:制定|制订|编制|起草|形成)了?$|现将$")
_BASIS = re.compile(r"根据|依据|按照|(?:为|为了|结合).{0,12}(?:贯彻|落实|执行)|贯彻|结合")


def relations_of(
    compilations: Sequence[tuple[Compilation, Sequence[Erratum]]],
) -> tuple[Relation, ...]:
    """All relations of the collection in reading order; errata are in order of place."""
    documents = [document for compilation, _ in compilations for document in compilation.documents]
    reader = _RelationReader(documents)
    texts = {
        provision.id: corrected_text(compilation.text, provision, errata)
        for compilation, errata in compilations
        for document in compilation.documents
        for provision in document.provisions
    }
    reader.learn_titles(texts.values())
    return tuple(
        relation for document in documents for relation in reader.relations(document, texts)
    )


class _RelationReader:
    def __init__(self, documents: Sequence[Document]) -> None:
        self._by_number = {d.doc_number: d.id for d in documents if d.doc_number}
        self._by_title: dict[str, str] = {}
        self._numbers_of_titles: dict[str, str] = {}
        for document in documents:
            issued = [p.title for p in document.parts if p.kind is PartKind.ISSUED_TEXT and p.title]
            for title in (document.title, *issued):
                self._by_title.setdefault(comparable(title), document.id)
        # With thousands of documents trying each title on each sentence would be most of a build.
        self._by_opening: dict[str, list[tuple[int, str]]] = {}
        for at, title in enumerate(self._by_title):
            if len(title) >= _SHORTEST_TITLE:
                self._by_opening.setdefault(title[:_SHORTEST_TITLE], []).append((at, title))

    def learn_titles(self, texts: Iterable[str]) -> None:
        """Remember the number that stands behind a title anywhere."""
        for text in texts:
            for reference in _references(text):
                if reference.title and reference.number:
                    self._numbers_of_titles.setdefault(
                        comparable(reference.title), reference.number
                    )

    def relations(self, document: Document, texts: Mapping[str, str]) -> Iterator[Relation]:
        """What ``document`` says of others."""
        openings = _openings(document)
        for provision in document.provisions:
            text = texts[provision.id]
            if provision.kind is ProvisionKind.TITLE:
                continue
            seen: set[str] = set()
            misprints = _misprints(provision.text, text)
            for hit in _SENTENCE.finditer(text):
                sentence = hit[0].strip()
                for relation in self._in_sentence(document, provision, sentence, openings):
                    name = relation.target_id or relation.number or relation.title or ""
                    if name not in seen or relation.kind is RelationKind.REPEALS:
                        seen.add(name)
                        printed = misprints.get(relation.number or "")
                        yield replace(relation, printed_number=printed)

    def _in_sentence(
        self, document: Document, provision: Provision, sentence: str, openings: frozenset[str]
    ) -> Iterator[Relation]:
        if _OVERRIDE.search(sentence):
            kind = RelationKind.OVERRIDES
            yield Relation(document.id, provision.id, kind, None, None, None, sentence)
        references = [*_references(sentence), *self._unmarked_titles(sentence)]
        for reference in references:
            number, target = self._resolve(reference)
            kind = _kind_of(sentence, reference, is_opening=provision.id in openings)
            if target == document.id:
                if kind is not RelationKind.REPEALS or reference.number:
                    continue
                number, target = None, None  # an earlier text of the same title
            if kind is RelationKind.CITES and number is None and target is None:
                continue
            yield Relation(
                document.id, provision.id, kind, number, reference.title, target, sentence
            )

    def _resolve(self, reference: _Reference) -> tuple[str | None, str | None]:
        number, target = reference.number, None
        if reference.title and number is None:
            name = comparable(reference.title)
            target = self._by_title.get(name)
            number = self._numbers_of_titles.get(name) if target is None else None
        return number, target or self._by_number.get(number or "")

    def _unmarked_titles(self, sentence: str) -> Iterator[_Reference]:
        """Titles of the collection's own texts that stand in running text without 《》."""
        plain = comparable(_TITLE_AND_BRACKET.sub("", sentence))
        found = {
            named
            for at in range(len(plain) - _SHORTEST_TITLE + 1)
            for named in self._by_opening.get(plain[at : at + _SHORTEST_TITLE], ())
            if plain.startswith(named[1], at)
        }
        for _, title in sorted(found):  # in the order of the book
            yield _Reference(None, title, len(sentence))


def _references(text: str) -> list[_Reference]:
    """Numbers and titles in order of place; a number in the bracket behind a title is its own."""
    references: list[_Reference] = []
    taken: list[tuple[int, int]] = []
    for hit in _TITLE_AND_BRACKET.finditer(text):
        numbers = find_all(hit[2] or "") or find_all(hit[1])
        number = str(numbers[0][1]) if len(numbers) == 1 else None
        references.append(_Reference(number, hit[1], hit.start()))
        if number is not None:
            taken.append((hit.start(), hit.end()))
    for span, found in find_all(text):
        if not any(start <= span.start < end for start, end in taken):
            references.append(_Reference(str(found), None, span.start))
    return sorted(references, key=lambda reference: reference.start)


def _misprints(printed: str, corrected: str) -> dict[str, str]:
    """Corrected numbers that are printed otherwise, with the printed form."""
    pairs = zip(find_all(corrected), find_all(printed), strict=False)
    return {str(right): str(wrong) for (_, right), (_, wrong) in pairs if right != wrong}


def _openings(document: Document) -> frozenset[str]:
    """Where a document says what it is based on: before its first unit, or in article 1."""
    return frozenset(
        provision.id
        for provision in document.provisions
        if provision.marker == "第一条"
        or (provision.parent_id is None and provision.kind is ProvisionKind.PARAGRAPH)
    )


def _kind_of(sentence: str, reference: _Reference, *, is_opening: bool) -> RelationKind:
    after = sentence[reference.start :]
    before = sentence[: reference.start]
    if _REPEAL.search(after):
        return RelationKind.REPEALS
    if _FORWARD.search(after):
        return RelationKind.FORWARDS
    if is_opening and _PROMULGATE.search(after) and "已由" in after:
        return RelationKind.PROMULGATES
    if is_opening and _BASIS.search(before) and not _MADE_HERE.search(before):
        return RelationKind.IMPLEMENTS
    return RelationKind.CITES
