"""``diance benefits``: which subsidies and advantages fit somebody."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from rich.text import Text

from corpus.benefits.loading import BenefitRules
from indexer.errors import InvalidQueryError, NotFoundError
from indexer.search import SearchIndex
from server import problems
from server.commands.terminal import AsJson, AsOf, day_of, err, open_knowledge_base, out, print_json
from server.eligibility.matching import Verdict
from server.schemas.benefit import BenefitOut, BenefitsIn, BenefitsOut
from server.settings import ServerSettings

_VERDICTS = {
    Verdict.APPLIES: ("符合", "green"),
    Verdict.MAY_APPLY: ("可能符合", "yellow"),
    Verdict.DOES_NOT_APPLY: ("不符合", "red"),
}
_MARKS = {True: "✓", False: "✗", None: "?"}


class RuleOut(BaseModel):
    """A rule with the clauses of its sums."""

    id: str
    name: str
    clauses: list[str]


class RulesOut(BaseModel):
    """What ``diance benefits --list --json`` prints, document by document."""

    rules: list[RuleOut]


def benefits(
    question: Annotated[str | None, typer.Argument(help="用自己的话说说情况")] = None,
    profile: Annotated[
        Path | None, typer.Option(help="个人或单位情况的 JSON 文件(字段同接口的 profile)")
    ] = None,
    as_of: AsOf = None,
    list_rules: Annotated[
        bool, typer.Option("--list", help="列出全部待遇规则和它们的条款")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """我能享受哪些补贴和待遇。没有找到时退出码为 1。"""
    if list_rules:
        rules = _listed(SearchIndex.open(ServerSettings()).store.benefit_rules())
        if as_json:
            print_json(rules)
        else:
            _show_rules(rules)
        return
    asked = _asked(question, profile, as_of)
    result = open_knowledge_base().benefits(asked)
    if as_json:
        print_json(result)
    else:
        _show(result)
    if not any(found.verdict is not Verdict.DOES_NOT_APPLY for found in result.benefits):
        raise NotFoundError("汇编中没有找到适合所述情况的补贴或待遇。")


def _listed(rules: BenefitRules) -> RulesOut:
    return RulesOut(
        rules=[
            RuleOut(
                id=benefit.id,
                name=benefit.name,
                clauses=list(dict.fromkeys(amount.clause for amount in benefit.amounts)),
            )
            for benefit in rules.benefits
        ]
    )


def _show_rules(rules: RulesOut) -> None:
    for rule in rules.rules:
        typer.echo(f"{rule.id}\t{rule.name}\t{'、'.join(rule.clauses)}")


def _asked(question: str | None, profile: Path | None, as_of: datetime | None) -> BenefitsIn:
    given: dict[str, object] = {"question": question, "as_of": day_of(as_of)}
    if profile is not None:
        try:
            given["profile"] = json.loads(profile.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidQueryError(f"无法读取 {profile}({error.strerror or error})。") from None
        except ValueError:
            raise InvalidQueryError(f"{profile} 不是有效的 JSON 文件。") from None
    try:
        return BenefitsIn.model_validate(given)
    except ValidationError as error:
        raise InvalidQueryError(f"内容有误:{problems.explanation(error.errors())}") from None


def _show(result: BenefitsOut) -> None:
    understood = result.profile.model_dump(exclude_none=True, exclude={"facts"})
    words = [f"{name} {value}" for name, value in understood.items() if value]
    words += [f"{name} {value}" for name, value in result.profile.facts.items()]
    if words:
        err.print(f"已理解:{';'.join(words)}")
    for benefit in result.benefits:
        show_benefit(benefit)
    if result.questions:
        out.print("\n还想知道:", style="bold")
        for question in result.questions:
            out.print(f"  · {question}")


def show_benefit(benefit: BenefitOut) -> None:
    """One benefit: verdict, amount, conditions, working, and the first sources."""
    verdict, colour = _VERDICTS[benefit.verdict]
    head = Text(f"\n{verdict}  ", style=colour)
    head.append(benefit.name, style="bold")
    if benefit.amount is not None:
        head.append(f"  {benefit.amount.text}")
    out.print(head)
    for condition in benefit.conditions:
        out.print(f"   {_MARKS[condition.met]} {condition.text}")
    out.print(f"   {benefit.explanation}")
    for citation in benefit.citations[:4]:
        out.print(f"   ▸ {citation.citation.text}", style="dim")
