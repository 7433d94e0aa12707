"""The weights by which answerability is judged: fitted on our own questions, written as data.

Positives are the questions of ``datasets/train`` and ``dev`` and short ones held out of the index
(:mod:`eval.held_out`), where an answer is among the first three hits, and people's own stories
(``datasets/personas``), where it is among them or borne by a benefit that fits; negatives are those
of ``datasets/negatives.jsonl``. The parts ``test`` and ``fresh`` are left for measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.held_out import HeldOut, hold_out, share_of
from eval.negatives import NEGATIVES, Split, read_negatives
from eval.questions import DATASETS, Gold, Question, read_questions, relevances
from eval.subsidies import PERSONAS, read_cases
from indexer.build import build_index
from indexer.search import SearchIndex, SearchResult
from indexer.settings import IndexSettings
from server.answering.answerability import WEIGHTS, Calibration
from server.answering.entitlements import Entitlements, entitlements
from server.answering.evidence import Evidence, EvidenceReader
from server.answering.inquiry import InquiryReader
from server.answering.scope import Scope
from server.answering.subjects import Subjects
from server.eligibility.benefit_finder import BenefitFinder
from server.eligibility.matching import Verdict

Values = NDArray[np.float64]

REFUSED_AT_MOST = 0.03
"""Share of the answerable questions that may fall below the threshold."""

_FITTED_ON = (Split.TRAIN, Split.DEV)
_ANSWERED_WITHIN = 3
_FOLDS = 10
_PENALTY = 1.0  # of the squared weights (ridge), as is usual for so few questions
_TRAIN, _DEV = 0.4, 0.7  # shares of the held-out questions up to which they are train and dev


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its evidence; those of one ``topic`` stay in one fold."""

    question: str
    topic: str
    split: Split
    evidence: Evidence
    answered: bool
    named_absent: bool


def calibrate(settings: IndexSettings, progress: Callable[[str], None]) -> Calibration:
    """Fit the weights and choose the threshold.

    Raises:
        IndexMissingError: nothing has been built.
        BuildError: the index without the held-out questions can't be built.
    """
    progress("收集有答案和没有答案的问题")
    examples = [each for each in gather(settings) if each.split in _FITTED_ON]
    values = np.array([each.evidence.values for each in examples])
    answered = np.array([each.answered for each in examples])
    progress(f"拟合权重:{len(examples)} 个问题")
    unseen = cross_validated(values, answered, [each.topic for each in examples])
    asked = np.array([e.answered and not e.named_absent for e in examples])
    weights = fit(values, answered)
    threshold = float(np.quantile(unseen[asked], REFUSED_AT_MOST, method="lower"))
    return Calibration(
        signs=Evidence.names(),
        means=_rounded(weights.means),
        deviations=_rounded(weights.deviations),
        weights=_rounded(weights.weights),
        intercept=round(weights.intercept, 4),
        threshold=round(threshold - 5e-5, 4),
        when_absent=_share_answered([each.answered for each in examples if each.named_absent]),
        when_settled=_share_answered([each.answered for each in examples if _is_settled(each)]),
        made_of={"answered": int(answered.sum()), "unanswered": int((~answered).sum())},
    )


def write_calibration(calibration: Calibration, path: Path = WEIGHTS) -> None:
    """Replace the weights in use."""
    path.write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")


def gather(settings: IndexSettings) -> list[Example]:
    """All questions with their evidence, of every split."""
    index = SearchIndex.open(settings)
    examples = [*_answered(index), *_unanswered(index), *_of_people(index)]
    without, held_out = hold_out(settings)
    build_index(without, encoder=index.encoder)
    return [*examples, *_short(SearchIndex.open(without, index.encoder), held_out)]


@dataclass(frozen=True, slots=True)
class _Testimony:
    """What is known of a question before it is judged."""

    result: SearchResult
    entitled: Entitlements
    evidence: Evidence
    named_absent: bool


class _Witness:
    """Asks one index and gathers the evidence."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        subjects = Subjects()
        self._reader = EvidenceReader(index, subjects)
        self._scope = Scope(index, subjects)
        self._inquiries = InquiryReader(index)
        self.finder = BenefitFinder(index)

    def ask(self, question: str) -> _Testimony:
        result = self._index.search(question)
        inquiry = self._inquiries.read(result)
        entitled = entitlements(self.finder, inquiry, result, None)
        is_absent = self._scope.absence(question, result) is not None
        return _Testimony(
            result,
            entitled,
            self._reader.read(result, entitled.fit),
            is_absent or entitled.absent is not None,
        )


def _answered(index: SearchIndex) -> list[Example]:
    witness = _Witness(index)
    examples = []
    for split in (*_FITTED_ON, Split.TEST):
        for question in read_questions(DATASETS / f"{split.value}.jsonl"):
            told = witness.ask(question.question)
            if max(relevances(question, told.result.hits[:_ANSWERED_WITHIN])) >= 0:
                examples.append(_example(question.question, question.id, split, told, True))
    return examples


def _unanswered(index: SearchIndex) -> list[Example]:
    witness = _Witness(index)
    examples = []
    for each in read_negatives(NEGATIVES):
        told = witness.ask(each.question)
        examples.append(_example(each.question, each.topic, each.split, told, False))
    return examples


def _short(index: SearchIndex, held_out: Sequence[HeldOut]) -> list[Example]:
    witness = _Witness(index)
    examples = []
    for each in held_out:
        told = witness.ask(each.question)
        if each.provision_id in [hit.unit.id for hit in told.result.hits[:_ANSWERED_WITHIN]]:
            split = _split_of(share_of(each.question))
            examples.append(_example(each.question, each.question, split, told, True))
    return examples


def _of_people(index: SearchIndex) -> list[Example]:
    """People's own stories, long and of many things; a benefit may bear the clause as well."""
    witness = _Witness(index)
    examples = []
    for case in read_cases(PERSONAS):
        told = witness.ask(case.question)
        fitting = [m for m in told.entitled.benefits if m.verdict is not Verdict.DOES_NOT_APPLY]
        hits = [*told.result.hits[:_ANSWERED_WITHIN]]
        hits += [witness.finder.hit(clause) for matched in fitting for clause in matched.clauses]
        gold = tuple(Gold(entry.doc, entry.quote, 2) for entry in case.expect)
        if max(relevances(Question(case.id, case.question, "", gold), hits)) >= 0:
            split = _split_of(share_of(case.id))
            examples.append(_example(case.question, case.id, split, told, True))
    return examples


def _example(question: str, topic: str, split: Split, told: _Testimony, answered: bool) -> Example:
    return Example(question, topic, split, told.evidence, answered, told.named_absent)


def _split_of(share: float) -> Split:
    if share < _TRAIN:
        return Split.TRAIN
    return Split.DEV if share < _DEV else Split.TEST


@dataclass(frozen=True, slots=True)
class Fit:
    """A ridge logistic regression over scaled signs, shapes ``(signs,)``."""

    means: Values
    deviations: Values
    weights: Values
    intercept: float

    def probabilities(self, values: Values) -> Values:
        """Shape ``(n, signs)`` to ``(n,)``."""
        logits = (values - self.means) / self.deviations @ self.weights + self.intercept
        return np.asarray(1 / (1 + np.exp(-logits)))


def fit(values: Values, answered: NDArray[np.bool_]) -> Fit:
    """Least penalised log loss; answered and unanswered questions weigh the same in all.

    Shapes ``(n, signs)`` and ``(n,)``. The probability is that for even odds: nobody knows how
    many of the questions that people will ask have an answer.
    """
    means = values.mean(axis=0)
    deviations = np.maximum(values.std(axis=0), 1e-6)
    scaled = (values - means) / deviations
    signs = np.where(answered, 1.0, -1.0)
    share = np.where(answered, answered.mean(), 1 - answered.mean())

    def loss(parameters: Values) -> tuple[float, Values]:
        logits = scaled @ parameters[1:] + parameters[0]
        each = np.logaddexp(0, -signs * logits) / share / 2
        slope = -signs / (1 + np.exp(signs * logits)) / share / 2
        penalty = _PENALTY / 2 * float(parameters[1:] @ parameters[1:])
        gradient = np.concatenate([[slope.sum()], scaled.T @ slope + _PENALTY * parameters[1:]])
        return float(each.sum()) + penalty, gradient

    found = minimize(loss, np.zeros(values.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Fit(means, deviations, found[1:], float(found[0]))


def cross_validated(values: Values, answered: NDArray[np.bool_], topics: Sequence[str]) -> Values:
    """For each question the probability by weights that haven't seen its topic, shape ``(n,)``."""
    folds = np.array([int(share_of(topic) * _FOLDS) for topic in topics])
    unseen = np.zeros(len(answered))
    for fold in range(_FOLDS):
        left_out = folds == fold
        if left_out.any():
            unseen[left_out] = fit(values[~left_out], answered[~left_out]).probabilities(
                values[left_out]
            )
    return unseen


def _is_settled(example: Example) -> bool:
    return example.evidence.settles and not example.named_absent


def _share_answered(answered: Sequence[bool]) -> float:
    """Laplace's rule of succession: nothing seen is not nothing possible."""
    return round((sum(answered) + 1) / (len(answered) + 2), 4)


def _rounded(values: Values) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
