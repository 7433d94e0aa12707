"""The command ``questions``, and what ``ingest --questions`` shares with it."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import BaseModel

from indexer.build import build_index
from indexer.errors import LanguageModelError
from indexer.generation.settings import endpoint_of
from indexer.language_model.endpoint import Endpoint
from server.commands.terminal import AsJson, err, out, print_json, shown_progress
from server.settings import ServerSettings

_MOST_SHOWN = 10


class FailureOut(BaseModel):
    """A clause that still has no questions, and why."""

    clause_id: str
    why: str


class QuestionsOut(BaseModel):
    """What ``diance questions --json`` prints.

    ``open`` clauses had no questions; ``answered`` of them have now. ``left`` weren't asked for,
    because the run was ``stopped`` for that reason, or with ``--check``. ``dropped`` counts
    questions that weren't kept, by fault.
    """

    model: str
    open: int
    answered: int
    questions: int
    dropped: dict[str, int]
    failures: list[FailureOut]
    left: int
    stopped: str | None

    @property
    def is_complete(self) -> bool:
        """Whether each clause has questions now."""
        return not self.failures and not self.left


def questions(
    files: Annotated[
        list[str] | None, typer.Argument(help="添加时的文件名,例如 下册.pdf,可以有多个")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部添加的文件")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="只看会发送多少个条款,不联网,不作改动")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """为添加的文件生成常见问法(用 DIANCE_GENERATOR_URL 的语言模型),并更新索引。

    条款的标题和正文会发送给该服务。中断后再次运行会接着做。有条款没有生成时退出码为 1。
    """
    if bool(files) == everything:
        raise LanguageModelError(
            "请写出添加时的文件名,例如 diance questions 下册.pdf;或用 --all 表示全部添加的文件。"
        )
    settings = ServerSettings()
    endpoint = None if check else endpoint_of(settings)
    report = generate_questions(settings, endpoint, files)
    if as_json:
        print_json(report)
    elif check:
        out.print(f"会发送 {report.open} 个条款的标题和正文。只做了检查,没有发送。")
    else:
        show_report(report)
    if not check and not report.is_complete:
        raise typer.Exit(1)


def generate_questions(
    settings: ServerSettings, endpoint: Endpoint | None, files: list[str] | None
) -> QuestionsOut:
    """Write questions for the clauses that have none and build the index; without endpoint, count.

    Raises:
        LanguageModelError: nothing of that name was added, or nothing could be begun.
        BuildError: the index can't be built; the questions are kept for the next build.
    """
    from indexer.generation.run import generate, open_clauses  # noqa: PLC0415  (loads slowly)

    open_ones = open_clauses(settings, files)
    count = len(open_ones.clauses)
    if endpoint is None:
        return QuestionsOut(
            model=settings.generator_model,
            open=count,
            answered=0,
            questions=0,
            dropped={},
            failures=[],
            left=count,
            stopped=None,
        )
    with shown_progress() as progress:
        progress.step(f"生成常见问法:{count} 个条款,模型 {endpoint.model}")
        report = generate(settings, endpoint, open_ones, progress.generating)
        build_index(settings, progress=progress)
    return QuestionsOut(
        model=endpoint.model,
        open=count,
        answered=report.answered,
        questions=report.questions,
        dropped={fault.value: number for fault, number in report.dropped.most_common()},
        failures=[FailureOut(clause_id=f.clause_id, why=f.why) for f in report.failures],
        left=report.left,
        stopped=report.stopped,
    )


def show_report(report: QuestionsOut) -> None:
    """What was kept, what was dropped, what is missing and how to go on."""
    if not report.open:
        out.print("没有需要生成常见问法的条款。")
        return
    kept = f"已为 {report.answered} 个条款生成 {report.questions} 个常见问法"
    out.print(f"{kept},检索结果中标明“机器生成”。")
    if report.dropped:
        faults = "、".join(f"{fault} {count} 个" for fault, count in report.dropped.items())
        out.print(f"没有采用的问题:{faults}。")
    for failure in report.failures[:_MOST_SHOWN]:
        err.print(f"没有生成:{failure.clause_id}({failure.why})")
    if len(report.failures) > _MOST_SHOWN:
        err.print(f"没有生成:另有 {len(report.failures) - _MOST_SHOWN} 个条款")
    if report.stopped:
        err.print(f"提前结束:{report.stopped}")
    if not report.is_complete:
        missing = len(report.failures) + report.left
        err.print(f"还有 {missing} 个条款没有常见问法。再次运行 diance questions 会接着生成。")
