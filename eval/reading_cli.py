"""``diance eval-reading``: how exactly the documents are read, in tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from corpus.coverage import coverage_of
from corpus.edition import Edition, prepare_edition
from corpus.sources import load_sources
from eval.questions import DATASETS
from eval.reading import (
    Case,
    RoundTrip,
    StatuteRun,
    clause_cases,
    document_cases,
    join_cases,
    number_cases,
    parse_statutes,
    pdf_round_trip,
    read_cases,
)
from indexer.errors import DianceError
from indexer.search import SearchIndex
from indexer.settings import IndexSettings

_MOST_SHOWN = 40
_console = Console(width=150, highlight=False)


def evaluate_reading(
    cases: Annotated[
        Path,
        typer.Option(
            help="放 documents.json、joins.jsonl、clauses.jsonl、docnumbers.jsonl 的目录(可有前缀)"
        ),
    ] = DATASETS / "reading",
    statutes: Annotated[
        Path | None, typer.Option(help="法条文件(statutes.jsonl.gz),测重建后的解析")
    ] = None,
    laws: Annotated[int, typer.Option(min=0, help="抽取多少部法规;0 是全部")] = 200,
    pdf: Annotated[bool, typer.Option(help="测排版成 PDF 再读回")] = True,
) -> None:
    """测量读取的准确度:字符归属、人工核对的样例、PDF 往返、法规解析和速度。"""
    settings = IndexSettings()
    if not cases.is_dir() or (statutes is not None and not statutes.is_file()):
        raise DianceError(f"找不到 {statutes if cases.is_dir() else cases}。请核对路径。")
    sources = load_sources(settings.sources_folder)
    started = time.perf_counter()
    edition = prepare_edition(sources)
    seconds = time.perf_counter() - started
    characters = sum(len(source.text) for source in sources)
    _console.print(f"解析汇编:{characters} 个字符,{seconds:.2f} 秒(含引用关系、时效和补贴标准)")
    _show_characters(edition)
    _show_cases(cases, edition, settings)
    if pdf:
        for source in sources:
            _show_round_trip(pdf_round_trip(source))
    if statutes is not None:
        _show_statutes(parse_statutes(statutes, laws or None))


def _show_characters(edition: Edition) -> None:
    for compilation in edition.compilations:
        coverage = coverage_of(compilation)
        total = sum(coverage.characters.values())
        table = Table(
            "归属", "字符", "比例", title=f"{compilation.source_file} 的 {total} 个非空白字符"
        )
        for place, count in coverage.characters.items():
            table.add_row(place, str(count), f"{count / total:.2%}")
        table.add_row("没有归属", str(len(coverage.unplaced)), "")
        table.add_row("归属重复", str(len(coverage.doubled)), "")
        _console.print(table)


def _show_cases(folder: Path, edition: Edition, settings: IndexSettings) -> None:
    compilation = edition.compilations[0]
    cited: dict[str, set[str]] = {}
    for relation in edition.relations:
        if relation.number is not None:
            cited.setdefault(relation.document_id, set()).add(relation.number)
    checks: dict[str, Callable[[list[dict[str, object]]], Iterable[Case]]] = {
        "documents.json": lambda c: document_cases(c, compilation, cited),
        "joins.jsonl": lambda c: join_cases(c, compilation),
        "clauses.jsonl": lambda c: clause_cases(c, SearchIndex.open(settings)),
        "docnumbers.jsonl": lambda c: number_cases(c, SearchIndex.open(settings)),
    }
    for name, check in checks.items():
        for path in sorted(folder.glob(f"*{name}")):
            _show_result(path, list(check(read_cases(path))))


def _show_result(path: Path, results: Sequence[Case]) -> None:
    missed = [case for case in results if not case.is_met]
    _console.print(f"{path.name}:{len(results) - len(missed)} / {len(results)}")
    for case in missed[:_MOST_SHOWN]:
        _console.print(
            f"  {case.name}\n    应为 {case.wanted}\n    实为 {case.found}", markup=False
        )


def _show_round_trip(trip: RoundTrip) -> None:
    _console.print(
        f"PDF 往返:{trip.pages} 页,文件 {trip.documents_back} / {trip.documents},"
        f"条款相同 {trip.equal} / {trip.provisions},不同 {len(trip.different)};"
        f"页码正确 {trip.pages_right},错误 {len(trip.pages_wrong)};"
        f"读取和解析 {trip.seconds:.1f} 秒"
    )
    for name in (*trip.different[:_MOST_SHOWN], *trip.pages_wrong[:_MOST_SHOWN]):
        _console.print(f"  {name}", markup=False)


def _show_statutes(run: StatuteRun) -> None:
    _console.print(
        f"法规:{run.laws} 部,{run.articles} 条,解析后相同 {run.same},不同 {len(run.different)};"
        f"{run.characters} 个字符,{run.seconds:.1f} 秒,"
        f"每秒 {run.characters / run.seconds:,.0f} 个字符"
    )
    for name in run.different[:_MOST_SHOWN]:
        _console.print(f"  {name}", markup=False)
