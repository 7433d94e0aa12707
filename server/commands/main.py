"""The command ``diance``. ``--json`` prints what the API returns.

Exit status: 0, 1 (not found), 2 (usage or bad input).
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import entry_points

import typer
from pydantic import ValidationError

from indexer.errors import DianceError, NotFoundError
from server.commands.answers import answer
from server.commands.asking import documents, lookup, search, show
from server.commands.benefits import benefits
from server.commands.collection import export, ingest, remove
from server.commands.index import build, doctor
from server.commands.questions import questions
from server.commands.serving import mcp, serve
from server.commands.terminal import err
from server.commands.token import token

_ASK, _SERVE, _COLLECT, _MEASURE = "提问和查阅", "提供服务", "建立和维护", "测量和校准"
_COMMANDS = {
    _ASK: (answer, benefits, search, lookup, documents, show),
    _SERVE: (serve, mcp, token),
    _COLLECT: (build, doctor, ingest, questions, remove, export),
}
# Each line a paragraph of its own: help joins the lines of a paragraph.
_EXAMPLES = """例子

[dim]$[/dim] diance build [dim]第一次用,先建立索引[/dim]

[dim]$[/dim] diance answer "学徒制一年补多少钱"

[dim]$[/dim] diance benefits "我是电工,2021年考了中级技能等级证,能领多少钱"

[dim]$[/dim] diance search "带徒弟有补助吗" --issuer 财政厅 --year-from 2019

[dim]$[/dim] diance lookup "云财规(2019)3号第四条第(二)项" --json

[dim]$[/dim] diance doctor [dim]哪里不对,怎么办[/dim]

每个命令的用法:diance 命令 --help。退出码:0 成功,1 没有找到,2 用法或输入有误。"""

app = typer.Typer(
    name="diance",
    help="滇策:云南省产业工人队伍建设改革政策文件的检索、问答与引证。",
    epilog=_EXAMPLES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _panel, _callbacks in _COMMANDS.items():
    for _callback in _callbacks:
        app.command(rich_help_panel=_panel)(_callback)


def _is_own(arguments: Sequence[str]) -> bool:
    """Whether a command of this package is asked for."""
    own = {callback.__name__ for callbacks in _COMMANDS.values() for callback in callbacks}
    return bool(arguments) and arguments[0] in own


def _add_plugged_commands() -> None:
    """Commands of other packages, announced as entry points (``diance.commands``)."""
    for entry_point in entry_points(group="diance.commands"):
        app.command(name=entry_point.name, rich_help_panel=_MEASURE)(entry_point.load())


def main() -> None:
    """Run ``diance``; every expected failure is one line on standard error."""
    warnings.filterwarnings("ignore", category=SyntaxWarning, module="jieba")
    if not _is_own(sys.argv[1:]):  # measuring loads much that answering does without
        _add_plugged_commands()
    try:
        app(prog_name="diance")
    except NotFoundError as error:
        err.print(f"错误:{error}")
        sys.exit(1)
    except DianceError as error:
        err.print(f"错误:{error}")
        sys.exit(2)
    except ValidationError as error:
        names = "、".join(f"DIANCE_{str(item['loc'][0]).upper()}" for item in error.errors())
        err.print(f"错误:设置有误:{names}。请检查这些环境变量。")
        sys.exit(2)


if __name__ == "__main__":
    main()
