"""Which cells of a table row answer a question, and which cells price an entry of a catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.rates import Rate
from corpus.skill_levels import levels_in
from indexer.tokenizer import fold
from server.answering.clauses import Clause, PlacedCell
from server.answering.focus import Focus
from server.answering.inquiry import Inquiry, InquiryReader
from server.answering.selection import Selected

_SHORT_ROW = 200  # characters; up to here a row is given whole
_LONG_CELL = 100  # characters; of a longer cell the sentence that answers is given
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_ANSWERING_HEADS: Mapping[Focus, re.Pattern[str]] = {
    Focus.DEPARTMENT: re.compile(r"牵头|责任|部门|单位|参与"),
    Focus.PERIOD: re.compile(r"时间|进度|期限|日期|年限"),
    Focus.AMOUNT: re.compile(r"标准|补贴|金额|费|比例|额"),
    Focus.QUANTITY: re.compile(r"数|学时|课时|标准|量"),
}


def select_cells(inquiry: Inquiry, clause: Clause, reader: InquiryReader) -> list[Selected]:
    """The cells of a row that answer, in order; a short row whole."""
    if len(clause.text) <= _SHORT_ROW:
        return [Selected(clause, cell.start, cell.end, cell.head) for cell in clause.cells]
    wanted = [_ANSWERING_HEADS[focus] for focus in inquiry.foci if focus in _ANSWERING_HEADS]
    asked = [cell for cell in clause.cells if any(head.search(cell.head) for head in wanted)]
    covering = max(
        range(len(clause.cells)),
        key=lambda at: reader.coverage(inquiry.words, clause.words[at]),
    )
    kept = asked or [cell for cell in clause.cells if cell.end - cell.start <= _LONG_CELL]
    chosen = sorted({*kept, clause.cells[covering]}, key=lambda cell: cell.start)
    return [_shortened(inquiry, clause, cell, reader) for cell in chosen]


def _shortened(
    inquiry: Inquiry, clause: Clause, cell: PlacedCell, reader: InquiryReader
) -> Selected:
    """The cell, or the sentence of a long one that has most of the question's words."""
    if cell.end - cell.start <= _LONG_CELL:
        return Selected(clause, cell.start, cell.end, cell.head)
    text = clause.text[cell.start : cell.end]
    best = max(
        _SENTENCE.finditer(text),
        key=lambda hit: reader.words_covered(inquiry, hit[0]),
    )
    return Selected(clause, cell.start + best.start(), cell.start + best.end(), cell.head)


def rate_cells(question: str, rate: Rate, clause: Clause) -> list[Selected]:
    """The cells of a rate's row for the levels that a question names, all if it names none.

    A rate that is no grid (``补贴标准900元/人`` in the heading of a section) is given whole.
    """
    priced = [cell for cell in clause.cells if _unit_of(rate, clause, cell)]
    if not priced:
        return [Selected(clause, 0, len(clause.text))]
    asked = set(levels_in(fold(question)))
    chosen = [cell for cell in priced if asked & set(levels_in(fold(cell.head)))] or priced
    named = [cell for cell in clause.cells if cell.end <= priced[0].start]
    return [
        *(Selected(clause, cell.start, cell.end, cell.head) for cell in named),
        *(
            Selected(clause, cell.start, cell.end, f"{cell.head}({_unit_of(rate, clause, cell)})")
            for cell in chosen
        ),
    ]


def _unit_of(rate: Rate, clause: Clause, cell: PlacedCell) -> str:
    """The unit of a figure: the rate spells it behind the figure (``…标准1600元``)."""
    spelt = f"{cell.head}{clause.text[cell.start : cell.end]}"
    hit = re.search(re.escape(spelt) + r"(\D[^;]*)", rate.text)
    return hit[1] if hit else ""
