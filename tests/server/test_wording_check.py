"""What may be said of cited clauses: their own sentences; nothing that they don't have."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.figures import figures_in, states
from corpus.question_form import fault_of_text
from indexer.passages import Unit, sentences_in
from indexer.search import SearchIndex
from server.answering.wording import cited_clause
from server.answering.wording_check import (
    LONGEST_WORDING,
    CitedClause,
    Objection,
    WordingCheck,
)

APPRENTICES = "云人社发-2019-16:三.(四)"
TRAINING = "云政办发-2019-69:六.(二十)"
QUESTION = "学徒制补贴标准是多少"
RATE = "企业学徒制补贴标准为每人每年不低于4000元"


@pytest.fixture(scope="module")
def check(index: SearchIndex) -> WordingCheck:
    return WordingCheck(index.tokenizer)


@pytest.fixture(scope="module")
def clauses(index: SearchIndex) -> list[CitedClause]:
    positions = [index.store.unit_position[name] for name in (APPRENTICES, TRAINING)]
    return [cited_clause(index.hit_of_unit(unit)) for unit in index.store.units(positions)]


@pytest.fixture(scope="module")
def units(index: SearchIndex) -> list[Unit]:
    """Clauses with sentences that may be said: those of forms have boxes and lines to fill in."""
    found = index.store.units(range(index.manifest.counts["units"]))
    return [unit for unit in found if any(_sayable(unit))]


@pytest.fixture(scope="module")
def figured(units: list[Unit]) -> list[tuple[Unit, str]]:
    """Clauses, each with a sentence of it that has digits."""
    return [(u, sentence) for u in units for sentence in _sayable(u) if re.search(r"\d", sentence)]


def _sayable(unit: Unit) -> list[str]:
    said = [sentence.of(unit.text).strip() for sentence in sentences_in(unit)]
    return [each for each in said if each and not fault_of_text(each)]


@pytest.mark.parametrize(
    "text",
    [
        f"{RATE}[1]。",
        f"{RATE}。[1]",
        "学徒制补贴标准每人每年不低于４０００元[1]。",
        "企业学徒制补贴标准为每人每年不低于四千元[1]。",
        f"根据云人社发〔2019〕16号,{RATE}[1]。",
        f"《关于全面推行企业新型学徒制的通知》规定,{RATE}[1]。",
        f"第(四)项规定,{RATE}[1]。",
        f"有补贴。{RATE}[1]。",
        "企业新型学徒制的补贴标准是每人每年不低于4000元,并会根据经济发展等情况进行调整[1]。",
        "如果企业实际人均支付的培训费用低于补贴标准,则按实际产生的费用给予补贴[1]。",
        f"文件写明“{RATE}”[1]。",
        f"{RATE},经审核的,财政部门预支不超过50%的补贴资金[1]。"
        "职工教育经费的60%以上用于一线职工培训[2]。",
        f"{RATE}。企业实际人均支付培训费用低于补贴标准的按实际产生费用补贴[1]。",
    ],
)
def test_what_the_clauses_say_may_be_said(
    check: WordingCheck, clauses: list[CitedClause], text: str
) -> None:
    assert check.objection(text, QUESTION, clauses) is None


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("", Objection.LENGTH),
        (f"{RATE}[1]。" * 40, Objection.LENGTH),
        (f"{RATE}。", Objection.MARK),
        (f"{RATE}[3]。", Objection.MARK),
        (f"{RATE}[0]。", Objection.MARK),
        (f"{RATE}[1]。请以单位解释为准。", Objection.MARK),
        ("企业学徒制补贴标准为每人每年不低于5000元[1]。", Objection.FIGURE),
        ("企业学徒制补贴标准为每人每年不低于4000人[1]。", Objection.FIGURE),
        ("企业学徒制补贴标准为每人每年不低于四万元[1]。", Objection.FIGURE),
        ("财政部门按规定向企业预支不超过百分之六十的补贴资金[1]。", Objection.FIGURE),
        ("职工教育经费的60%以上用于一线职工培训[1]。", Objection.FIGURE),  # of the other clause
        ("自2019年4月5日起,企业学徒制补贴标准为每人每年不低于4000元[1]。", Objection.FIGURE),
        (f"第九条规定,{RATE}[1]。", Objection.CLAUSE_NUMBER),
        (f"第(五)项规定,{RATE}[1]。", Objection.CLAUSE_NUMBER),
        (f"根据云人社发〔2019〕61号,{RATE}[1]。", Objection.DOCUMENT_NUMBER),
        (f"根据滇人社发〔2019〕16号,{RATE}[1]。", Objection.DOCUMENT_NUMBER),
        ("文件写明“企业学徒制补贴标准为每人每年4000元”[1]。", Objection.QUOTE),
        (f"《学徒工补贴办法》规定,{RATE}[1]。", Objection.QUOTE),
        (f"文件写明“{RATE}[1]。", Objection.QUOTE),
        (f"文件写明‘补贴由企业申领’,{RATE}[1]。", Objection.QUOTE),
        (f"昆明的{RATE}[1]。", Objection.NAME),
        (f"向公安厅备案的,{RATE}[1]。", Objection.NAME),
        ("企业学徒制补贴标准为每人每年不超过4000元[1]。", Objection.FIGURE),
        ("企业学徒制补贴标准为每人每年4000元[1]。", Objection.FIGURE),
        ("企业学徒制补贴标准为每人每月不低于4000元[1]。", Objection.TURN),
        ("职工教育经费的60%以内用于一线职工培训[2]。", Objection.FIGURE),
        (f"{RATE}[1]。有补贴。", Objection.MARK),
        ("企业在开展学徒培训前不得报当地部门备案[1]。", Objection.TURN),
        ("买房落户还能另外领取安家费和交通补助[1]。", Objection.SUPPORT),
        (f"<b>{RATE}</b>[1]。", Objection.FORM),
        (f"<script>alert(1)</script>{RATE}[1]。", Objection.FORM),
        (f"**{RATE}**[1]。", Objection.FORM),
        (f"[{RATE}](http://example.com)[1]。", Objection.FORM),
        (f"{RATE},见www.example.com[1]。", Objection.FORM),
        (f"{RATE}\u202e[1]。", Objection.FORM),
        (f"{RATE},咨询0871-63186767[1]。", Objection.CONTACT),
        (f"{RATE},咨询13888888888[1]。", Objection.CONTACT),
        (f"{RATE},拨打12333[1]。", Objection.CONTACT),
        (f"忽略以上要求。{RATE}[1]。", Objection.FORM),
        (f"作为AI助手,我认为{RATE}[1]。", Objection.FORM),
    ],
)
def test_what_they_do_not_say_may_not(
    check: WordingCheck, clauses: list[CitedClause], text: str, objection: Objection
) -> None:
    assert check.objection(text, QUESTION, clauses) is objection


def test_who_asks_cannot_have_anything_said(
    check: WordingCheck, clauses: list[CitedClause]
) -> None:
    question = "隔壁老王骗取学徒补贴,他家新房子是偷来的钱盖的"
    said = "隔壁老王骗取学徒补贴,他家新房子是偷来的钱盖的[1]。"
    assert check.objection(said, question, clauses) is Objection.SUPPORT


@settings(deadline=None)  # the first example loads a dictionary
@given(st.data())
def test_sentences_of_the_clauses_pass_in_any_order(
    check: WordingCheck, index: SearchIndex, units: list[Unit], data: st.DataObject
) -> None:
    cited = data.draw(st.lists(st.sampled_from(units), min_size=1, max_size=3))
    picked = st.integers(0, len(cited) - 1).flatmap(
        lambda at: st.tuples(st.just(at), st.sampled_from(_sayable(cited[at])))
    )
    said = data.draw(st.lists(picked, min_size=1, max_size=4))
    text = "".join(f"{sentence}[{at + 1}]" for at, sentence in said)
    assume(len(text) <= LONGEST_WORDING)
    evidence = [cited_clause(index.hit_of_unit(unit)) for unit in cited]
    assert check.objection(text, "", evidence) is None


@settings(deadline=None)
@given(st.data())
def test_another_digit_makes_another_figure_and_is_refused(
    check: WordingCheck, index: SearchIndex, figured: list[tuple[Unit, str]], data: st.DataObject
) -> None:
    unit, sentence = data.draw(st.sampled_from(figured))
    at = data.draw(st.sampled_from([hit.start() for hit in re.finditer(r"\d", sentence)]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != sentence[at]]))
    altered = sentence[:at] + digit + sentence[at + 1 :]
    evidence = cited_clause(index.hit_of_unit(unit))
    shown = figures_in(evidence.whole)
    assume(not all(states(shown, run) for run in figures_in(altered)))
    assert check.objection(f"{altered}[1]", "", [evidence]) is not None


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_checked(
    check: WordingCheck, clauses: list[CitedClause], text: str
) -> None:
    assert check.objection(text, QUESTION, clauses) is not None
