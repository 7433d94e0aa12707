"""The collection as an editor prepares it: texts, misprints, pages, terms, rates, rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.asked_as import QUESTIONS_FOLDER, AskedAs, load_asked_as
from corpus.benefits.loading import BenefitRules, load_benefits
from corpus.citations import Relation, relations_of
from corpus.errata import load_errata
from corpus.generated_questions import load_generated
from corpus.model import Compilation, Document, Erratum, Imprint, Page
from corpus.parser import parse_source
from corpus.rates import Rate, rates_of
from corpus.sources import Source
from corpus.validity import Period, Validity, periods_of, validity_of


@dataclass(frozen=True, slots=True)
class Apparatus:
    """What is known beside the text of one source (Apparatus criticus).

    ``errata`` and ``pages`` are in order of place; all else is by provision id.
    """

    imprint: Imprint = field(default=Imprint())
    errata: tuple[Erratum, ...] = ()
    pages: tuple[Page, ...] = ()
    periods: Mapping[str, Period] = field(default_factory=dict)
    rates: Mapping[str, tuple[Rate, ...]] = field(default_factory=dict)
    asked_as: Mapping[str, AskedAs] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """All compilations; ``apparatus`` is by source file, ``validity`` by document id."""

    compilations: tuple[Compilation, ...]
    apparatus: Mapping[str, Apparatus]
    relations: tuple[Relation, ...]
    validity: Mapping[str, Validity]
    benefits: BenefitRules

    @property
    def documents(self) -> tuple[Document, ...]:
        """Documents in the order of their books."""
        return tuple(d for compilation in self.compilations for d in compilation.documents)


def prepare_edition(
    sources: Iterable[Source],
    *,
    questions: bool = True,
    added_folder: Path | None = None,
    questions_folder: Path = QUESTIONS_FOLDER,
) -> Edition:
    """Parse the sources and read from them what they say of themselves and each other.

    ``questions_folder`` has the questions by people. Without ``questions`` the clauses have no
    asked-as questions, as those of a new document. With ``added_folder`` those that a model wrote
    for added files stand where nobody wrote any.

    Raises:
        ErrataError: an errata file doesn't fit its source.
        AskedAsError: a file of questions doesn't fit its document.
        BenefitRuleError: a benefit rule doesn't fit its document.
    """
    pairs: list[tuple[Compilation, Sequence[Erratum]]] = []
    apparatus: dict[str, Apparatus] = {}
    for source in sources:
        errata = load_errata(source)
        compilation = parse_source(source, errata)
        pairs.append((compilation, errata))
        apparatus[source.file] = Apparatus(
            imprint=Imprint(source.title, source.publisher, source.date),
            errata=errata,
            pages=compilation.pages,
            periods={k: v for d in compilation.documents for k, v in periods_of(d).items()},
            rates={k: v for d in compilation.documents for k, v in rates_of(d).items()},
            asked_as=(
                asked_as_of(compilation, added_folder, questions_folder) if questions else {}
            ),
        )
    relations = relations_of(pairs)
    compilations = tuple(compilation for compilation, _ in pairs)
    documents = [document for compilation in compilations for document in compilation.documents]
    validity = validity_of(documents, relations)
    return Edition(compilations, apparatus, relations, validity, load_benefits(documents))


def asked_as_of(
    compilation: Compilation,
    added_folder: Path | None,
    questions_folder: Path = QUESTIONS_FOLDER,
) -> Mapping[str, AskedAs]:
    """Questions for the clauses of a compilation; those by people come before generated ones.

    Raises:
        AskedAsError: a file of questions by people doesn't fit its document.
    """
    written = load_asked_as(compilation.documents, questions_folder)
    if added_folder is None:
        return written
    return {**load_generated(compilation, added_folder).asked_as, **written}
