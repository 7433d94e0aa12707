"""What a question asks for."""

from __future__ import annotations

import pytest

from server.answering.focus import Focus, foci_of, gives


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("学徒制一年补多少钱", Focus.AMOUNT),
        ("技能提升补贴标准", Focus.AMOUNT),
        ("能报销几成", Focus.AMOUNT),
        ("一年最多能领几次", Focus.QUANTITY),
        ("什么时候截止", Focus.PERIOD),
        ("合作期限最低为几年", Focus.PERIOD),
        ("由哪个部门负责", Focus.DEPARTMENT),
        ("这事归谁管", Focus.DEPARTMENT),
        ("哪些人可以去上免费的班", Focus.PEOPLE),
        ("什么是两后生", Focus.DEFINITION),
        ("怎么申请,要交什么材料", Focus.PROCEDURE),
        ("弄虚作假怎么处理", Focus.PROHIBITION),
        ("工资总额包括哪些项目", Focus.LIST),
        ("能不能破格申报", Focus.CONDITION),
    ],
)
def test_the_words_of_a_question_tell_what_it_asks_for(question: str, focus: Focus) -> None:
    assert foci_of(question)[0] is focus


def test_two_things_asked_are_two_foci_in_their_order() -> None:
    assert foci_of("由哪个单位牵头,什么时候完成?") == (Focus.DEPARTMENT, Focus.PERIOD)


def test_a_vague_number_is_no_question() -> None:
    assert Focus.QUANTITY not in foci_of("我们派几个人去国外学技术,机票能报吗")
    assert Focus.PERIOD not in foci_of("合同过几天再补,能不能先干活")


@pytest.mark.parametrize(
    ("focus", "sentence", "other"),
    [
        (Focus.AMOUNT, "每人补贴800元。", "按规定给予补贴。"),
        (Focus.PERIOD, "每年9月30日前公布。", "向社会公布。"),
        (Focus.DEPARTMENT, "(省教育厅牵头)", "坚持正确方向。"),
        (Focus.PROHIBITION, "不得重复享受。", "按规定享受。"),
    ],
)
def test_a_sentence_gives_what_its_kind_of_words_says(
    focus: Focus, sentence: str, other: str
) -> None:
    assert gives(focus, sentence)
    assert not gives(focus, other)
