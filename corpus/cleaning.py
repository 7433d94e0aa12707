"""Undoing what page breaks and the scan did to the text, with every repair recorded.

Nothing is rewritten in place: a repaired paragraph is a list of segments that point into the
source (the SpanUpdater idea of eyecite, turned around: the repaired text is derived, the source
offsets are kept).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.model import Repair, RepairKind, Segment, Span
from corpus.outline import HEADING_LIMIT, Level, read_marker
from corpus.readers.text import Line

_HAN = "一-鿿"
_INLINE_REPAIRS: tuple[tuple[RepairKind, re.Pattern[str], str], ...] = (
    (RepairKind.MARKUP, re.compile(r"\*\*"), ""),
    (RepairKind.MARKUP, re.compile(r'<input type="checkbox"\s*/?>'), "□"),
    (RepairKind.MARKUP, re.compile(r"</?div[^>]*>"), ""),
)
# Single characters with a blank between each: 总 则, 云 南 省 财 政 厅.
_LETTER_SPACED = re.compile(rf"(?<![{_HAN}])[{_HAN}](?: [{_HAN}](?![{_HAN}]))+")


def repairs_within(source: str, span: Span) -> tuple[Repair, ...]:
    """Repairs of single characters and mark-up inside ``span``, in order of place."""
    found: list[Repair] = []
    for kind, pattern, replacement in _INLINE_REPAIRS:
        found += [
            Repair(kind, Span(hit.start(), hit.end()), replacement)
            for hit in pattern.finditer(source, span.start, span.end)
        ]
    for run in _LETTER_SPACED.finditer(source, span.start, span.end):
        if set(run[0]) <= set("年月日 "):  # to be filled in by hand
            continue
        for blank in re.finditer(" ", run[0]):
            at = run.start() + blank.start()
            found.append(Repair(RepairKind.LETTER_SPACING, Span(at, at + 1), ""))
    return tuple(sorted(found, key=lambda repair: repair.span))


def list_mark_repairs(source: str, span: Span) -> tuple[Repair, ...]:
    """Stray list marks and emphasis around a number: ``- (一)``, ``1. **``."""
    return tuple(
        Repair(RepairKind.MARKUP, Span(hit.start(), hit.end()), "")
        for hit in re.compile(r"^- +|\*\*").finditer(source, span.start, span.end)
    )


_TERMINAL = "。！？!?；;：:…)）_□☐★]"
_MID_SENTENCE = ",，、"
# The narrowest line that reaches the right margin of the printed page, in characters.
_SHORTEST_FULL_LINE = 25
_ROSTER_ENTRY = re.compile(rf"[{_HAN}]{{2,3}} +[{_HAN}(（]|[{_HAN}] [{_HAN}] +[{_HAN}(（]")
_NEVER_CONTINUES = re.compile(
    r"——|附件|附表|附:|[(（](?:此件|联系单位)|第[一二三四五六七八九十]+步[:：]"
)


def is_roster_entry(text: str) -> bool:
    """A name and what the person is: ``王显刚 副省长``, ``郑 毅 省教育厅副厅长``."""
    return _ROSTER_ENTRY.match(text) is not None


def continues(line: Line, following: Line) -> bool:
    """Whether a page break or hard line break cut one paragraph into these two lines.

    A page break leaves only a blank line, like any paragraph end. A cut shows by a line without
    terminal punctuation that is long enough to be a full line of print, followed by one that
    opens no unit of its own; or by the scan's own trace, a full stop and a repeated character
    (``…的监督检查。`` / ``查,不断规范…``).
    """
    text, head = line.text, following.text
    if read_marker(head) or _NEVER_CONTINUES.match(head) or is_roster_entry(head):
        return False
    if _repeated_at_break(text, head):
        return True
    if text[-1] in _TERMINAL and not _opens_bracket(text):
        return False
    if text[-1] in _MID_SENTENCE:
        return True
    if _is_heading_line(text):
        return False
    return len(text) >= _SHORTEST_FULL_LINE


def _repeated_at_break(text: str, head: str) -> int:
    """How many characters at the end of ``text`` the next page prints again, full stop included."""
    stop = 1 if text.endswith("。") else 0
    if len(text) <= stop or len(head) < 2:
        return 0
    return 1 + stop if head[0] == text[-1 - stop] and head[1] in _MID_SENTENCE else 0


def _opens_bracket(text: str) -> bool:
    """An unclosed bracket at the end of a line whose last mark is not a full stop."""
    if text[-1] in "。！？!?；;：:":
        return False
    opened = sum(text.count(c) for c in "(（") - sum(text.count(c) for c in ")）")
    return opened > 0


_DANGLING = "和与及或的由对将并把被为在以向从按等"
_LONGEST_ARTICLE_HEADING = 16


def _is_heading_line(text: str) -> bool:
    """A numbered line that is a whole heading, not the cut beginning of a longer text."""
    marker = read_marker(text)
    if marker is None or "。" in text or text[-1] in _DANGLING:
        return False
    if text.count("“") > text.count("”") or text.count("《") > text.count("》"):
        return False
    limit = _LONGEST_ARTICLE_HEADING if marker.level is Level.ARTICLE else HEADING_LIMIT
    return len(text) - marker.length <= limit


def paragraph_segments(source: str, lines: Sequence[Line], skip: int = 0) -> tuple[Segment, ...]:
    """Segments of one paragraph; ``skip`` characters at its head belong to the number."""
    segments: list[Segment] = []
    for index, line in enumerate(lines):
        span = Span(line.span.start + (skip if index == 0 else 0), line.span.end)
        repairs = repairs_within(source, span)
        following = lines[index + 1].span.of(source) if index + 1 < len(lines) else ""
        if repeated := _repeated_at_break(line.span.of(source), following):
            doubled = Span(line.span.end - repeated, line.span.end)
            repairs += (Repair(RepairKind.REPEATED_AT_PAGE_BREAK, doubled, ""),)
        segments.append(Segment(span, repairs, joined=index > 0))
    return tuple(segments)


def group_paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of running text, grouped into the paragraphs that they make up."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and continues(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


_ISSUER_GAP = re.compile(
    r"(?<=[厅委部局会府院署])[ \n]+"
    r"(?=云南省|中共|国务院|财政部|国家|人力资源|人民|教育部|中华)"
)


def tidy_title(lines: Sequence[str]) -> str:
    """One title from its printed lines.

    Line breaks and the blanks that stand where a printed line ended go; a blank between joint
    issuers (``云南省财政厅 云南省人力资源和社会保障厅``) stays.
    """
    text = "\n".join(line.strip().strip("*") for line in lines)
    return " ".join(re.sub(r"\s+", "", piece) for piece in _ISSUER_GAP.split(text))


def comparable(title: str) -> str:
    """Letters and digits only: titles that agree but for marks and blanks compare equal."""
    return re.sub(r"\W", "", title)


def title_segments(source: str, lines: Sequence[Line]) -> tuple[Segment, ...]:
    """The printed title as segments that read as :func:`tidy_title` gives it."""
    start, end = lines[0].span.start, lines[-1].span.end
    kept = {gap.start() for gap in _ISSUER_GAP.finditer(source, start, end)}
    segments = []
    for index, line in enumerate(lines):
        repairs = [
            Repair(RepairKind.MARKUP, Span(hit.start(), hit.end()), "")
            for hit in re.compile(r"\*\*").finditer(source, line.span.start, line.span.end)
        ]
        for hit in re.finditer(r"\s+", line.span.of(source)):
            blank = Span(line.span.start + hit.start(), line.span.start + hit.end())
            if blank.start not in kept:
                repairs.append(Repair(RepairKind.LETTER_SPACING, blank, ""))
        if index and lines[index - 1].span.end in kept:
            repairs.insert(
                0, Repair(RepairKind.LINE_BREAK, Span(line.span.start, line.span.start), " ")
            )
        ordered = tuple(sorted(repairs, key=lambda repair: repair.span))
        segments.append(Segment(line.span, ordered, joined=index > 0))
    return tuple(segments)
