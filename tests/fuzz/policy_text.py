"""Text that looks like policy documents and isn't quite: real lines, changed in every way."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from corpus.sources import load_sources

_MARKERS = (
    "一、", "(一)", "1.", "(1)", "①", "㈠", "⑴", "第一章 ", "第一条 ", "第十七条之一 ", "第一编 ", "1、", "二十一、",
    "第一百零三条 ", "（三）", "- (二)", "第零条", "第九千九百九十九条", "0.", "99999.", "(十百千)", "第一步:", "**第二条**",
)  # fmt: skip
_FURNITURE = (
    "目 录", "— 12 —", "-3-", "第 5 页 共 8 页", "云发〔2018〕4号\t(1)", "附件", "附件 1", "附件:1. 申报表", "(此件公开发布)",
    "各州、市人民政府:", "2018年1月12日", "2018年13月45日", "云 南 省 总 工 会", "一、省委文件", "注:本表一式两份。",
    "中华人民共和国国务院令", "第 395 号", "常务委员会第二十五次会议通过)", "甲方:(公章)", "关于印发某办法的通知",
)  # fmt: skip
_ROWS = (
    "序号\t职业\t序号\t职业", "1\t电工\t2\t焊工", "\t\t", "名称\t", "\t生产类\t1600\t2000", "一、生产类\t\t\t",
    "\t\t新招\t转岗\t", "1. 独立举办学校 □\t", "甲\t" * 60,
)  # fmt: skip
_STRANGE = (
    "\u200b", "\ufeff", "\u202e", "\u3000", "\xa0", "\x0c", "\x85", "\u2028", "\r", "\x00", "\x1b", "\ud800", "\udfff",
    "\U0001f600", "e\u0301", "㍿", "﷽", "ｱ", "１２", "⑳", "㊀", "⼀", "𠮷", "İ", "ß", "\U000e0001", "\ufffe", "<b>", "**", "&nbsp;",
)  # fmt: skip
_AGENCIES = (
    "云人社发",
    "云发",
    "国发",
    "省政府令",
    "人社部令",
    "省人大常委会公告",
    "云" * 15,
    "发",
)
_BRACKETS = (
    "〔{}〕",
    "[{}]",
    "（{}）",
    "({})",
    "【{}】",
    "{}",
    "〔{}",
    "{}〕",
    "〔 {} 〕",
    "《{}》",
)
_YEARS = ("2019", "２０１９", "2O19", "1899", "十三届", "20199", "", "二〇一九")
_SERIALS = (
    "16号",
    "第16号",
    "１６号",
    "0号",
    "99999号",
    "第五十五号",
    "第十百千号",
    "16",
    "号",
    "-16",
    "l6号",
    "三百二十一号",
)


@cache
def real_lines() -> tuple[str, ...]:
    """Every line of the compilation, blank ones too."""
    return tuple(load_sources()[0].text.split("\n"))


def document_numbers() -> st.SearchStrategy[str]:
    """文号 in every typography, whole ones and others."""
    return st.builds(
        lambda agency, brackets, year, serial: agency + brackets.format(year) + serial,
        st.sampled_from(_AGENCIES),
        st.sampled_from(_BRACKETS),
        st.sampled_from(_YEARS),
        st.sampled_from(_SERIALS),
    )


def characters() -> st.SearchStrategy[str]:
    """Any characters, unassigned ones, controls and halves of characters among them."""
    return st.one_of(st.sampled_from(_STRANGE), st.text(max_size=20))


def _pieces() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(_MARKERS),
        st.sampled_from(_FURNITURE),
        st.sampled_from(_ROWS),
        document_numbers(),
        characters(),
    )


@st.composite
def _changed(draw: st.DrawFn, lines: tuple[str, ...]) -> str:
    """A line of the source with something put in, cut off, said twice or made very long."""
    line = lines[draw(st.integers(0, len(lines) - 1))]
    at = draw(st.integers(0, len(line)))
    match draw(st.integers(0, 7)):
        case 0:
            return line[:at] + draw(_pieces()) + line[at:]
        case 1:
            return draw(st.sampled_from(_MARKERS)) + line
        case 2:
            return line[at:]
        case 3:
            return line[:at] + "\n" + line[at:]
        case 4:
            return "\t".join((line[:at], line[at:], line[:at]))
        case 5:
            return line[:at] + line[at : at + 20] * draw(st.sampled_from((2, 50, 300)))
        case 6:
            return line + document_numbers_in(draw) + line[:at]
        case _:
            return line


def document_numbers_in(draw: st.DrawFn) -> str:
    """Some 文号 as a sentence names them."""
    return "根据《通知》(" + draw(document_numbers()) + ")和" + draw(document_numbers())


def lines_of_policy() -> st.SearchStrategy[str]:
    """One line, or what once was one."""
    return st.one_of(_changed(real_lines()), _pieces())


@st.composite
def policy_text(draw: st.DrawFn) -> str:
    """A stretch of the compilation with lines changed, put in and left out."""
    lines = real_lines()
    start = draw(st.integers(0, len(lines) - 1))
    text = list(lines[start : start + draw(st.integers(0, 12))])
    for line in draw(st.lists(lines_of_policy(), max_size=10)):
        at = draw(st.integers(0, len(text)))
        text[at : at + draw(st.integers(0, 1))] = [line]
    return "\n".join(text)


def questions() -> st.SearchStrategy[str]:
    """What somebody, or something, might type."""
    words = st.sampled_from(
        ("电工", "学徒制", "补贴", "多少钱", "我是", "中级", "2021年", "第四条第(二)项", "怎么申请", "工伤", "高级技师", "3个月", "8%", "？", "AND", "' OR 1=1 --", "%00", "../../", "<script>")
    )  # fmt: skip
    typed = st.lists(st.one_of(words, document_numbers(), characters()), max_size=6).map("".join)
    return st.one_of(typed, lines_of_policy().map(lambda line: line[:600]), st.text(max_size=40))
