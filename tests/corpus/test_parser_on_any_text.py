"""Nothing lost, whatever the text: the parser places each character once and never raises."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

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
            "某某单位要认真贯彻落实有关要求,切实加强组织领导和监督检查工作力度", "查,不断规范。",
        ]
    ),
    st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30),
)  # fmt: skip


@given(st.lists(_LINES, max_size=40))
@settings(max_examples=300, deadline=None)
def test_each_character_is_placed_exactly_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    compilation = parse_source(Source("x.txt", "汇编", "", "", "", ("汇编",), text))
    count = [0] * len(text)
    spans = [item.span for item in compilation.furniture]
    for document in compilation.documents:
        spans += [item.span for item in document.metadata_spans]
        for provision in document.provisions:
            spans += [segment.span for segment in provision.segments]
            if provision.marker_segment:
                spans.append(provision.marker_segment.span)
            quotation = quote(text, document.subtree(provision))
            assert quotation.quote == "".join(span.of(text) for span in quotation.spans)
    for span in spans:
        for at in range(span.start, span.end):
            count[at] += 1
    assert all(count[at] == 1 for at, c in enumerate(text) if not c.isspace())
