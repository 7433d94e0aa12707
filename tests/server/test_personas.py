"""People and companies as policy officers describe them, and what the rules give them.

The table is ``eval/datasets/personas/*.yaml``: who, their profile, the same in their own words, the
clauses that must be cited with the amount and the reason, and those that must not be applied.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eval.subsidies import (
    PERSONAS,
    CaseResult,
    SubsidyCase,
    by_profile,
    by_question,
    measure_case,
    read_cases,
)
from server.knowledge_base import KnowledgeBase
from server.schemas.benefit import BenefitsIn

CASES = read_cases(PERSONAS)

Way = Callable[[SubsidyCase], BenefitsIn]


def result(kb: KnowledgeBase, case: SubsidyCase, way: Way) -> CaseResult:
    return measure_case(kb, case, way(case))


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 150
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_profile_brings_what_is_due_and_nothing_else(
    knowledge_base: KnowledgeBase, case: SubsidyCase
) -> None:
    found = result(knowledge_base, case, by_profile)
    assert found.missed == ()
    assert found.wrongly_applied == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_same_person_s_own_words_bring_it_with_the_sum(
    knowledge_base: KnowledgeBase, case: SubsidyCase
) -> None:
    found = result(knowledge_base, case, by_question)
    assert found.missed == ()
    assert found.figures_missed == ()
    assert found.wrongly_applied == ()
