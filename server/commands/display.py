"""How the command line shows clauses, look-ups and documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer
from rich.table import Table
from rich.text import Text

from server.commands.terminal import err, out
from server.schemas.document import DocumentDetailOut
from server.schemas.search import DocumentsOut, HitOut, LookupOut


def show_hit(hit: HitOut) -> None:
    """A clause with its citation, what was found in bold, and all that is to know of it."""
    text = Text(hit.clause.text)
    for start, end in hit.highlights:
        text.stylize("bold yellow", start, end)
    out.print(Text(f"{hit.rank}. {hit.citation.text}", style="bold"))
    out.print(text)
    if hit.asked_as:
        made_by = "(机器生成)" if hit.asked_as_machine_made else ""
        out.print(f"   常见问法{made_by}:{hit.asked_as}")
    for other in hit.same_as:
        part = f"其中“{other.words}”" if other.words else "同样的规定"
        out.print(f"   {part}还见于:{other.citation} [{other.id}]")
    for rate in hit.clause.rates:
        out.print(f"   补贴标准:{rate.text}({rate.label})")
    if hit.clause.period is not None:
        out.print(f"   期限:{hit.clause.period.words}")
    for erratum in hit.clause.errata:
        verb = "应为" if erratum.certain else "疑为"
        out.print(
            Text(f"   勘误:“{erratum.printed}”{verb}“{erratum.reading}”({erratum.why})", "dim")
        )
    facts = [
        hit.clause.status.label,
        "、".join(hit.document.issuers),
        str(hit.document.date or ""),
    ]
    out.print(Text(f"   [{hit.clause.id}] {' · '.join(filter(None, facts))}\n", style="dim"))


def show_lookup(result: LookupOut) -> None:
    """The document and clause that were named, or those that may be meant."""
    if result.notice:
        out.print(result.notice)
    if result.document is not None and result.match != "fuzzy":
        out.print(Text(f"《{result.document.title}》{result.document.doc_number or ''}", "bold"))
        out.print(f"   [{result.document.id}] {result.document.status.label}")
    if result.clause is not None:
        show_hit(result.clause)
    if result.match == "fuzzy" or len(result.candidates) > 1:
        rows = [
            (f"{candidate.score:.2f}", candidate.doc_number or "", candidate.title)
            for candidate in result.candidates
        ]
        _show_rows(("相近程度", "文号", "标题"), rows)
    if result.cited_by:
        out.print("引用它的条款:")
        for hit in result.cited_by:
            out.print(f"   {hit.citation.text}")


def show_document(document: DocumentDetailOut) -> None:
    """What a document is, and its clauses with their ids."""
    out.print(Text(document.title, style="bold"))
    facts = {
        "文号": document.doc_number,
        "发文单位": "、".join(document.issuers),
        "日期": document.date,
        "栏目": document.section,
        "汇编页码": document.page_start,
        "时效": document.status.label,
        "主送": document.addressee,
    }
    for name, value in facts.items():
        if value:
            out.print(f"{name}:{value}")
    part = -1
    for clause in document.clauses:
        if clause.part != part:
            part = clause.part
            out.print(Text(f"\n{document.parts[part].label} {document.parts[part].title}", "bold"))
        if clause.kind != "title":
            line = Text(f"{'  ' * (len(clause.path) - 1)}{clause.marker}{clause.text}")
            out.print(line.append(f"  [{clause.id}]", style="dim"))


def show_documents(result: DocumentsOut) -> None:
    """The contents of the collection as a table."""
    rows = [
        (each.doc_number or each.id, each.title, str(each.date or ""), each.status.label)
        for each in result.documents
    ]
    _show_rows(("文号", "标题", "日期", "时效"), rows)
    err.print(f"共 {result.total} 份文件,列出 {len(result.documents)} 份")


def _show_rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal; lines with tabs, whole and without heads, for another program."""
    if not out.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))  # rich would make blanks of tabs
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, no_wrap=head != "标题")
    for row in rows:
        table.add_row(*row)
    out.print(table, soft_wrap=False)
