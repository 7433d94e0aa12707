"""Commands that ask the collection: ``search``, ``lookup``, ``documents``, ``show``."""

from __future__ import annotations

from typing import Annotated

import typer

from indexer.filters import Filters
from indexer.search import Mode
from server.commands.display import show_document, show_documents, show_hit, show_lookup
from server.commands.terminal import AsJson, AsOf, day_of, err, open_knowledge_base, print_json

_NARROWING = "缩小范围"

DocNumber = Annotated[
    str | None, typer.Option(help="只在这个文号的文件中找", rich_help_panel=_NARROWING)
]
Issuer = Annotated[
    str | None,
    typer.Option(help="只要这个单位发的文件(写部分名称即可)", rich_help_panel=_NARROWING),
]
YearFrom = Annotated[
    int | None, typer.Option(min=1900, max=2200, help="起始年份", rich_help_panel=_NARROWING)
]
YearTo = Annotated[
    int | None, typer.Option(min=1900, max=2200, help="截止年份", rich_help_panel=_NARROWING)
]
Section = Annotated[str | None, typer.Option(help="汇编栏目", rich_help_panel=_NARROWING)]
Offset = Annotated[int, typer.Option(min=0, max=100_000, help="跳过前几条")]


def search(
    query: Annotated[str, typer.Argument(help="问题、关键词或文号")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="显示几条")] = 5,
    offset: Offset = 0,
    mode: Annotated[
        Mode, typer.Option(help="hybrid 综合 | lexical 字词 | dense 语义")
    ] = Mode.HYBRID,
    doc_number: DocNumber = None,
    issuer: Issuer = None,
    year_from: YearFrom = None,
    year_to: YearTo = None,
    section: Section = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """检索条款。没有结果时退出码为 1。"""
    filters = Filters(doc_number, issuer, year_from, year_to, section, day_of(as_of))
    result = open_knowledge_base().search(
        query, limit=limit, offset=offset, mode=mode, filters=filters, as_of=day_of(as_of)
    )
    if as_json:
        print_json(result)
    else:
        if result.corrected_query:
            err.print(f"您是不是要找:{result.corrected_query}")
        if result.understood.line:
            err.print(f"已留意:{result.understood.line}")
        for hit in result.results:
            show_hit(hit)
        err.print(f"共 {result.total} 条,用时 {result.took_ms:.0f} 毫秒")
    if not result.results:
        raise typer.Exit(1)


def lookup(
    query: Annotated[
        str, typer.Argument(help="文号,可带条款,例如 云财规〔2019〕3号第四条第(二)项")
    ],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """按文号查文件和条款。没有找到时退出码为 1。"""
    result = open_knowledge_base().look_up(query, day_of(as_of))
    if as_json:
        print_json(result)
    else:
        show_lookup(result)
    if result.match == "none":
        raise typer.Exit(1)


def documents(
    limit: Annotated[int, typer.Option(min=1, max=200, help="列出几份")] = 200,
    offset: Offset = 0,
    doc_number: DocNumber = None,
    issuer: Issuer = None,
    year_from: YearFrom = None,
    year_to: YearTo = None,
    section: Section = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """列出文件目录。没有符合的文件时退出码为 1。"""
    filters = Filters(doc_number, issuer, year_from, year_to, section, day_of(as_of))
    result = open_knowledge_base().documents(
        limit=limit, offset=offset, filters=filters, as_of=day_of(as_of)
    )
    if as_json:
        print_json(result)
    else:
        show_documents(result)
    if not result.documents:
        raise typer.Exit(1)


def show(
    name: Annotated[str, typer.Argument(help="文件或条款的编号,或文号")],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """显示一份文件或一个条款。没有找到时退出码为 1。"""
    knowledge_base = open_knowledge_base()
    if knowledge_base.index.store.document_of(name) is not None:
        clause = knowledge_base.clause(name, day_of(as_of))
        if as_json:
            print_json(clause)
        else:
            show_hit(clause.hit)
        return
    document = knowledge_base.document(name, day_of(as_of))
    if as_json:
        print_json(document)
    else:
        show_document(document)
