"""What a reader must know beside an answer: for when it holds, misprints, what was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from corpus.validity import Period, Status, Validity
from indexer.correction import Correction
from indexer.search import Hit
from server.answering.selection import Selected
from server.schemas.status import StatusOut


def spoken_day(day: date, today: date) -> str:
    """``今天(2026年11月23日)`` or the date alone."""
    spelt = f"{day.year}年{day.month}月{day.day}日"
    return f"今天({spelt})" if day == today else spelt


def name_of(hit: Hit) -> str:
    """The document as people call it: its number, or its title."""
    return hit.document.doc_number or f"《{hit.document.title}》"


def correction_notice(correction: Correction | None) -> Iterator[str]:
    """What a slip of the pen was taken for."""
    if correction is not None and correction.changes:
        changes = "、".join(f"“{typed}”当作“{meant}”" for typed, meant in correction.changes)
        yield f"已按“{correction.query}”理解(把{changes})。"


def validity_notices(hits: Sequence[Hit], as_of: date, today: date) -> Iterator[str]:
    """For when each cited document or clause holds; the same words are said once."""
    yield from dict.fromkeys(_standing(hit, as_of, today) for hit in hits)


def _standing(hit: Hit, as_of: date, today: date) -> str:
    own = hit.unit.period
    status = StatusOut.of(hit.validity, as_of, own)
    day = spoken_day(as_of, today)
    # A term of the whole part or document is said of the document, so that it is said once.
    is_own = own is not None and own.provision_id == hit.unit.id
    where = name_of(hit) + (hit.unit.provision.label if is_own else "")
    if status.label == Status.REPEALED:
        return f"时效:{where}已被{_repealing(hit.validity)}废止。"
    words = "、".join(f"“{each}”" for each in dict.fromkeys(status.basis))
    if not words:
        return f"时效:{where}没有写明有效期,是否仍在执行请向发文单位核实。"
    governing = (hit.validity.stated, hit.validity.plan, own)
    said = f"时效:{where}写明{words}"
    if status.label == Status.TERM_OVER:
        over = [p for p in governing if p and p.ends and p.ends < as_of]
        ended = max(p.ends for p in over if p.ends)
        # The years of a title end a plan; nobody has ended the document.
        caution = ",不等于文件已经废止" if over == [hit.validity.plan] else ""
        return f"{said},按{day}计算已过期({_spelt(ended)}为止){caution},请先核实是否延续。"
    if status.label == Status.NOT_YET:
        return f"{said},按{day}计算尚未施行。"
    if status.label == Status.IN_FORCE:
        return f"{said},按{day}计算在有效期内{_until(governing)}。"
    return f"{said}。"


def _until(governing: Iterable[Period | None]) -> str:
    ends = [period.ends for period in governing if period is not None and period.ends]
    return f",至{_spelt(min(ends))}为止" if ends else ""


def _spelt(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _repealing(validity: Validity) -> str:
    return f"汇编中的文件({validity.repealed_by})" if validity.repealed_by else ""


def misprint_notices(selected: Sequence[Selected]) -> Iterator[str]:
    """Certain misprints within the quoted words."""
    for each in selected:
        for erratum in each.clause.unit.errata:
            if erratum.certain and erratum.start < each.end and each.start < erratum.end:
                yield f"勘误:原文印作“{erratum.printed}”,应为“{erratum.reading}”({erratum.why})。"


def restatement_notices(hits: Sequence[Hit]) -> Iterator[str]:
    """Where else the whole of a cited clause stands."""
    for hit in hits:
        others = [other.citation for other in hit.same_as if other.words is None]
        if others:
            yield f"同样的规定还见于:{'、'.join(others)}。"
