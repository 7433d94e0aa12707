"""Nothing lost, whatever the text: the parser places each character once and never raises."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from corpus.asked_as import AskedAsError
from corpus.benefits.annotations import BenefitRuleError
from corpus.coverage import coverage_of
from corpus.edition import Edition, prepare_edition
from corpus.model import Span
from corpus.parser import parse_source
from corpus.quotation import quote
from corpus.sources import Source

_LINES = st.one_of(
    st.sampled_from(
        [
            "", "", "目 录", "一、省委文件", "关于某事的通知 云发〔2018〕4号\t(1)", "云发〔2018〕4号",
            "云南省人民政府关于某事的通知", "关于印发某办法的通知", "各州、市人民政府:", "一、总体要求",
            "(一)指导思想", "1. 坚持原则。做好工作,", "第一章 总 则", "第一条 为了规范,制定本办法。",
            "按照第十二条规定执行。", "- (二)列入名单的;", "①获得奖项的;", "序号\t职业\t序号\t职业",
            "1\t电工\t2\t焊工", "一、生产类\t\t\t", "\t\t", "云南省财政厅", "云 南 省 总 工 会", "2018年1月12日",
            "2018年13月45日", "(此件公开发布)", "附件", "附件 1", "附件:1. 申报表", "2. 目标表", "**", "正文。",
            "云南省某条例", "(2021年7月29日云南省第十三届人民代表大会", "常务委员会第二十五次会议通过)",
            "第一编 总 则", "第二分编 合 同", "第十七条之一 补充规定。", "第三条为了实施本法,制定本条。",
            "第一步:建立联系。", "㈠总则", "⑴登记;", "组 长:李秀领 省委副书记", "王显刚 副省长",
            "填 表 说 明:", "单位基本情况", "注:本表一式两份。", "甲方:(公章)", "名称\t", "三、申请条件\t",
            "1. 独立举办学校 □\t", "序号\t岗位\t人数\t\t备注", "\t\t新招\t转岗\t", "\t生产类\t1600\t2000",
            "中华人民共和国国务院令", "第 395 号", "目 录", "第一章 总则", "附件2", "建设要求(附件3)",
            "某某单位要认真贯彻落实有关要求,切实加强组织领导和监督检查工作力度", "查,不断规范。",
        ]
    ),
    st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30),
)  # fmt: skip


@given(st.lists(_LINES, max_size=40))
# An entry without a number, beside one that has one.
@example(["附件", "序号\t职业\t序号\t职业", "\t生产类\t1600\t2000", "一、总体要求"])
@settings(max_examples=300, deadline=None)
def test_each_character_is_placed_exactly_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    compilation = parse_source(Source("x.txt", "汇编", "", "", "", ("汇编",), text))
    assert coverage_of(compilation).is_exact
    for document in compilation.documents:
        for provision in document.provisions:
            quotation = quote(text, document.subtree(provision))
            assert quotation.quote == "".join(span.of(text) for span in quotation.spans)
    try:
        edition_of(text)
    except (AskedAsError, BenefitRuleError):
        reject()  # the number of a document for which there are annotations, and another text


def edition_of(text: str) -> Edition:
    """Relations, terms and rates are read from any text, too."""
    return prepare_edition([Source("x.txt", "汇编", "", "", "", ("汇编",), text)])


def test_coverage_sees_what_is_lost_and_what_is_taken_twice() -> None:
    compilation = parse_source(Source("x.txt", "汇编", "", "", "", (), "甲乙。\n丙。"))
    (first, second) = compilation.furniture
    lost = replace(compilation, furniture=(second,))
    assert coverage_of(lost).unplaced == (0, 1, 2)
    doubled = replace(compilation, furniture=(first, first, second))
    assert coverage_of(doubled).doubled == (0, 1, 2)


@given(st.lists(_LINES, min_size=3, max_size=40))
@example(["目 录", "附件", "一、总体要求", "签署", "目 录"])
@settings(max_examples=100, deadline=None)
def test_provisions_stand_in_the_order_of_the_source(lines: list[str]) -> None:
    text = "\n".join(lines)
    for document in parse_source(Source("x.txt", "汇编", "", "", "", (), text)).documents:
        starts = [
            (provision.marker_segment or provision.segments[0]).span.start
            for provision in document.provisions
        ]
        assert starts == sorted(starts)
        assert len(document.by_id) == len(document.provisions)
        walked = [p for root in document.children(None) for p in document.subtree(root)]
        assert walked == list(document.provisions)


@given(st.lists(_LINES, max_size=40), st.data())
@settings(max_examples=100, deadline=None)
def test_a_place_in_the_source_is_found_in_the_text(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    compilation = parse_source(Source("x.txt", "汇编", "", "", "", ("汇编",), text))
    provisions = [p for document in compilation.documents for p in document.provisions]
    if not provisions:
        return
    quotation = quote(text, [data.draw(st.sampled_from(provisions))])
    for run in quotation.runs:
        place = quotation.locate(run.source)
        assert place is not None
        assert quotation.text[place[0] : place[1]] == run.source.of(text)
    assert quotation.locate(Span(len(text) + 1, len(text) + 2)) is None
