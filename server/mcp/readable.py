"""Results as short Chinese text, for models and clients that don't read structured content.

Every clause is named by its id in square brackets, so that the text leads on to ``clause``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from server.eligibility.matching import Verdict
from server.schemas.answer import AnswerOut
from server.schemas.benefit import BenefitOut, BenefitsOut
from server.schemas.document import ClauseDetailOut, DocumentDetailOut
from server.schemas.search import DocumentOut, DocumentsOut, HitOut, LookupOut, SearchOut

_LONGEST_CLAUSE = 400  # characters of a clause among others
_LONGEST_DOCUMENT = 6_000  # characters of the clauses of a document; whole as a resource
_MOST_BENEFITS = 8
_VERDICTS = {
    Verdict.APPLIES: "符合",
    Verdict.MAY_APPLY: "可能符合",
    Verdict.DOES_NOT_APPLY: "不符合",
}
_MARKS = {True: "满足", False: "不满足", None: "待定"}


def search(result: SearchOut) -> str:
    """The hits in order, each with citation, standing and text."""
    lines = [f"共找到 {result.total} 条,列出 {len(result.results)} 条。"]
    if result.corrected_query:
        lines.append(f"按“{result.corrected_query}”检索。")
    if result.understood.line:
        lines.append(f"已留意:{result.understood.line}")
    for hit in result.results:
        lines.append("")
        lines += _hit(hit, f"{hit.rank}. ")
    return "\n".join(lines)


def lookup(result: LookupOut) -> str:
    """The document and clause that were named, or those that may be meant."""
    lines = [result.notice] if result.notice else []
    if result.document is not None and result.match != "fuzzy":
        lines.append(_document_line(result.document))
    if result.clause is not None:
        lines += _hit(result.clause)
    if result.match == "fuzzy" or len(result.candidates) > 1:
        lines += [
            f"相近:《{found.title}》{found.doc_number or ''} [{found.id}]"
            for found in result.candidates
        ]
    lines += [f"引用它的条款:{hit.citation.text} [{hit.clause.id}]" for hit in result.cited_by]
    return "\n".join(lines) or "没有找到。"


def document(result: DocumentDetailOut) -> str:
    """What the document is, and as many of its clauses as are quickly read."""
    lines = list(_document_head(result))
    length = 0
    clauses = list(_document_clauses(result))
    for at, line in enumerate(clauses):
        length += len(line)
        if length > _LONGEST_DOCUMENT:
            lines.append(
                f"(还有 {len(clauses) - at} 段未列出。用 clause 读其中的条款,"
                f"或读取资源 diance://documents/{result.id})"
            )
            break
        lines.append(line)
    return "\n".join(lines)


def whole_document(result: DocumentDetailOut) -> str:
    """What the document is, and all its clauses."""
    return "\n".join([*_document_head(result), *_document_clauses(result)])


def documents(result: DocumentsOut) -> str:
    """The contents of the collection, a document a line."""
    head = f"共 {result.total} 份文件。"
    return "\n".join([head, *(_document_line(each) for each in result.documents)])


def clause(result: ClauseDetailOut) -> str:
    """The clause with all below it, and its neighbours by name."""
    lines = [*_hit(result.hit, longest=None)]
    for name, neighbours in (
        ("上级", result.parents),
        ("下级", result.children),
        ("前一条", [result.previous] if result.previous else []),
        ("后一条", [result.next] if result.next else []),
    ):
        if neighbours:
            lines.append(f"{name}:{'、'.join(f'{n.label} [{n.id}]' for n in neighbours)}")
    return "\n".join(lines)


def answer(result: AnswerOut) -> str:
    """The answer, where it stands, what to know beside it, and what to ask next."""
    lines = [result.answer]
    if result.wording is not None:
        lines = [f"{result.wording.text}({result.wording.marked})", "原文:", result.answer]
    role = "出处" if result.citations else "相近"
    for number, hit in enumerate(result.citations or result.nearest, start=1):
        lines.append("")
        lines += _hit(hit, f"{role} {number}. ")
    lines += [f"注意:{notice}" for notice in result.notices]
    lines += _benefits(result.benefits)
    if result.follow_up:
        lines.append(f"可以追问:{' '.join(result.follow_up)}")
    return "\n".join(lines)


def benefits(result: BenefitsOut) -> str:
    """The benefits, the best first, and what to ask next."""
    lines = list(_benefits(result.benefits)) or ["没有找到适合所述情况的补贴或待遇。"]
    if result.questions:
        lines.append(f"还要问:{' '.join(result.questions)}")
    return "\n".join(lines)


def _hit(hit: HitOut, number: str = "", longest: int | None = _LONGEST_CLAUSE) -> Iterator[str]:
    status = hit.clause.status
    yield f"{number}{hit.citation.text} [{hit.clause.id}] {status.label}"
    yield _shortened(hit.clause.text, longest)
    for rate in hit.clause.rates:
        yield f"补贴标准:{rate.text} [{rate.clause_id}]"
    for other in hit.same_as:
        yield f"{'其中一句' if other.words else '同样的规定'}还见于:{other.citation} [{other.id}]"
    for erratum in hit.clause.errata:
        verb = "应为" if erratum.certain else "疑为"
        yield f"勘误:“{erratum.printed}”{verb}“{erratum.reading}”"


def _benefits(found: Iterable[BenefitOut]) -> Iterator[str]:
    for at, benefit in enumerate(found):
        if at == _MOST_BENEFITS:
            yield "(其余见结构化结果)"
            return
        amount = f",{benefit.amount.text}" if benefit.amount is not None else ""
        yield f"{_VERDICTS[benefit.verdict]}:{benefit.name}{amount}"
        for condition in benefit.conditions:
            yield f"  {_MARKS[condition.met]}:{condition.text}"
        yield f"  {benefit.explanation}"
        clauses = dict.fromkeys(hit.clause.id for hit in benefit.citations)
        yield f"  依据:{'、'.join(f'[{name}]' for name in clauses)}"


def _document_head(result: DocumentDetailOut) -> Iterator[str]:
    yield _document_line(result)
    facts = {
        "发文单位": "、".join(result.issuers),
        "日期": str(result.date or ""),
        "栏目": result.section or "",
        "时效依据": ";".join(result.status.basis),
    }
    yield from (f"{name}:{value}" for name, value in facts.items() if value)


def _document_clauses(result: DocumentDetailOut) -> Iterator[str]:
    part = -1
    for each in result.clauses:
        if each.part != part:
            part = each.part
            yield f"# {result.parts[part].label} {result.parts[part].title}".rstrip()
        if each.kind != "title":
            yield f"[{each.id}] {each.marker}{each.text}"


def _document_line(found: DocumentOut) -> str:
    return f"《{found.title}》{found.doc_number or ''} [{found.id}] {found.status.label}"


def _shortened(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[:longest]}…"
