"""A document laid out for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from server.knowledge_base import KnowledgeBase
from server.reading_view import ShownClause, ShownPart, ShownTable, lay_out


def blocks_of(
    blocks: Sequence[ShownClause | ShownTable],
) -> Iterator[ShownClause | ShownTable]:
    for block in blocks:
        yield block
        if isinstance(block, ShownClause):
            yield from blocks_of(block.below)


def shown_ids(parts: Sequence[ShownPart]) -> Iterator[str]:
    for part in parts:
        for block in blocks_of(part.blocks):
            if isinstance(block, ShownClause):
                yield block.clause.id
            else:
                yield from (*block.head_ids, *(row.clause.id for row in block.rows))


def tables(knowledge_base: KnowledgeBase, document_id: str) -> list[ShownTable]:
    parts = lay_out(knowledge_base.document(document_id))
    shown = [block for part in parts for block in blocks_of(part.blocks)]
    return [block for block in shown if isinstance(block, ShownTable)]


def test_every_provision_is_shown_once_in_the_order_of_the_text(
    knowledge_base: KnowledgeBase,
) -> None:
    for frame in knowledge_base.index.store.frames:
        document = knowledge_base.document(frame.id)
        shown = list(shown_ids(lay_out(document)))
        wanted = [clause.id for clause in document.clauses if clause.kind != "title"]
        assert sorted(shown) == sorted(wanted)
        heads = {clause.id for clause in document.clauses if "表头" in clause.id}
        assert [i for i in shown if i not in heads] == [i for i in wanted if i not in heads]


def test_words_of_a_clause_are_its_text(knowledge_base: KnowledgeBase) -> None:
    document = knowledge_base.document("云财规-2019-3")
    for part in lay_out(document):
        for block in blocks_of(part.blocks):
            if isinstance(block, ShownClause):
                assert block.heading.text + block.body.text == block.clause.text
                for stretch in (block.heading, block.body):
                    for erratum in stretch.errata:
                        assert stretch.text[erratum.start : erratum.end] == erratum.printed


def test_a_catalogue_is_one_table_with_heads_and_sections(knowledge_base: KnowledgeBase) -> None:
    rates, occupations, *_ = tables(knowledge_base, "云人社通-2021-22")
    assert rates.head_rows[0][:2] == ("职业名称", "五级(初级工水平)培训费补贴标准")
    assert [row.cells[0].text for row in rates.rows] == ["生产制造类", "服务类"]
    assert occupations.head_rows == (("序号", "职业(工种)"),)
    assert occupations.counts
    sections = [row.cells[0].text for row in occupations.rows if row.is_section]
    assert sections == ["一、生产制造类", "二、服务类"]
    assert occupations.entries == 12


def test_a_form_keeps_the_heads_that_it_prints(knowledge_base: KnowledgeBase) -> None:
    form = next(t for t in tables(knowledge_base, "云人社发-2019-16") if len(t.head_rows) == 2)
    assert form.head_rows[0][:3] == ("序号", "岗位", "学徒制培训人数")
    assert form.head_rows[1][2:] == ("新录用", "新转岗", "其他")


def test_every_row_fills_the_width_of_its_table(knowledge_base: KnowledgeBase) -> None:
    for frame in knowledge_base.index.store.frames:
        for table in tables(knowledge_base, frame.id):
            for row in table.rows:
                assert len(row.cells) + row.blank == table.columns


@pytest.mark.parametrize(
    ("document_id", "titles"),
    [
        ("云财规-2019-3", ["第一章 总则", "第二章 资金支出"]),
        ("云人社发-2019-16", ["一、 目标任务", "二、 重点内容"]),
    ],
)
def test_the_outline_names_the_numbered_clauses(
    knowledge_base: KnowledgeBase, document_id: str, titles: list[str]
) -> None:
    parts = lay_out(knowledge_base.document(document_id))
    entries = [entry for part in parts for entry in part.outline]
    assert [entry.title for entry in entries][:2] == titles
    known = set(shown_ids(parts))
    assert {e.id for entry in entries for e in (entry, *entry.children)} <= known
