"""Measuring benefits: people and companies, what must be found for them and what must not.

A case (JSON Lines)::

    {"id": "s-01", "profile": {…}, "question": "…",
     "expect": [{"doc": "云人社通〔2021〕22号", "quote": "…", "amount": "2000元" | null}],
     "must_not": [{"doc": "…", "quote": "…"}]}

or the same as a list in YAML, which is easier to read (``who`` and ``why`` are for readers).

An expected entry is found when a benefit that applies or may apply cites it; in a case whose
``amount`` says that a condition isn't met (不符合…), when one that doesn't surely apply cites it. A
``must_not`` entry is wrongly applied when a benefit that applies cites it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.question_files import read_question_file
from eval.questions import DATASETS, normalise
from server.eligibility.matching import Verdict
from server.knowledge_base import KnowledgeBase
from server.schemas.benefit import BenefitOut, BenefitsIn, BenefitsOut

PERSONAS = DATASETS / "personas"

_REFUSAL = "不符合"
_FIGURE = re.compile(r"\d+(?:\.\d+)?\s*(?:万|亿)?元|\d+(?:\.\d+)?%")


@dataclass(frozen=True, slots=True)
class Entry:
    """A quote of a document, with the amount that belongs to it, where there is one."""

    doc: str
    quote: str
    amount: str | None

    @property
    def is_refusal(self) -> bool:
        """Whether the case is that a condition of the quote fails."""
        return self.amount is not None and self.amount.startswith(_REFUSAL)


@dataclass(frozen=True, slots=True)
class SubsidyCase:
    """A person or a company."""

    id: str
    profile: Mapping[str, Any]
    question: str
    expect: tuple[Entry, ...]
    must_not: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case: quotes not found, figures not given, quotes wrongly applied."""

    id: str
    expected: int
    missed: tuple[str, ...]
    figures: int
    figures_missed: tuple[str, ...]
    wrongly_applied: tuple[str, ...]
    seconds: float


def read_cases(path: Path) -> tuple[SubsidyCase, ...]:
    """All cases of a file (``.yaml`` or JSON Lines), or of all YAML files of a folder.

    Raises:
        QuestionFileError: the file is missing, or an entry isn't a case.
    """
    if path.is_dir():
        return tuple(case for file in sorted(path.glob("*.yaml")) for case in read_cases(file))
    return read_question_file(path, _read)


def _read(case: Mapping[str, Any]) -> SubsidyCase:
    return SubsidyCase(
        str(case["id"]),
        dict(case["profile"]),
        str(case["question"]),
        tuple(_entries(case["expect"])),
        tuple(_entries(case["must_not"])),
    )


def _entries(given: Iterable[Mapping[str, Any]]) -> Iterable[Entry]:
    for entry in given:
        amount = entry.get("amount")
        yield Entry(str(entry["doc"]), str(entry["quote"]), str(amount) if amount else None)


def by_profile(case: SubsidyCase) -> BenefitsIn:
    """The case as a form is filled in; a field that is null counts as left out."""
    profile = {name: value for name, value in case.profile.items() if value is not None}
    return BenefitsIn.model_validate({"profile": profile})


def by_question(case: SubsidyCase) -> BenefitsIn:
    """The case in the person's own words."""
    return BenefitsIn(question=case.question)


@dataclass(frozen=True, slots=True)
class SubsidyReport:
    """Results of all cases, ``by_profile`` and ``by_question``; in the order of the file."""

    by_profile: tuple[CaseResult, ...]
    by_question: tuple[CaseResult, ...]


def found_share(results: Sequence[CaseResult]) -> float:
    """Of the expected entries of all cases the share that was found, 0 to 1."""
    return 1 - sum(len(r.missed) for r in results) / max(sum(r.expected for r in results), 1)


def measure_cases(kb: KnowledgeBase, cases: Sequence[SubsidyCase]) -> SubsidyReport:
    """Match every case, as a form and in the person's own words, and judge the results."""
    kb.benefits(by_question(cases[0]))  # loads what is loaded on first use
    return SubsidyReport(
        tuple(measure_case(kb, case, by_profile(case)) for case in cases),
        tuple(measure_case(kb, case, by_question(case)) for case in cases),
    )


def measure_case(kb: KnowledgeBase, case: SubsidyCase, asked: BenefitsIn) -> CaseResult:
    """Match one case as it is ``asked`` and judge the result."""
    started = time.perf_counter()
    found = kb.benefits(asked)
    return _judge(case, found, time.perf_counter() - started)


def _judge(case: SubsidyCase, found: BenefitsOut, seconds: float) -> CaseResult:
    fitting = [b for b in found.benefits if b.verdict is not Verdict.DOES_NOT_APPLY]
    applying = [b for b in found.benefits if b.verdict is Verdict.APPLIES]
    if any(entry.is_refusal for entry in case.expect):
        fitting = [b for b in found.benefits if b.verdict is not Verdict.APPLIES]
    missed, figures, figures_missed = [], 0, []
    for entry in case.expect:
        citing = [b for b in fitting if _cites(b, entry)]
        if not citing:
            missed.append(entry.quote)
        for figure in _FIGURE.findall(entry.amount or ""):
            figures += 1
            if not any(figure in _amounts(benefit) for benefit in citing):
                figures_missed.append(f"{figure} ({entry.quote})")
    wrong = [e.quote for e in case.must_not if any(_cites(b, e) for b in applying)]
    return CaseResult(
        case.id,
        len(case.expect),
        tuple(missed),
        figures,
        tuple(figures_missed),
        tuple(wrong),
        seconds,
    )


def _cites(benefit: BenefitOut, entry: Entry) -> bool:
    return any(
        entry.doc in {hit.document.doc_number, hit.document.title, hit.document.container}
        and normalise(entry.quote) in normalise(hit.clause.text)
        for hit in benefit.citations
    )


def _amounts(benefit: BenefitOut) -> str:
    amounts = " ".join(amount.text for amount in benefit.amounts)
    return f"{amounts} {benefit.explanation}"
