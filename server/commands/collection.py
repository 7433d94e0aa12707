"""Commands that change or export the collection: ``ingest``, ``remove``, ``export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, Field
from rich.text import Text

from corpus.model import ProvisionKind
from indexer.build import BuildReport
from indexer.errors import DianceError
from indexer.generation.settings import endpoint_of
from indexer.ingest import IngestedFile, examine, found_in, undo
from indexer.ingest import ingest as ingest_files
from server.commands.questions import QuestionsOut, generate_questions, show_report
from server.commands.terminal import (
    AsJson,
    err,
    open_knowledge_base,
    out,
    print_json,
    shown_progress,
)
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings


class IngestedDocumentOut(BaseModel):
    """A document that was found in a file."""

    id: str
    doc_number: str | None
    title: str
    clauses: int
    table_rows: int
    asked_as: int = Field(description="clauses with questions that people wrote")
    machine_asked_as: int = Field(description="clauses with questions that a model wrote")
    without_asked_as: int = Field(description="clauses that want questions and have none")


class IngestedFileOut(BaseModel):
    """What was found in a file."""

    file: str
    title: str
    pages: int
    documents: list[IngestedDocumentOut]
    doubts: list[str]

    @classmethod
    def of(cls, found: IngestedFile) -> IngestedFileOut:
        """The JSON of the findings."""
        rows = ProvisionKind.TABLE_ROW
        return cls(
            file=found.file,
            title=found.title,
            pages=found.pages,
            documents=[
                IngestedDocumentOut(
                    id=document.id,
                    doc_number=document.doc_number,
                    title=document.title,
                    clauses=sum(p.kind is not rows for p in document.provisions),
                    table_rows=sum(p.kind is rows for p in document.provisions),
                    asked_as=found.questions[document.id].written,
                    machine_asked_as=found.questions[document.id].machine_made,
                    without_asked_as=found.questions[document.id].missing,
                )
                for document in found.documents
            ],
            doubts=list(found.doubts),
        )


class IngestOut(BaseModel):
    """What ``diance ingest --json`` prints."""

    added: bool
    files: list[IngestedFileOut]
    generated: QuestionsOut | None = None


class RemoveOut(BaseModel):
    """What ``diance remove --json`` prints; ``counts`` are those of the new index."""

    removed: str
    counts: dict[str, int]


def ingest(
    files: Annotated[list[Path], typer.Argument(help="要添加的文件(txt、pdf、docx),可以有多个")],
    title: Annotated[str | None, typer.Option(help="来源名称;默认用文件标题或文件名")] = None,
    check: Annotated[bool, typer.Option("--check", help="只检查,不添加")] = False,
    questions: Annotated[
        bool,
        typer.Option(
            "--questions", help="用语言模型生成常见问法(会把条款发送给 DIANCE_GENERATOR_URL)"
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """添加文件或整本汇编,并重建索引;用 diance remove 撤销。"""
    settings = ServerSettings()
    endpoint = endpoint_of(settings) if questions and not check else None
    additions = examine(settings, files, title)
    found = [IngestedFileOut.of(found_in(settings, addition)) for addition in additions]
    if not as_json:
        for file in found:
            _show_findings(file)
    if not check:
        with shown_progress() as progress:
            report = ingest_files(settings, additions, progress=progress)
        if not as_json:
            _show_report("已添加", report)
    # After the build: whatever becomes of the questions, the documents can be found.
    names = [file.file for file in found]
    generated = generate_questions(settings, endpoint, names) if endpoint else None
    if as_json:
        print_json(IngestOut(added=not check, files=found, generated=generated))
    elif check:
        out.print("只做了检查,没有添加。")
    elif generated:
        show_report(generated)
    if generated and not generated.is_complete:
        raise typer.Exit(1)


def _show_findings(file: IngestedFileOut) -> None:
    pages = f",{file.pages} 页" if file.pages else ""
    out.print(Text(f"{file.file}{pages}:{len(file.documents)} 份文件", "bold"))
    for document in file.documents:
        rows = f",{document.table_rows} 个表格行" if document.table_rows else ""
        name = f"{document.doc_number or '(无文号)'} 《{document.title}》"
        out.print(f"  {name} {document.clauses} 个条款{rows} [{document.id}]")
        out.print(f"  {_questions_line(document)}")
    for doubt in file.doubts:
        out.print(f"  存疑:{doubt}")


def _questions_line(document: IngestedDocumentOut) -> str:
    machine = document.machine_asked_as
    generated = f",{machine} 个条款的由机器生成" if machine else ""
    return (
        f"常见问法:{document.asked_as} 个条款写有{generated},{document.without_asked_as} 个条款没有"
    )


def _show_report(what: str, report: BuildReport) -> None:
    counts = report.counts
    out.print(
        f"{what}。现有 {counts['documents']} 份文件,{counts['provisions']} 个条款。"
        "正在运行的服务会在几秒内换用新的索引。"
    )


def remove(
    name: Annotated[str, typer.Argument(help="添加时的文件名,例如 下册.pdf")],
    as_json: AsJson = False,
) -> None:
    """撤销 diance ingest:移去一个添加的文件,并重建索引。"""
    with shown_progress() as progress:
        report = undo(ServerSettings(), name, progress=progress)
    if as_json:
        print_json(RemoveOut(removed=name, counts=report.counts))
    else:
        _show_report(f"已移去 {name}", report)


class ExportFormat(StrEnum):
    """What ``diance export`` writes."""

    AKN = "akn"
    JSONL = "jsonl"


def export(
    names: Annotated[
        list[str] | None, typer.Argument(help="文件的编号或文号;不写就是全部文件")
    ] = None,
    form: Annotated[
        ExportFormat,
        typer.Option("--format", help="akn:Akoma Ntoso XML,每份文件一个;jsonl:每行一个条款"),
    ] = ExportFormat.JSONL,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="jsonl 写入的文件,或 akn 写入的目录")
    ] = None,
) -> None:
    """导出条款(JSON Lines)或整份文件(Akoma Ntoso 3.0)。"""
    knowledge_base = open_knowledge_base()
    ids = [knowledge_base.find_document(name).id for name in names or []]
    ids = ids or [frame.id for frame in knowledge_base.index.store.frames]
    try:
        if form is ExportFormat.JSONL:
            _write_lines(output, _clause_lines(knowledge_base, ids))
        else:
            _write_documents(output, knowledge_base, ids)
    except OSError as error:
        raise DianceError(
            f"无法写入 {output}({error.strerror or error})。请检查路径和权限。"
        ) from None


def _clause_lines(knowledge_base: KnowledgeBase, ids: list[str]) -> Iterator[str]:
    for document_id in ids:
        for line in knowledge_base.clause_lines(document_id):
            yield line.model_dump_json(by_alias=True)


def _write_lines(output: Path | None, lines: Iterator[str]) -> None:
    if output is None:
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    with output.open("w", encoding="utf-8") as file:
        count = sum(bool(file.write(line + "\n")) for line in lines)
    err.print(f"已写入 {output}:{count} 个条款")


def _write_documents(output: Path | None, knowledge_base: KnowledgeBase, ids: list[str]) -> None:
    if output is None:
        if len(ids) != 1:
            raise DianceError(
                "导出多份文件时请用 --output 指定目录,例如 diance export --format akn -o akn。"
            )
        sys.stdout.buffer.write(knowledge_base.akoma_ntoso(ids[0]))
        return
    output.mkdir(parents=True, exist_ok=True)
    for document_id in ids:
        (output / f"{document_id}.xml").write_bytes(knowledge_base.akoma_ntoso(document_id))
    err.print(f"已写入 {output}:{len(ids)} 份文件")
