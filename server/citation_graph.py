"""Which documents name which: the relations of the store, one link a pair of documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.citations import Relation
from corpus.document_number import parse
from corpus.model import Document
from indexer.store import Store
from server.schemas.collection import (
    CitationGraphOut,
    CitationLinkOut,
    CitedDocumentOut,
    CitedElsewhereOut,
    DocumentNameOut,
)


@dataclass(frozen=True)
class CitationGraph:
    """Relations by (citing document, cited name).

    A cited name is the id of a document of the collection, or else a number or a title as named.
    """

    frames: Mapping[str, Document]
    relations: Mapping[tuple[str, str], Sequence[Relation]]

    @classmethod
    def of(cls, store: Store) -> CitationGraph:
        """The graph of a store; a document that names itself is left out."""
        names = _names(store.frames)
        grouped: dict[tuple[str, str], list[Relation]] = defaultdict(list)
        for frame in store.frames:
            for relation in store.relations_of(frame.id):
                cited = _cited(relation, names)
                if cited is not None and cited != frame.id:
                    grouped[frame.id, cited].append(relation)
        return cls(store.frame_by_id, grouped)

    @cached_property
    def citing(self) -> Mapping[str, Sequence[Document]]:
        """Who names a document, by its id or name, in the order of the book."""
        found: dict[str, list[Document]] = defaultdict(list)
        for citing, cited in self.relations:
            found[cited].append(self.frames[citing])
        return found

    def elsewhere(self) -> list[CitedElsewhereOut]:
        """What is named and not in the collection, most named first."""
        outside = [name for name in self.citing if name not in self.frames]
        outside.sort(key=lambda name: (-len(self.citing[name]), name))
        return [
            CitedElsewhereOut(
                name=_shown(name),
                cited_by=[DocumentNameOut.of(document) for document in self.citing[name]],
            )
            for name in outside
        ]

    def outline(self) -> CitationGraphOut:
        """The graph for readers: documents in order of date, links between their positions."""
        cites = Counter(citing for citing, _ in self.relations)
        names = sorted({*self.citing, *cites}, key=self._age)
        position = {name: at for at, name in enumerate(names)}
        inside = {name for pair in self.relations if pair[1] in self.frames for name in pair}
        return CitationGraphOut(
            documents=[self._document(name, cites[name]) for name in names],
            links=[
                CitationLinkOut(
                    citing=position[citing],
                    cited=position[cited],
                    kinds=sorted({relation.kind.value for relation in relations}),
                    clause_ids=list(dict.fromkeys(r.provision_id for r in relations)),
                )
                for (citing, cited), relations in self.relations.items()
            ],
            unconnected=[
                DocumentNameOut.of(frame)
                for name, frame in self.frames.items()
                if name not in inside
            ],
        )

    def _document(self, name: str, cites: int) -> CitedDocumentOut:
        frame = self.frames.get(name)
        return CitedDocumentOut(
            name=(frame.doc_number if frame else None) or _shown(frame.title if frame else name),
            document=DocumentNameOut.of(frame) if frame else None,
            year=self._year(name),
            cited_by=len(self.citing.get(name, ())),
            cites=cites,
        )

    def _year(self, name: str) -> int | None:
        frame = self.frames.get(name)
        if frame is not None and frame.date is not None:
            return frame.date.year
        number = parse((frame.doc_number or "") if frame is not None else name)
        return number.year if number is not None else None

    def _age(self, name: str) -> tuple[int, str, str]:
        frame = self.frames.get(name)
        day = frame.date.isoformat() if frame is not None and frame.date is not None else ""
        return self._year(name) or 0, day, name


def _names(frames: Iterable[Document]) -> dict[str, str]:
    """Ids of documents by number and by title."""
    return {name: frame.id for frame in frames for name in (frame.title, frame.doc_number) if name}


def _cited(relation: Relation, names: Mapping[str, str]) -> str | None:
    if relation.target_id is not None:
        return relation.target_id
    named = relation.number or relation.title
    return names.get(named, named) if named is not None else None


def _shown(name: str) -> str:
    return name if parse(name) is not None else f"《{name}》"
