"""The candidates of all sides as one list: what each side says of them, and the fused score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.contract import Candidates, Found, Positions, Scores
from indexer.fusion import QUESTION_SHARE, convex_combination
from indexer.signals import Signals

FUSED_DEPTH = 200
"""Units of each side over which the fusion scales its scores."""

# A query is nearer to a question than to a text that answers it as well: where it is so by less
# than this, the text is what was found.
_TEXT_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class Sides:
    """What each side says of the candidates, shapes ``(n,)``; -inf where it doesn't know one.

    ``units`` are their positions, ascending; ``matched`` is the number of the nearest question
    within its unit where that is nearer than the text, else -1.
    """

    units: Positions
    fused: Scores
    matched: NDArray[np.int32]
    text: Scores
    question: Scores
    lexical: Scores

    def of(self, unit: int) -> Signals:
        """The signals of one unit; none of one that isn't a candidate."""
        if (at := self._at(unit)) is None:
            return Signals()
        text, question = float(self.text[at]), float(self.question[at])
        return Signals(
            text=text if np.isfinite(text) else None,
            question=question if np.isfinite(question) else None,
            lexical=max(float(self.lexical[at]), 0.0),
        )

    def question_of(self, unit: int) -> int | None:
        """The number of the question by which a unit was found, if it was by one."""
        at = self._at(unit)
        return int(self.matched[at]) if at is not None and self.matched[at] >= 0 else None

    def _at(self, unit: int) -> int | None:
        at = int(np.searchsorted(self.units, unit))
        return at if at < len(self.units) and self.units[at] == unit else None


def fused_sides(found: Found, lexical_weight: float | None) -> Sides:
    """All candidates with one score: BM25 as it is, or a sum of the scaled sides.

    A unit is as near as its nearest passage or question. ``lexical_weight`` is the share of BM25,
    or None to rank by it alone, unscaled.
    """
    units = _union(found.lexical.units, found.texts.units, found.questions.units)
    lexical = _spread(found.lexical, units)
    text = _spread(found.texts, units)
    question = _spread(found.questions, units)
    matched = np.full(len(units), -1, np.int32)
    if lexical_weight is None:
        return Sides(units, lexical, matched, text, question, lexical)
    matched[np.searchsorted(units, found.questions.units)] = found.which
    matched[~(question > text + _TEXT_MARGIN)] = -1
    # A unit that nobody wrote questions for must not lose by it.
    by_question = question.copy()
    unasked = np.searchsorted(units, found.texts.units[found.unasked])
    by_question[unasked] = text[unasked]
    fused = convex_combination(
        [
            (lexical_weight, lexical),
            ((1 - lexical_weight) * (1 - QUESTION_SHARE), text),
            ((1 - lexical_weight) * QUESTION_SHARE, by_question),
        ],
        depth=FUSED_DEPTH,
    )
    return Sides(units, fused, matched, text, question, lexical)


def _union(*ascending: Positions) -> Positions:
    """All of them, ascending, each once; by sorting: numpy's own way hashes, ten times slower."""
    together: Positions = np.sort(np.concatenate(ascending), kind="stable")
    is_another = np.ones(len(together), np.bool_)
    is_another[1:] = together[1:] != together[:-1]
    return together[is_another]


def _spread(candidates: Candidates, units: Positions) -> Scores:
    """The scores of candidates at their places among ``units``, -inf at the others."""
    scores = np.full(len(units), -np.inf, np.float32)
    scores[np.searchsorted(units, candidates.units)] = candidates.scores
    return scores
