"""Commands on the index and its surroundings: ``build``, ``doctor``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.text import Text

from indexer.build import build_index
from server.commands.terminal import AsJson, err, out, print_json, shown_progress
from server.doctor import examine
from server.doctor.finding import Severity
from server.settings import ServerSettings


class BuildOut(BaseModel):
    """What ``diance build --json`` prints."""

    folder: str
    fresh: bool
    seconds: float
    counts: dict[str, int]
    warnings: list[str]


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


class FindingOut(BaseModel):
    """One check of ``diance doctor --json``."""

    subject: str
    severity: Severity
    message: str


class DoctorOut(BaseModel):
    """What ``diance doctor --json`` prints."""

    healthy: bool
    findings: list[FindingOut]


_SIGNS = {
    Severity.OK: ("✓", "green"),
    Severity.NOTE: ("!", "yellow"),
    Severity.FAULT: ("✗", "bold red"),
}


def doctor(as_json: AsJson = False) -> None:
    """检查环境、来源、勘误、模型和索引,说明问题和处理办法。有问题时退出码为 1。"""
    findings = []
    for finding in examine(ServerSettings()):
        findings.append(FindingOut(**asdict(finding)))
        if not as_json:
            sign, colour = _SIGNS[finding.severity]
            line = Text.assemble((sign, colour), f" {finding.subject}:{finding.message}")
            out.print(line)
    healthy = all(finding.severity is not Severity.FAULT for finding in findings)
    if as_json:
        print_json(DoctorOut(healthy=healthy, findings=findings))
    if not healthy:
        raise typer.Exit(1)
