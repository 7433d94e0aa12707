"""Who asks, and for what, where neither is said in words that were foreseen."""

from __future__ import annotations

import pytest

from server.eligibility.matching import Verdict
from server.eligibility.profile import Profile
from server.knowledge_base import KnowledgeBase
from server.schemas.benefit import BenefitsIn


@pytest.mark.parametrize(
    ("group", "asker"),
    [
        ("国有企业", ["企业"]),
        ("建筑施工企业", ["企业"]),
        ("民办学校", ["院校"]),
        ("国有企业职工", None),
        ("技工院校学生", ["劳动者"]),
    ],
)
def test_the_last_word_of_a_group_tells_who_asks(
    knowledge_base: KnowledgeBase, group: str, asker: list[str] | None
) -> None:
    found = knowledge_base.benefits(BenefitsIn(profile=Profile(groups=[group], year=2022)))
    assert found.profile.facts.get("身份") == asker


def test_we_may_be_a_company(knowledge_base: KnowledgeBase) -> None:
    question = "我们一次交不起土地出让金,能分几年交?"
    found = knowledge_base.benefits(BenefitsIn(question=question))
    paid_in_parts = next(b for b in found.benefits if b.id == "土地出让金分期缴纳-2021")
    assert paid_in_parts.verdict is Verdict.APPLIES


def test_a_benefit_is_found_by_the_meaning_of_a_question(knowledge_base: KnowledgeBase) -> None:
    question = "当初县里打包票的优惠现在新领导全推翻了,小公司该找谁说理?"
    found = knowledge_base.benefits(BenefitsIn(question=question))
    fitting = {b.id for b in found.benefits if b.verdict is not Verdict.DOES_NOT_APPLY}
    assert "政策承诺履行和补偿-2021" in fitting


def test_what_is_only_near_in_meaning_never_applies_for_sure(knowledge_base: KnowledgeBase) -> None:
    found = knowledge_base.benefits(BenefitsIn(question="今天天气怎么样,适合去爬山吗?"))
    assert all(benefit.verdict is not Verdict.APPLIES for benefit in found.benefits)
