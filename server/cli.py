"""The command ``diance``. ``--json`` prints what the API returns.

Exit status: 0, 1 (not found), 2 (usage or bad input).
"""

from __future__ import annotations

import socket
import sys
import warnings
from dataclasses import asdict
from importlib.metadata import entry_points
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from rich.text import Text

from indexer.build import build_index
from indexer.errors import DianceError, NotFoundError
from indexer.search import Mode, SearchIndex
from server.cli_answers import answer
from server.cli_benefits import benefits
from server.cli_collection import export, ingest, remove
from server.cli_questions import questions
from server.doctor import examine
from server.document_schemas import DocumentDetailOut
from server.knowledge_base import KnowledgeBase
from server.schemas import HitOut, LookupOut
from server.settings import ServerSettings
from server.terminal import AsJson, err, out, print_json, shown_progress

app = typer.Typer(
    name="diance",
    help="滇策:云南省产业工人队伍建设改革政策文件的检索与引证。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _open() -> KnowledgeBase:
    return KnowledgeBase(SearchIndex.open(ServerSettings()))


# --- building and serving -----------------------------------------------------------------


class BuildOut(BaseModel):
    """What ``diance build --json`` prints."""

    folder: str
    fresh: bool
    seconds: float
    counts: dict[str, int]
    warnings: list[str]


@app.command()
def build(
    force: Annotated[bool, typer.Option("--force", help="索引已是最新时也重新建立")] = False,
    as_json: AsJson = False,
) -> None:
    """建立索引(来源没有变化时不重复建立)。"""
    with shown_progress() as progress:
        report = build_index(ServerSettings(), force=force, progress=progress)
    if as_json:
        print_json(
            BuildOut(
                folder=str(report.folder),
                fresh=report.fresh,
                seconds=round(report.seconds, 1),
                counts=report.counts,
                warnings=list(report.warnings),
            )
        )
        return
    for warning in report.warnings:
        err.print(f"注意:{warning}")
    counts = report.counts
    state = f"索引已建立,用时 {report.seconds:.0f} 秒" if report.fresh else "索引已是最新"
    out.print(
        f"{state}:{counts['documents']} 份文件(目录 {counts['contents_entries']} 条,"
        f"内嵌 {counts['embedded_documents']} 份),{counts['provisions']} 个条款,"
        f"{counts['units']} 个检索单元,{counts['passages']} 段。"
    )


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址(DIANCE_HOST)")] = None,
    port: Annotated[
        int | None, typer.Option(help="监听端口(DIANCE_PORT)", min=1, max=65535)
    ] = None,
) -> None:
    """启动检索服务。"""
    import uvicorn  # noqa: PLC0415  (only this command needs it)

    from server.app import create_app  # noqa: PLC0415

    settings = ServerSettings()
    host, port = host or settings.host, port or settings.port
    _require_free(host, port)
    err.print(f"· 启动服务:http://{host}:{port}/ (按 Ctrl+C 停止)")
    uvicorn.run(create_app(settings), host=host, port=port, log_level="warning")


def _require_free(host: str, port: int) -> None:
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except OSError as error:
        raise DianceError(
            f"无法在 {host}:{port} 监听({error.strerror or error})。"
            "端口可能被占用:请换一个端口,例如 diance serve --port 8001 或 make serve PORT=8001。"
        ) from None


# --- asking -------------------------------------------------------------------------------


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="问题、关键词或文号")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="显示几条")] = 5,
    mode: Annotated[
        Mode, typer.Option(help="hybrid 综合 | lexical 字词 | dense 语义")
    ] = Mode.HYBRID,
    as_json: AsJson = False,
) -> None:
    """检索条款。没有结果时退出码为 1。"""
    result = _open().search(query, limit=limit, mode=mode)
    if as_json:
        print_json(result)
    else:
        if result.corrected_query:
            err.print(f"您是不是要找:{result.corrected_query}", markup=False)
        if result.understood.line:
            err.print(f"已留意:{result.understood.line}", markup=False)
        for hit in result.results:
            _show_hit(hit)
        err.print(f"共 {result.total} 条,用时 {result.took_ms:.0f} 毫秒")
    if not result.results:
        raise typer.Exit(1)


@app.command()
def lookup(
    query: Annotated[
        str, typer.Argument(help="文号,可带条款,例如 云财规〔2019〕3号第四条第(二)项")
    ],
    as_json: AsJson = False,
) -> None:
    """按文号查文件和条款。没有找到时退出码为 1。"""
    result = _open().look_up(query)
    if as_json:
        print_json(result)
    else:
        _show_lookup(result)
    if result.match == "none":
        raise typer.Exit(1)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="文件或条款的编号,或文号")],
    as_json: AsJson = False,
) -> None:
    """显示一份文件或一个条款。没有找到时退出码为 1。"""
    knowledge_base = _open()
    if knowledge_base.index.store.document_of(name) is not None:
        clause = knowledge_base.clause(name)
        if as_json:
            print_json(clause)
        else:
            _show_hit(clause.hit)
        return
    document = knowledge_base.document(name)
    if as_json:
        print_json(document)
    else:
        _show_document(document)


def _show_hit(hit: HitOut) -> None:
    text = Text(hit.clause.text)
    for start, end in hit.highlights:
        text.stylize("bold yellow", start, end)
    out.print(Text(f"{hit.rank}. {hit.citation.text}", style="bold"))
    out.print(text)
    if hit.asked_as:
        made_by = "(机器生成)" if hit.asked_as_machine_made else ""
        out.print(f"   常见问法{made_by}:{hit.asked_as}", markup=False)
    for other in hit.same_as:
        part = f"其中“{other.words}”" if other.words else "同样的规定"
        out.print(f"   {part}还见于:{other.citation} [{other.id}]", markup=False)
    for rate in hit.clause.rates:
        out.print(f"   补贴标准:{rate.text}({rate.label})", markup=False)
    if hit.clause.period is not None:
        out.print(f"   期限:{hit.clause.period.words}", markup=False)
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


def _show_lookup(result: LookupOut) -> None:
    if result.notice:
        out.print(result.notice)
    if result.document is not None and result.match != "fuzzy":
        out.print(Text(f"《{result.document.title}》{result.document.doc_number or ''}", "bold"))
        out.print(f"   [{result.document.id}] {result.document.status.label}")
    if result.clause is not None:
        _show_hit(result.clause)
    if result.match == "fuzzy" or len(result.candidates) > 1:
        for candidate in result.candidates:
            out.print(f"   {candidate.doc_number or ''} {candidate.title} ({candidate.score:.2f})")
    if result.cited_by:
        out.print("引用它的条款:")
        for hit in result.cited_by:
            out.print(f"   {hit.citation.text}")


def _show_document(document: DocumentDetailOut) -> None:
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
            out.print(Text(f"{'  ' * (len(clause.path) - 1)}{clause.marker}{clause.text}"))


class FindingOut(BaseModel):
    """One check of ``diance doctor --json``."""

    subject: str
    severity: str
    message: str


class DoctorOut(BaseModel):
    """What ``diance doctor --json`` prints."""

    healthy: bool
    findings: list[FindingOut]


_SIGNS = {"ok": "✓", "note": "!", "fault": "✗"}


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """检查来源、勘误、模型和索引,说明问题和处理办法。有问题时退出码为 1。"""
    findings = []
    for finding in examine(ServerSettings()):
        findings.append(FindingOut(**asdict(finding)))
        if not as_json:
            sign = _SIGNS[finding.severity]
            out.print(f"{sign} {finding.subject}:{finding.message}", markup=False)
    healthy = all(finding.severity != "fault" for finding in findings)
    if as_json:
        print_json(DoctorOut(healthy=healthy, findings=findings))
    if not healthy:
        raise typer.Exit(1)


# --- entry --------------------------------------------------------------------------------


app.command()(benefits)
app.command()(answer)
app.command()(ingest)
app.command()(questions)
app.command()(remove)
app.command()(export)


def _add_plugged_commands() -> None:
    """Commands of other packages, announced as entry points (``diance.commands``)."""
    for entry_point in entry_points(group="diance.commands"):
        app.command(name=entry_point.name)(entry_point.load())


def main() -> None:
    """Run ``diance``; every expected failure is one line on standard error."""
    warnings.filterwarnings("ignore", category=SyntaxWarning, module="jieba")
    _add_plugged_commands()
    try:
        app()
    except NotFoundError as error:
        err.print(f"错误:{error}", markup=False)
        sys.exit(1)
    except DianceError as error:
        err.print(f"错误:{error}", markup=False)
        sys.exit(2)
    except ValidationError as error:
        names = "、".join(f"DIANCE_{str(item['loc'][0]).upper()}" for item in error.errors())
        err.print(f"错误:设置有误:{names}。请检查这些环境变量。", markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
