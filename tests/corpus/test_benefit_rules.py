"""Benefit rules: read from YAML, and held to the text that they quote."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.benefits.annotations import BENEFITS_FOLDER, BenefitRuleError
from corpus.benefits.conditions import (
    AllOf,
    AnyOf,
    Chosen,
    Expression,
    Is,
    Not,
    Within,
    read_expression,
    write_expression,
)
from corpus.benefits.loading import load_benefits, load_facts
from corpus.edition import Edition

DOCUMENT = "云政办发-2019-69"
CLAUSE = f"{DOCUMENT}:四.(十一)"


def rule(**changes: object) -> dict[str, object]:
    """A right rule, with some of it changed."""
    return {
        "id": "生活费补贴",
        "name": "培训期间生活费补贴",
        "beneficiary": "劳动者",
        "kind": "补贴",
        "topic": "生活费和交通费",
        "asked": ["生活费"],
        "conditions": [
            {
                "text": "属于贫困劳动力",
                "when": {"人员类别": ["贫困劳动力"]},
                "clause": CLAUSE,
                "quote": "对贫困劳动力、就业困难人员",
            }
        ],
        "amounts": [
            {
                "type": "fixed",
                "value": 60,
                "per": "人·天",
                "clause": CLAUSE,
                "quote": "给予每人每天60元的生活费补贴",
            }
        ],
        **changes,
    }


def load(folder: Path, edition: Edition, *rules: dict[str, object]) -> int:
    """How many rules are loaded from a folder that holds these."""
    (folder / "facts").symlink_to(BENEFITS_FOLDER / "facts")
    text = yaml.safe_dump(list(rules), allow_unicode=True)
    (folder / f"{DOCUMENT}.yaml").write_text(text, encoding="utf-8")
    return len(load_benefits(edition.documents, folder).benefits)


def test_a_rule_that_quotes_its_clause_is_read(tmp_path: Path, edition: Edition) -> None:
    assert load(tmp_path, edition, rule()) == 1


def changed(part: str, **changes: object) -> dict[str, object]:
    """A rule whose one condition or amount is changed."""
    parts = rule()[part]
    assert isinstance(parts, list)
    return rule(**{part: [{**parts[0], **changes}]})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (changed("conditions", quote="对困难劳动力"), "中没有“对困难劳动力”"),
        (changed("conditions", clause=f"{DOCUMENT}:四.(九十)"), "没有条款"),
        (changed("amounts", value=80), "没有数字 80"),
        (changed("conditions", when={"人员类别": ["富人"]}), "没有事实“人员类别”,或者"),
        (changed("conditions", when={"星座": True}), "没有事实“星座”"),
        (changed("conditions", when={"月数": {"around": 3}}), "看不懂“月数”的要求"),
        (rule(links=[{"kind": "same_as", "benefit": "别处", "text": "同一件事"}]), "“别处”不存在"),
        (rule(colour="red"), "colour"),
    ],
)
def test_a_rule_that_says_what_its_clause_does_not_stops_the_build(
    tmp_path: Path, edition: Edition, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(BenefitRuleError, match=message):
        load(tmp_path, edition, wrong)


def test_two_rules_of_one_id_are_refused(tmp_path: Path, edition: Edition) -> None:
    with pytest.raises(BenefitRuleError, match="重复"):
        load(tmp_path, edition, rule(), rule())


def test_rules_of_documents_outside_the_collection_are_left_out(tmp_path: Path) -> None:
    (tmp_path / f"{DOCUMENT}.yaml").write_text(
        yaml.safe_dump([rule()], allow_unicode=True), encoding="utf-8"
    )
    assert load_benefits([], tmp_path).benefits == ()


def test_every_fact_can_be_asked_for_and_every_rule_stands_in_the_collection(
    edition: Edition,
) -> None:
    rules = edition.benefits
    assert len(rules.benefits) > 200
    documents = {document.id for document in edition.documents}
    for benefit in rules.benefits:
        for cited in benefit.cited():
            assert cited.clause.partition(":")[0] in documents
    used = {name for name in rules.facts if rules.facts[name].question.endswith(("?", "。", "?"))}
    assert used == set(load_facts(BENEFITS_FOLDER / "facts"))


names = st.sampled_from(["人员类别", "等级", "年份"])
tests = st.one_of(
    st.builds(Chosen, names, st.lists(st.text(min_size=1), min_size=1).map(tuple)),
    st.builds(Is, names, st.booleans()),
    st.builds(Within, names, st.floats(0, 9), st.none() | st.floats(0, 9)),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    tests,
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=6,
)


@given(expressions)
def test_an_expression_is_read_back_as_it_was_written(expression: Expression) -> None:
    assert read_expression(write_expression(expression)) == expression
