from __future__ import annotations

import re
from collections import Counter

from corpus.edition import Edition
from corpus.model import ProvisionKind
from indexer.passages import passages_of, short_title, units_of


def test_every_quote_is_the_source_at_its_spans(edition: Edition) -> None:
    (compilation,) = edition.compilations
    units = list(units_of(edition))
    assert len(units) > 2000
    for unit in units:
        assert unit.quote == "".join(span.of(compilation.text) for span in unit.spans)
        assert unit.quote.strip()


def test_an_article_is_cited_with_its_items(edition: Edition) -> None:
    units = {unit.id: unit for unit in units_of(edition)}
    article = units["云南省中小企业促进条例:第四十九条"]
    assert article.text.endswith("(十)其他侵犯中小企业合法权益的行为。")
    assert "云南省中小企业促进条例:第四十九条.(一)" not in units


def test_a_long_section_is_cited_by_its_clauses(edition: Edition) -> None:
    ids = {unit.id for unit in units_of(edition)}
    assert "云发-2018-4:二.(一)" not in ids
    assert {"云发-2018-4:二.(一).1", "云发-2018-4:二.(一).2"} <= ids


def test_table_heads_and_empty_form_rows_are_no_units(edition: Edition) -> None:
    rows = [u for u in units_of(edition) if u.provision.kind is ProvisionKind.TABLE_ROW]
    assert all(row.provision.cells for row in rows)
    assert not any(row.text.strip().isdecimal() for row in rows)


def test_fields_of_forms_and_bare_lead_ins_are_no_units(edition: Edition) -> None:
    texts = {unit.text for unit in units_of(edition)}
    provisions = {p.text for d in edition.documents for p in d.provisions}
    for field in ("填报时间:_____", "否☐", "具体措施:", "合作院校名称:"):
        assert field in provisions
        assert field not in texts


def test_no_words_are_in_two_units(edition: Edition) -> None:
    """A hit shows a clause once: units don't overlap in the source."""
    taken: Counter[int] = Counter()
    for unit in units_of(edition):
        for span in unit.spans:
            taken.update(range(span.start, span.end))
    assert max(taken.values()) == 1


def test_passages_of_a_row_name_table_and_section(edition: Edition) -> None:
    units = {unit.id: unit for unit in units_of(edition)}
    (passage,) = passages_of(units["云人社通-2021-22:附件3.第1行"], 0)
    assert "《专项能力证书》" in passage.text
    assert "补贴标准900元/人" in passage.text
    assert "澳洲坚果栽培" in passage.text


def test_passages_hold_all_sentences_of_a_unit(edition: Edition) -> None:
    for unit in units_of(edition):
        passages = passages_of(unit, 0)
        assert max(len(p.text) for p in passages) < 900
        for sentence in re.findall(r"[^。；;\n]+", unit.reading):
            assert any(sentence.strip() in passage.text for passage in passages)


def test_the_short_title_says_what_a_document_is_about() -> None:
    title = "云南省人力资源和社会保障厅 云南省财政厅关于全面推行企业新型学徒制的通知"
    assert short_title(title) == "全面推行企业新型学徒制"
    assert short_title("云南省中小企业促进条例") == "云南省中小企业促进条例"
