"""The one way in for web pages, API and command line: search, look-up, documents, clauses."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.benefits.facts import Fact
from corpus.citations import RelationKind
from corpus.document_number import NumberMatch, match, parse_query
from corpus.model import Document
from corpus.quotation import citation_text
from indexer.errors import NotFoundError
from indexer.facets import Sort
from indexer.filters import Filters
from indexer.index_folder import read_manifest
from indexer.lookup import look_up
from indexer.search import Mode, SearchIndex
from server.answering.answerer import Answerer
from server.answering.wording_settings import open_writer
from server.collection import describe
from server.document_parts import DocumentParts
from server.eligibility.benefit_finder import BenefitFinder
from server.eligibility.matching import MatchedBenefit
from server.eligibility.profile import UnderstoodProfile
from server.schemas.answer import AnswerOut
from server.schemas.benefit import BenefitOut, BenefitsIn, BenefitsOut, QuestionOut
from server.schemas.collection import CollectionOut
from server.schemas.document import (
    AttachmentOut,
    ClauseDetailOut,
    ClauseLineOut,
    DocumentDetailOut,
    OriginalOut,
    PartOut,
    ReferenceOut,
    outline_of,
    tables_of,
)
from server.schemas.facet import FacetOut
from server.schemas.search import DocumentOut, DocumentsOut, HitOut, LookupOut, SearchOut
from server.schemas.suggestion import SuggestionsOut
from server.settings import ServerSettings
from server.suggestions import Suggester

if TYPE_CHECKING:
    from server.answering.wording import AnswerWriter

_MOST_QUESTIONS = 4
_CITATIONS_KEPT = 4096  # of clauses that benefit rules name; there are about 600


class KnowledgeBase:
    """Answers in the form of the outer surface. All dates default to today.

    ``writer`` words answers; without one they are given in the words of the clauses alone.
    """

    def __init__(self, index: SearchIndex, writer: AnswerWriter | None = None) -> None:
        self.index = index
        self.writer = writer
        self._parts = DocumentParts(index)
        self._citation = lru_cache(maxsize=_CITATIONS_KEPT)(self._cite)

    @classmethod
    def open(cls, settings: ServerSettings) -> KnowledgeBase:
        """Open what the settings name; in place of a damaged index the newest whole one.

        Raises:
            IndexMissingError: nothing has been built.
            IndexIncompatibleError: built by another version or with another model, or damaged.
        """
        index = SearchIndex.open(settings)
        return cls(index, open_writer(settings, index.tokenizer))

    def successor(self, build: Path, settings: ServerSettings) -> KnowledgeBase:
        """Open another build beside this one, with the model that is loaded already if it fits.

        Raises:
            IndexIncompatibleError: as :meth:`open`; no other build is tried.
        """
        fits = read_manifest(build).model_fingerprint == self.index.manifest.model_fingerprint
        index = SearchIndex(build, settings, self.index.encoder if fits else None)
        return KnowledgeBase(index, open_writer(settings, index.tokenizer))

    def close(self) -> None:
        """Release the files of the index; nothing may be asked after."""
        self.index.close()

    def warm_up(self) -> None:
        """Load the model and what answers need, so that the first question doesn't wait for it.

        No language model is asked: a start neither costs anything nor waits for somebody else.
        """
        self.search("培训补贴多少钱")
        self.answerer.answer("培训补贴多少钱")

    def warm_up_suggestions(self) -> None:
        """Likewise for what helps typing, which nobody's question waits for."""
        self.suggest("培训")

    @property
    def counts(self) -> Mapping[str, int]:
        """What is in the index: ``documents``, ``provisions``, ``units``, ``passages``."""
        return self.index.manifest.counts

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        mode: Mode = Mode.HYBRID,
        filters: Filters | None = None,
        sort: Sort = Sort.RELEVANCE,
        facets: bool = False,
        as_of: date | None = None,
    ) -> SearchOut:
        """Ranked clauses. Raises InvalidQueryError for a query that can't be searched for."""
        started = time.perf_counter()
        result = self.index.search(
            query, limit=limit, offset=offset, mode=mode, filters=filters, sort=sort, facets=facets
        )
        took_ms = (time.perf_counter() - started) * 1000
        return SearchOut.of(result, took_ms, as_of or date.today())

    def answer(self, question: str, as_of: date | None = None) -> AnswerOut:
        """The answer to a question in the words of the clauses, with citations and any wording.

        Raises:
            InvalidQueryError: the question is empty or too long.
        """
        started = time.perf_counter()
        answer = self.answerer.answer(question, as_of)
        wording = self.writer.write(answer) if self.writer is not None else None
        benefits = [self._benefit(matched, answer.as_of) for matched in answer.benefits]
        took_ms = (time.perf_counter() - started) * 1000
        return AnswerOut.of(answer, benefits, took_ms, wording)

    def suggest(self, typed: str, limit: int = 8) -> SuggestionsOut:
        """What somebody who is typing may be after: numbers, titles, occupations, questions."""
        return SuggestionsOut.of(typed, self._suggester.suggest(typed, limit))

    def look_up(self, query: str, as_of: date | None = None) -> LookupOut:
        """A document, and a clause of it, by number."""
        as_of = as_of or date.today()
        result = look_up(self.index, query)
        document = self._brief(result.document, as_of) if result.document else None
        return LookupOut.of(result, document, as_of)

    def documents(
        self,
        *,
        limit: int = 200,
        offset: int = 0,
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> DocumentsOut:
        """Documents in the order of the book; facets count all that pass the filters."""
        as_of = as_of or date.today()
        filters = filters or Filters()
        frames = [
            frame
            for frame in self.index.store.frames
            if filters.admit(frame, self.index.container_of(frame))
            and filters.admit_status(self.index.store.validity[frame.id].status(as_of))
        ]
        return DocumentsOut(
            total=len(frames),
            documents=[self._brief(frame, as_of) for frame in frames[offset : offset + limit]],
            facets={
                "issuer": _facet([name for frame in frames for name in frame.issuers]),
                "year": _facet([str(frame.date.year) for frame in frames if frame.date]),
                "section": _facet([frame.section for frame in frames if frame.section]),
            },
        )

    def collection(self, as_of: date | None = None) -> CollectionOut:
        """The collection as a whole: dates, issuers, sections, citations, what is missing."""
        return describe(self.index, as_of or date.today())

    def document(self, id_or_number: str, as_of: date | None = None) -> DocumentDetailOut:
        """One document, whole, by id or document number.

        Raises:
            NotFoundError: there is none of that name.
        """
        as_of = as_of or date.today()
        document = self.find_document(id_or_number)
        store = self.index.store
        relations = store.relations_of(document.id)

        def named(*kinds: RelationKind) -> list[ReferenceOut]:
            return [self._parts.reference(r) for r in relations if not kinds or r.kind in kinds]

        return DocumentDetailOut(
            **self._brief(document, as_of).model_dump(),
            addressee=document.addressee,
            publicity=document.publicity,
            contact=document.contact,
            parts=[PartOut.of(part) for part in document.parts],
            outline=outline_of(document),
            clauses=self._parts.provisions(document, document.provisions),
            tables=tables_of(document),
            attachments=[
                AttachmentOut(
                    label=entry.label,
                    title=entry.title,
                    printed=entry.part is not None or entry.document_id is not None,
                    document=entry.document_id,
                )
                for entry in document.attachments
            ],
            embedded=list(document.embedded_ids),
            cites=[reference for reference in named() if reference.doc_number or reference.title],
            cited_by=self._parts.cited_by(document),
            forwards=named(RelationKind.FORWARDS),
            implements=named(RelationKind.IMPLEMENTS),
            repeals=named(RelationKind.REPEALS),
            overrides=named(RelationKind.OVERRIDES),
            citation_forms=self._parts.citation_forms(document, None, document.page_start),
        )

    def clause(self, clause_id: str, as_of: date | None = None) -> ClauseDetailOut:
        """One clause with its neighbours.

        Raises:
            NotFoundError: there is none of that id.
        """
        document = self.index.store.document_of(clause_id)
        if document is None:
            raise NotFoundError(
                f"没有编号为“{clause_id}”的条款。请从检索结果或它所在的文件中取得编号。"
            )
        provision = document.by_id[clause_id]
        before, after = document.neighbours(provision)
        hit = HitOut.of(self.index.hit_of(document, provision), as_of or date.today())
        return ClauseDetailOut(
            hit=hit,
            own_text=provision.text,
            cites=[
                self._parts.reference(relation)
                for relation in self.index.store.relations_of(document.id)
                if relation.provision_id in {below.id for below in document.subtree(provision)}
            ],
            parents=self._parts.provisions(document, document.ancestors(provision)),
            children=self._parts.provisions(document, document.children(provision.id)),
            previous=self._parts.provisions(document, [before])[0] if before else None,
            next=self._parts.provisions(document, [after])[0] if after else None,
            citation_forms=self._parts.citation_forms(document, provision, hit.citation.page_start),
            related=self._parts.related(document, provision),
            document_cited_by=self._parts.cited_by(document),
            original=self._parts.printed(document, document.subtree(provision)),
        )

    def original(self, id_or_number: str) -> OriginalOut:
        """A document as it is printed, piece by piece beside how it is read.

        Raises:
            NotFoundError: there is no such document.
        """
        document = self.find_document(id_or_number)
        return OriginalOut(
            id=document.id,
            file=document.source_file,
            page_start=document.page_start,
            provisions=self._parts.printed(document, document.provisions),
        )

    def clause_lines(self, id_or_number: str) -> Iterator[ClauseLineOut]:
        """Every clause of a document with its own words, for export.

        Raises:
            NotFoundError: there is no such document.
        """
        document = self.find_document(id_or_number)
        for line in self._parts.provisions(document, document.provisions):
            provision = document.by_id[line.id]
            yield ClauseLineOut(
                **line.model_dump(),
                document=document.id,
                doc_number=document.doc_number,
                document_title=document.title,
                citation=citation_text(document, provision),
                source=document.source_file,
            )

    def akoma_ntoso(self, id_or_number: str) -> bytes:
        """A document as Akoma Ntoso 3.0 XML.

        Raises:
            NotFoundError: there is no such document.
        """
        from corpus.akoma_ntoso import Reference, to_akoma_ntoso, work_address  # noqa: PLC0415

        document = self.find_document(id_or_number)
        store = self.index.store
        references = []
        for relation in store.relations_of(document.id):
            target = store.frame_by_id.get(relation.target_id or "")
            name = relation.printed_number or relation.number or relation.title
            if name is not None:
                address = work_address(target).work_uri() if target is not None else None
                references.append(Reference(name, relation.kind, relation.provision_id, address))
        source = store.source_text(document.source_file)
        return to_akoma_ntoso(source, document, references=references)

    def benefits(self, asked: BenefitsIn) -> BenefitsOut:
        """The benefits for a profile or a question.

        Raises:
            InvalidQueryError: the profile names a fact that doesn't exist.
        """
        finder, as_of = self._benefit_finder, asked.as_of
        employer = None
        if asked.profile is not None:
            found = finder.for_profile(asked.profile, as_of, asked.question)
            employer = asked.profile.employer
        else:
            found = finder.for_question(asked.question or "", as_of)
        occupation = found.occupation.words if found.occupation else None
        unanswered = (each for each in found.questions if each.fact.name not in asked.skip)
        questions = list(islice(unanswered, _MOST_QUESTIONS))
        return BenefitsOut(
            profile=UnderstoodProfile.of(found.stated, occupation, employer),
            benefits=[self._benefit(matched, as_of or date.today()) for matched in found.benefits],
            questions=[question.fact.question for question in questions],
            ask=[QuestionOut.of(question) for question in questions],
        )

    @property
    def benefit_facts(self) -> Mapping[str, Fact]:
        """What can be said of somebody who asks for benefits: the vocabulary of the rules."""
        return self._benefit_finder.facts

    @property
    def occupation_names(self) -> tuple[str, ...]:
        """The occupations for which the catalogues lay down what training is paid."""
        return self._benefit_finder.occupation_names

    def _benefit(self, matched: MatchedBenefit, as_of: date) -> BenefitOut:
        finder = self._benefit_finder
        citations = [self._citation(clause, as_of) for clause in matched.clauses]
        return BenefitOut.of(matched, finder.facts, finder.name_of, citations, as_of)

    def _cite(self, clause_id: str, as_of: date) -> HitOut:
        return HitOut.of(self._benefit_finder.hit(clause_id), as_of)

    @cached_property
    def answerer(self) -> Answerer:
        """What answers questions."""
        return Answerer(self.index, self._benefit_finder)

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self.index.store)

    @cached_property
    def _benefit_finder(self) -> BenefitFinder:
        return BenefitFinder(self.index)

    def find_document(self, id_or_number: str) -> Document:
        """The document of that id, number (in any typography) or title.

        Raises:
            NotFoundError: there is none of that name.
        """
        store = self.index.store
        names = [
            frame.id
            for frame in store.frames
            if id_or_number in {frame.id, frame.doc_number, frame.title}
        ]
        if not names and (typed := parse_query(id_or_number)) is not None:
            names = [
                frame.id
                for frame, number in store.numbers
                if match(typed, number) is NumberMatch.EXACT
            ]
        document = store.document(names[0]) if names else None
        if document is None:
            raise NotFoundError(
                f"没有编号或文号为“{id_or_number}”的文件。请核对文号,或按文号检索,写法不必一致。"
            )
        return document

    def _brief(self, document: Document, as_of: date) -> DocumentOut:
        container = self.index.container_of(document)
        return DocumentOut.of(document, container, self.index.store.validity[document.id], as_of)


def _facet(values: Sequence[str]) -> list[FacetOut]:
    counted = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return [FacetOut(value=value, count=count) for value, count in counted]
