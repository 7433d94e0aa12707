"""The real compilation: every document, its number and frame, its clauses, nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from corpus.coverage import coverage_of
from corpus.model import Compilation, Document, ProvisionKind
from corpus.parser import parse_source
from corpus.quotation import quote
from corpus.sources import Source

EMBEDDED = {
    "人社部发〔2020〕10号": "云人社发〔2020〕15号",
    "人社厅发〔2019〕117号": "云人社通〔2020〕21号",
    "人社部发〔2020〕96号": "云人社通〔2021〕28号",
}


def by_number(compilation: Compilation, number: str) -> Document:
    return next(d for d in compilation.documents if number in (d.doc_number, d.title))


def whole(compilation: Compilation, document: Document, provision_id: str) -> str:
    return quote(compilation.text, document.subtree(document.by_id[provision_id])).text


def test_every_entry_of_the_contents_is_found_with_its_number(compilation: Compilation) -> None:
    assert len(compilation.contents) == 38
    numbers = {document.doc_number or document.title for document in compilation.documents}
    assert {entry.doc_number or entry.title for entry in compilation.contents} <= numbers


def test_where_contents_and_body_disagree_is_reported(compilation: Compilation) -> None:
    (difference,) = compilation.warnings
    assert "云财规〔2019〕3号" in difference
    assert "资金管理暂行办法" in difference


def test_the_contents_give_section_and_first_page(compilation: Compilation) -> None:
    pages = [d.page_start for d in compilation.documents if d.page_start is not None]
    assert len(pages) == 38
    assert pages == sorted(pages)
    sections = Counter(document.section for document in compilation.documents)
    assert sections == {
        "一、省委、省政府政策文件": 12,
        "二、地方性法规": 2,
        "三、省级相关部门文件": 28,
    }


def test_embedded_notices_are_documents_of_their_own(compilation: Compilation) -> None:
    assert len(compilation.documents) == 38 + 1 + len(EMBEDDED)
    for number, container in EMBEDDED.items():
        document = by_number(compilation, number)
        forwarding = by_number(compilation, container)
        assert document.container_id == forwarding.id
        assert document.id in forwarding.embedded_ids
        assert [entry.document_id for entry in forwarding.attachments] == [document.id]


def test_every_clause_carries_the_number_of_the_document_it_stands_in(
    compilation: Compilation,
) -> None:
    """Each 文号 line opens a stretch of the source; all provisions up to the next belong to it."""
    starts = sorted(
        (document.provisions[0].segments[0].span.start, document.id)
        for document in compilation.documents
    )
    ends = [start for start, _ in starts[1:]] + [len(compilation.text)]
    bounds = {name: (start, end) for (start, name), end in zip(starts, ends, strict=True)}
    for document in compilation.documents:
        start, end = bounds[document.id]
        for provision in document.provisions:
            assert all(start <= s.span.start < s.span.end <= end for s in provision.segments)


def test_every_character_has_exactly_one_place(compilation: Compilation) -> None:
    coverage = coverage_of(compilation)
    assert coverage.unplaced == ()
    assert coverage.doubled == ()
    blank = sum(character.isspace() for character in compilation.text)
    assert sum(coverage.characters.values()) == len(compilation.text) - blank
    assert coverage.characters["furniture:running_head"] == sum(
        len(item.span.of(compilation.text))
        for item in compilation.furniture
        if item.kind == "running_head"
    )


def test_a_text_differs_from_its_source_by_recorded_repairs_only(
    compilation: Compilation,
) -> None:
    for document in compilation.documents:
        for provision in document.provisions:
            assert provision.text == "".join(
                segment.read(compilation.text) for segment in provision.segments
            )
            for segment in provision.segments:
                for repair in segment.repairs:
                    assert segment.span.start <= repair.span.start
                    assert repair.span.end <= segment.span.end


def test_ids_are_unique_and_stay_when_another_document_goes(
    compilation: Compilation, source: Source
) -> None:
    ids = [p.id for d in compilation.documents for p in d.provisions]
    assert len(ids) == len(set(ids))
    gone = by_number(compilation, "云政发〔2017〕40号")
    following = by_number(compilation, "云政发〔2018〕61号")
    start = gone.provisions[0].segments[0].span.start
    end = following.provisions[0].segments[0].span.start
    shorter = parse_source(replace(source, text=source.text[:start] + source.text[end:]))
    left = [p.id for d in shorter.documents for p in d.provisions]
    whole = parse_source(source)  # errata are placed in the whole text only
    assert left == [p.id for d in whole.documents if d.id != gone.id for p in d.provisions]


@pytest.mark.parametrize(
    ("number", "issuers", "day"),
    [
        ("云发〔2018〕4号", ("中共云南省委", "云南省人民政府"), "2018-01-12"),
        ("云政发〔2018〕61号", ("云南省人民政府",), "2018-10-30"),
        ("云南省中小企业促进条例", ("云南省人民代表大会常务委员会",), "2021-07-29"),
        (
            "云卫职健发〔2019〕3号",
            (
                "云南省卫生健康委员会", "云南省发展和改革委员会", "云南省民政厅", "云南省财政厅",
                "云南省人力资源和社会保障厅", "云南省生态环境厅", "云南省应急管理厅",
                "云南省人民政府扶贫开发办公室", "云南省医疗保障局", "云南省总工会",
                "云南煤矿安全监察局",
            ),
            "2019-12-11",
        ),
        ("人社厅发〔2019〕117号", ("人力资源社会保障部办公厅", "财政部办公厅"), "2019-12-25"),
    ],
)  # fmt: skip
def test_issuers_stand_in_official_order_with_the_date(
    compilation: Compilation, number: str, issuers: tuple[str, ...], day: str
) -> None:
    document = by_number(compilation, number)
    assert document.issuers == issuers
    assert str(document.date) == day


def test_a_document_without_signature_has_no_date(compilation: Compilation) -> None:
    document = by_number(compilation, "云厅字〔2020〕9号")
    assert document.date is None
    assert document.issuers == ("中共云南省委办公厅", "云南省人民政府办公厅")


def test_a_title_over_three_lines_is_one(compilation: Compilation) -> None:
    assert by_number(compilation, "云政办发〔2019〕69号").title == (
        "云南省人民政府办公厅关于印发云南省职业技能提升行动实施方案(2019—2021年)的通知"
    )


def test_a_page_break_in_mid_word_is_joined(compilation: Compilation) -> None:
    document = by_number(compilation, "云发〔2018〕4号")
    clause = document.by_id["云发-2018-4:二.(一).3"]
    assert "职代会审议" in clause.text
    assert len(clause.segments) == 2
    assert clause.heading == "健全保证产业工人主人翁地位的制度安排"


def test_a_full_stop_and_character_added_at_a_page_break_are_repaired(
    compilation: Compilation,
) -> None:
    document = by_number(compilation, "云人社通〔2021〕22号")
    text = document.by_id["云人社通-2021-22:十六"].text
    assert "证书发放的监督检查,不断规范" in text
    assert "查。查" not in text


def test_items_of_an_article_belong_to_it(compilation: Compilation) -> None:
    document = by_number(compilation, "云人社发〔2020〕57号")
    text = whole(compilation, document, "云人社发-2020-57:第十二条")
    assert text.startswith("评审专家人选应多元化")
    assert "(六)高级评委会" in text
    assert text.endswith("评审专家每届任期不得超过3年。")
    item = document.by_id["云人社发-2020-57:第十二条.(六)"]
    assert item.label == "第十二条第(六)项"


def test_a_cross_reference_is_no_article(compilation: Compilation) -> None:
    document = by_number(compilation, "云人社发〔2020〕57号")
    articles = [
        p.path[-1] for p in document.provisions if p.marker.startswith("第") and "条" in p.marker
    ]
    assert len(articles) == 67
    assert len(set(articles)) == 67


def test_a_catalogue_with_three_entries_a_row_is_unrolled(compilation: Compilation) -> None:
    document = by_number(compilation, "云人社通〔2021〕22号")
    rows = [p for p in document.provisions if p.kind is ProvisionKind.TABLE_ROW and p.cells]
    entries = Counter(p.part for p in rows if p.cells[0].head == "序号")
    assert entries == {1: 12, 2: 512, 3: 96, 4: 198}
    electrician = document.by_id["云人社通-2021-22:附件2.第112行"]
    assert [cell.value for cell in electrician.cells] == ["112", "电工"]
    section = document.by_id[electrician.parent_id or ""]
    assert section.text == "一、生产制造类"


def test_blank_cells_that_mean_as_above_are_filled(compilation: Compilation) -> None:
    document = by_number(compilation, "云人社通〔2021〕41号")
    row = document.by_id["云人社通-2021-41:附件.第4行"]
    assert [c.value for c in row.cells][1:5] == [
        "机械工程",
        "正高级",
        "省工业和信息化厅",
        "0871—63512517",
    ]


def test_running_heads_are_furniture(compilation: Compilation) -> None:
    heads = [f.span.of(compilation.text) for f in compilation.furniture if f.kind == "running_head"]
    assert len(heads) == 6
    joined = "".join(p.text for d in compilation.documents for p in d.provisions)
    assert "工作文件汇编" not in joined


def test_an_attachment_without_label_opens_at_its_title_over_two_lines() -> None:
    text = (
        "某省财政厅关于发布目录的通知\n某财〔2030〕8号\n各市财政局:\n现将目录发给你们。\n"
        "附件:1. 某省2030年度职业技能培训补贴标准目录\n2. 某省2030年度创业培训补贴标准目录\n"
        "某省财政厅\n2030年1月2日\n\n某省2030年度职业技能培训补贴标\n准目录\n\n一、每人一千元。\n\n"
        "某省2030年度创业培训补贴标准目录\n\n一、每人二千元。\n"
    )
    (document,) = parse_source(Source("x.txt", "汇编", "", "", "", (), text)).documents
    assert [(a.label, a.part) for a in document.attachments] == [("附件1", 1), ("附件2", 2)]
    assert document.by_id["某财-2030-8:附件1.一"].text == "每人一千元。"
    assert document.by_id["某财-2030-8:附件2.一"].text == "每人二千元。"
