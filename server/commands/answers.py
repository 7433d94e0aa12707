"""The command ``answer``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from server.commands.benefits import show_benefit
from server.commands.terminal import AsJson, AsOf, day_of, err, open_knowledge_base, out, print_json
from server.schemas.answer import AnswerOut

_BENEFITS_SHOWN = 3


def answer(
    question: Annotated[str, typer.Argument(help="问题,用平常的话说就行")],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """用条款原文回答问题,注明出处和时效。汇编没有规定时退出码为 1。"""
    answered = open_knowledge_base().answer(question, day_of(as_of))
    if as_json:
        print_json(answered)
    else:
        _show(answered)
    if answered.status != "answered":
        raise typer.Exit(1)


def _show(answered: AnswerOut) -> None:
    if answered.wording is not None:
        out.print(Text(answered.wording.text))
        out.print(Text(f"   ({answered.wording.marked})", style="dim"))
    found = answered.status == "answered"
    out.print(Text(answered.answer, style="bold" if found else ""))
    quoted = {part.citation for part in answered.parts}
    for number, hit in enumerate(answered.citations or answered.nearest):
        role = "出处" if number in quoted else "另见" if found else "相近"
        if answered.wording is not None:
            role += f" [{number + 1}]"
        out.print(Text(f"   {role}:{hit.citation.text} [{hit.clause.id}]", style="dim"))
    for notice in answered.notices:
        out.print(f"· {notice}")
    for benefit in answered.benefits[:_BENEFITS_SHOWN]:
        show_benefit(benefit)
    if answered.follow_up:
        err.print("还可以问:")
        for question in answered.follow_up:
            err.print(f"   {question}")
