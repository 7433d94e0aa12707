"""The one entry: a query goes in, ranked hits come out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np

from corpus.model import Document, Provision
from corpus.quotation import citation_text
from corpus.validity import Validity
from indexer import notebook
from indexer.correction import Correction, Corrector
from indexer.embedding.encoder import Encoder, Vectors, open_encoder, resolve_model
from indexer.engines.contract import Engine, Positions, Scores, Wanted, WeightedTerms
from indexer.engines.opening import open_engine
from indexer.errors import IndexIncompatibleError
from indexer.facets import Facets, Narrowing, Sort
from indexer.filters import Filters
from indexer.highlights import occurrences
from indexer.index_folder import (
    STORE,
    VOCABULARY,
    Manifest,
    first_whole,
    read_manifest,
)
from indexer.lexical import index_terms
from indexer.lexicon import Lexicon
from indexer.near_duplicates import Folding
from indexer.old_builds import BuildInUse
from indexer.passages import Unit, questions_of, unit_of
from indexer.query import QueryReader, Understanding, checked_query
from indexer.settings import IndexSettings
from indexer.sides import Sides, fused_sides
from indexer.signals import Coverage, Signals, coverages_of, rarity_of
from indexer.store import Store
from indexer.tokenizer import USER_DICTIONARY, Tokenizer

_EXPANSION_WEIGHT = 0.2  # of official terms that everyday words stand for
_NOTHING = 1e-6  # what rounding makes of the lowest score, which is zero

_log = logging.getLogger(__name__)


class Mode(StrEnum):
    """Which sides of the index rank."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class SameAs:
    """Another clause that says the same.

    ``words`` are those of the hit that both share, or None if the whole of it stands there.
    """

    id: str
    citation: str
    document: Document
    words: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked clause: what it says, where it stands, and what of the query it holds.

    ``highlights`` are offsets into ``unit.text``; ``validity`` is that of the document;
    ``asked_as`` is the question that was found, where it was nearer than the text; ``same_as`` are
    clauses of other documents that say the same; ``signals`` are those behind ``score``.
    """

    rank: int
    score: float
    unit: Unit
    document: Document
    container: Document | None
    validity: Validity
    citation: str
    highlights: tuple[tuple[int, int], ...]
    asked_as: str | None = None
    same_as: tuple[SameAs, ...] = ()
    signals: Signals = field(default=Signals())

    def __repr__(self) -> str:
        return f"Hit(rank={self.rank}, score={self.score:.4f}, unit={self.unit.id!r})"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits out of ``total``; ``correction`` is what was searched for if not ``query``.

    ``understood`` is what the query names; it weighed in the ranking. ``facets`` are None if they
    weren't asked for.
    """

    query: str
    mode: Mode
    total: int
    hits: tuple[Hit, ...] = field(default=())
    correction: Correction | None = None
    understood: Understanding = field(default=Understanding())
    facets: Facets | None = None

    def __repr__(self) -> str:
        return f"SearchResult(query={self.query!r}, total={self.total}, hits={list(self.hits)})"

    def _repr_html_(self) -> str:
        return notebook.search_result_html(self)


class SearchIndex:
    """A build, opened for search. Safe to use from several threads."""

    def __init__(
        self, build: Path, settings: IndexSettings, encoder: Encoder | None = None
    ) -> None:
        self.build = build
        self._in_use = BuildInUse(build)
        self.manifest: Manifest = read_manifest(build, verify=True)
        if self.manifest.model != settings.model:
            raise IndexIncompatibleError(
                f"索引使用的向量模型是 {self.manifest.model},当前设置是 {settings.model}。"
                "请运行 diance build 重新建立索引,或改回原来的 DIANCE_MODEL。"
            )
        self._settings = settings
        self._encoder = encoder
        self._encoder_lock = threading.Lock()
        self.store = Store(build / STORE)
        size = self.manifest.counts["units"]
        self._folding = Folding(self.store.restatements(), size)
        self._narrowing = Narrowing(self.store, self._folding)
        self.engine: Engine = open_engine(
            settings, build, self.manifest, self.store, self._narrowing.admitted
        )
        dictionary = USER_DICTIONARY if self.manifest.dictionary else None
        self.tokenizer = Tokenizer(self.manifest.terms, dictionary)
        self._corrector = Corrector.load(build / VOCABULARY, self.tokenizer)
        self.lexicon = Lexicon.load()
        self._reader = QueryReader(self.store)
        # Whoever works on with what was found asks for the query's vector again.
        self.vector_of = lru_cache(maxsize=64)(self._vector_of)

    @classmethod
    def open(cls, settings: IndexSettings, encoder: Encoder | None = None) -> SearchIndex:
        """Open the current build; if it is damaged, the newest other one that is whole.

        Raises:
            IndexMissingError: nothing has been built.
            IndexIncompatibleError: built by another version or with another model, or damaged.
            EngineError: the engine can't be reached, or hasn't got this build.
        """
        index, fault = first_whole(
            settings.index_folder, lambda build: cls(build, settings, encoder)
        )
        if fault is not None:
            _log.warning("%s 目前使用的是另一份完好的索引 %s。", fault, index.build.name)
        return index

    def close(self) -> None:
        """Release the files; nothing may be asked after."""
        self.engine.close()
        self.store.close()
        self._in_use.release()

    @property
    def encoder(self) -> Encoder:
        """The embedding model, loaded when it is first needed.

        Raises:
            ModelError: it can't be loaded.
            IndexIncompatibleError: it isn't the one that the index was built with.
        """
        with self._encoder_lock:
            if self._encoder is None:
                model = resolve_model(self._settings)
                self._encoder = open_encoder(self._settings, model)
            if self._encoder.fingerprint != self.manifest.model_fingerprint:
                raise IndexIncompatibleError(
                    "向量模型的内容与建立索引时不同。请运行 diance build 重新建立索引。"
                )
            return self._encoder

    def _vector_of(self, query: str) -> Vectors:
        return self.encoder.encode_query(query)

    def sentence_vectors(self, unit: Unit) -> Vectors:
        """Vectors of a unit's sentences in order, shape ``(n, dimension)``.

        None (``n`` is 0) of a table row, a unit of one sentence and one that isn't indexed.
        """
        return self.engine.sentence_vectors(self.store.unit_position.get(unit.id, -1))

    def question_vector(self, unit: Unit, question: str) -> Vectors:
        """The vector of one of a unit's asked-as questions, shape ``(dimension,)``."""
        vectors = self.engine.question_vectors(self.store.unit_position[unit.id])
        vector: Vectors = vectors[questions_of(unit).index(question)]
        return vector

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
    ) -> SearchResult:
        """Rank the units for a query; one that says nothing beyond one before it is left out.

        With ``facets`` a result is narrowed step by step: only units that a side has among its best
        are in it, and filters choose from that one ranking, so that what a facet counts is what is
        left when it is chosen.

        Raises:
            InvalidQueryError: the query is empty or too long.
            ModelError: a mode other than lexical, and the model can't be loaded.
        """
        query = checked_query(query)
        is_mended = self._settings.lexicon
        correction = self._corrector.correct(query) if is_mended else Correction(query, ())
        asked = correction.query
        words = self.tokenizer.words(asked)
        chosen = filters or Filters()
        before = Filters(doc_number=chosen.doc_number, as_of=chosen.as_of) if facets else chosen
        sides = self._sides(asked, words, mode, before)
        units, scores = sides.units, sides.fused
        if facets:
            scores = np.where(scores > _NOTHING, scores, -np.inf)
        if understood := self._reader.read(asked, words):
            units, scores = self._boosted(units, scores, understood, before)
        order = np.argsort(-scores, kind="stable")
        ranked = units[order[np.isfinite(scores[order])]]
        counted = self._narrowing.facets(ranked, chosen) if facets else None
        ranked = self._folding.fold(ranked[self._narrowing.admitted(chosen)[ranked]])
        if sort is Sort.NEWEST:
            ranked = self._narrowing.newest_first(ranked, scores[np.searchsorted(units, ranked)])
        page = ranked[offset : offset + limit].tolist()
        telling = tuple({word for word in words if len(word) > 1})
        hits = []
        for rank, (unit, at) in enumerate(zip(self.store.units(page), page, strict=True), 1):
            which = sides.question_of(at)
            question = questions_of(unit)[which] if which is not None else None
            score = float(scores[np.searchsorted(units, at)])
            hit = self._hit(unit, offset + rank, score, telling, question)
            hits.append(replace(hit, signals=sides.of(at)))
        mended = correction if correction.changes else None
        return SearchResult(query, mode, len(ranked), tuple(hits), mended, understood, counted)

    def _sides(self, query: str, words: Sequence[str], mode: Mode, filters: Filters) -> Sides:
        """The candidates of each side under the filters, and one score of each."""
        terms = self._terms(query, words) if mode is not Mode.DENSE else ()
        vector = self.vector_of(query) if mode is not Mode.LEXICAL else None
        found = self.engine.candidates(Wanted(terms, vector, filters))
        if mode is Mode.LEXICAL:
            return fused_sides(found, None)
        return fused_sides(found, self._settings.lexical_weight if mode is Mode.HYBRID else 0.0)

    def coverages(self, query: str, unit_ids: Sequence[str]) -> list[Coverage]:
        """What each of the units has of the words of a query, and what no unit has.

        Raises:
            KeyError: there is no such unit.
        """
        words = self.tokenizer.words(query)
        meant: dict[str, list[str]] = {}
        for everyday, official in self.lexicon.meanings(query).items():
            stand_for = [w for term in official for w in self.tokenizer.words(term)]
            for word in words:
                if word in everyday or everyday in word:
                    meant.setdefault(word, []).extend(stand_for)
        units = [self.store.unit_position[unit_id] for unit_id in unit_ids]
        return coverages_of(self.engine, units, words, self.tokenizer.bigrams(query), meant)

    def knows(self, term: str) -> bool:
        """Whether any unit has all pairs of characters of a term, in its text or its questions."""
        return self.engine.have_all(self.tokenizer.bigrams(term) or [term])

    def rarity(self, term: str) -> float:
        """How much an index term tells: its inverse document frequency as in BM25."""
        return rarity_of(self.engine, term)

    def _terms(self, query: str, words: Sequence[str]) -> list[WeightedTerms]:
        asked = [WeightedTerms(1.0, [*words, *self.tokenizer.bigrams(query)])]
        terms = self.lexicon.official_terms(query) if self._settings.lexicon else []
        if terms:
            # Each term by itself: the tokenizer remembers what it has cut.
            expansion = [found for term in terms for found in index_terms(term, self.tokenizer)]
            asked.append(WeightedTerms(_EXPANSION_WEIGHT, expansion))
        return asked

    def _boosted(
        self, units: Positions, scores: Scores, understood: Understanding, filters: Filters
    ) -> tuple[Positions, Scores]:
        """Candidates with what the query names; a named clause is one of them in any case."""
        found = np.isfinite(scores)
        low, high = (scores[found].min(), scores[found].max()) if found.any() else (0.0, 1.0)
        admitted = self._narrowing.admitted(filters)
        named = [unit for each in understood.clauses for unit in each.units if admitted[unit]]
        everything = np.union1d(units, np.array(named, np.int64))
        raised = np.full(len(everything), -np.inf, np.float32)
        raised[np.searchsorted(everything, units)] = scores
        raised[np.isin(everything, named) & ~np.isfinite(raised)] = low
        raised += self._reader.boosts(understood)[everything] * max(high - low, 1e-6)
        return everything, raised

    def container_of(self, document: Document) -> Document | None:
        """The document that forwards this one."""
        return self.store.frame_by_id.get(document.container_id or "")

    def _hit(
        self,
        unit: Unit,
        rank: int,
        score: float,
        words: Sequence[str],
        asked_as: str | None = None,
    ) -> Hit:
        document = self.store.frame_by_id[unit.document_id]
        return Hit(
            rank=rank,
            score=score,
            unit=unit,
            document=document,
            container=self.container_of(document),
            validity=self.store.validity[document.id],
            citation=citation_text(document, unit.provision),
            highlights=occurrences(unit.text, words),
            asked_as=asked_as,
            same_as=self.same_as(unit),
        )

    def same_as(self, unit: Unit) -> tuple[SameAs, ...]:
        """Where else stands what ``unit`` says; the whole of it before parts of it."""
        position = self.store.unit_position.get(unit.id)
        restatements = self._folding.restatements(position) if position is not None else ()
        found = []
        for restatement in sorted(restatements, key=lambda each: each.words is not None):
            (other,) = self.store.units([restatement.other])
            document = self.store.frame_by_id[other.document_id]
            citation = citation_text(document, other.provision)
            found.append(SameAs(other.id, citation, document, restatement.words))
        return tuple(found)

    def hit_of_unit(self, unit: Unit) -> Hit:
        """A unit as a hit, whether it was searched for or not."""
        return self._hit(unit, 1, 1.0, ())

    def hit_of(
        self, document: Document, provision: Provision, rank: int = 1, *, alone: bool = False
    ) -> Hit:
        """Any provision as a hit, with all that stands below it unless it is to stand ``alone``."""
        file = document.source_file
        included = [provision] if alone else list(document.subtree(provision))
        apparatus = self.store.apparatus(file)
        unit = unit_of(self.store.source_text(file), document, included, apparatus)
        return self._hit(unit, rank, 1.0, ())
