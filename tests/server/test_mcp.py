"""The MCP server, asked by the SDK's own client: in memory, over standard input, over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import anyio
import pytest
import uvicorn
from fastapi.testclient import TestClient
from mcp import Client, MCPError, StdioServerParameters
from mcp.server import Server
from mcp.types import CallToolResult, ListToolsResult, TextContent, TextResourceContents

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.mcp.connection import create_server, http_app
from server.mcp.tools import TOOLS
from server.service import Service
from server.settings import ServerSettings

ResultT = TypeVar("ResultT")

DAY = "2021-06-01"
CLAUSE = "云财规-2019-3:第四条.(二)"
PROFILE = {"occupation": "电工", "level": "中级", "year": 2021}

CALLS: dict[str, dict[str, Any]] = {
    "answer": {"question": "学徒制一年补多少钱", "as_of": DAY},
    "search": {"query": "带徒弟有补助吗", "limit": 3, "issuer": "财政厅", "as_of": DAY},
    "lookup": {"query": "云财规(2019)3号第四条第(二)项", "as_of": DAY},
    "document": {"document_id": "云人社发〔2019〕16号", "as_of": DAY},
    "clause": {"clause_id": CLAUSE, "as_of": DAY},
    "benefits": {"profile": PROFILE, "as_of": DAY},
}


@pytest.fixture(scope="module")
def api(knowledge_base: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge_base=knowledge_base)) as client:
        yield client


def ask(
    server: Server[Any] | StdioServerParameters | str,
    asked: Callable[[Client], Coroutine[Any, Any, ResultT]],
    mode: str = "auto",
) -> ResultT:
    """What a client that is connected to ``server`` gets."""

    async def connected() -> ResultT:
        async with Client(server, mode=mode, read_timeout_seconds=120) as client:
            return await asked(client)

    return anyio.run(connected)


def service_of(knowledge_base: KnowledgeBase) -> Service:
    return Service(ServerSettings(), knowledge_base)


def call(knowledge_base: KnowledgeBase, name: str, arguments: dict[str, Any]) -> CallToolResult:
    result = ask(
        create_server(service_of(knowledge_base)), lambda client: client.call_tool(name, arguments)
    )
    assert isinstance(result, CallToolResult)
    return result


def refusal(
    knowledge_base: KnowledgeBase, asked: Callable[[Client], Coroutine[Any, Any, Any]]
) -> str:
    """How the protocol refuses a request; inside, for a client groups what passes its end."""

    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as error:
            await asked(client)
        return error.value.message

    return str(ask(create_server(service_of(knowledge_base)), refused))


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def by_api(api: TestClient, name: str) -> dict[str, Any]:
    """What the API answers to the same call."""
    asked = dict(CALLS[name])
    match name:
        case "answer":
            return api.post("/api/v1/answer", json=asked).json()
        case "benefits":
            return api.post("/api/v1/benefits/match", json=asked).json()
        case "document" | "clause":
            address = f"/api/v1/{name}s/{quote(asked.pop(f'{name}_id'), safe='')}"
            return api.get(address, params=asked).json()
        case _:
            asked["q"] = asked.pop("query")
            return api.get(f"/api/v1/{name}", params=asked).json()


def untimed(result: dict[str, Any] | None) -> dict[str, Any]:
    assert result is not None
    return {key: value for key, value in result.items() if key != "took_ms"}


def test_every_tool_is_listed_as_read_only_with_both_schemas(
    knowledge_base: KnowledgeBase,
) -> None:
    listed = ask(
        create_server(service_of(knowledge_base)), lambda client: client.list_tools()
    ).tools
    assert {tool.name for tool in listed} == set(CALLS)
    for tool in listed:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
        assert tool.description.endswith("。")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_tool_gives_what_the_api_gives(
    api: TestClient, knowledge_base: KnowledgeBase, name: str, mode: str
) -> None:
    server = create_server(service_of(knowledge_base))
    result = ask(server, lambda client: client.call_tool(name, CALLS[name]), mode=mode)
    assert not result.is_error
    assert untimed(result.structured_content) == untimed(by_api(api, name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "answer",
            ["4000元以上", "出处 1. 《", "[人社厅发-2019-117:一.(二)]", "注意:", "可能符合:"],
        ),
        ("search", ["共找到", "1. 《", "[云人社发-2019-16:二.(一)] 未注明"]),
        ("lookup", [f"[{CLAUSE}]", "有效"]),
        ("document", ["[云人社发-2019-16]", "发文单位:", "[云人社发-2019-16:二.(一)]"]),
        ("clause", [f"[{CLAUSE}]", "上级:第二章 [云财规-2019-3:第二章]、第四条"]),
        ("benefits", ["符合:", "2000元/人", "依据:["]),
    ],
)
def test_a_result_can_be_read_as_text(
    knowledge_base: KnowledgeBase, name: str, words: list[str]
) -> None:
    text = text_of(call(knowledge_base, name, CALLS[name]))
    for each in words:
        assert each in text


def test_the_text_of_a_long_document_ends_with_where_the_rest_is(
    knowledge_base: KnowledgeBase,
) -> None:
    text = text_of(call(knowledge_base, "document", {"document_id": "云人社通〔2021〕22号"}))
    assert len(text) < 10_000
    assert text.endswith("diance://documents/云人社通-2021-22)")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("search", {}, "缺少参数 query"),
        ("search", {"query": ""}, "参数 query 不能为空"),
        ("search", {"query": " "}, "查询内容为空"),
        ("search", {"query": "字" * 501}, "不能超过 500 字"),
        ("search", {"query": "电工", "limit": 51}, "limit 不能大于 50"),
        ("search", {"query": "电工", "mode": "magic"}, "mode 只能是"),
        ("search", {"query": "电工", "as_of": "昨天"}, "as_of 应为日期"),
        ("search", {"query": "电工", "colour": "red"}, "没有参数 colour"),
        ("document", {"document_id": "没有这份"}, "没有编号或文号"),
        ("clause", {"clause_id": "没有这条"}, "没有编号为"),
        ("benefits", {}, "请给出 profile"),
        ("benefits", {"profile": {"year": 1}}, "profile.year 不能小于 1900"),
        ("benefits", {"profile": {"facts": {"星座": "狮子"}}}, "星座"),
    ],
)
def test_a_wrong_call_is_a_tool_error_that_says_what_to_do(
    knowledge_base: KnowledgeBase, name: str, arguments: dict[str, Any], words: str
) -> None:
    result = call(knowledge_base, name, arguments)
    assert result.is_error
    assert words in text_of(result)
    assert "\n" not in text_of(result)


def test_a_tool_that_does_not_exist_is_an_error_of_the_protocol(
    knowledge_base: KnowledgeBase,
) -> None:
    message = refusal(knowledge_base, lambda client: client.call_tool("vote", {}))
    assert message.startswith("没有工具 vote。可用的工具:answer、")


def test_an_unexpected_fault_tells_nothing_of_the_inside(
    knowledge_base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(KnowledgeBase, "clause", fail)
    result = call(knowledge_base, "clause", CALLS["clause"])
    assert result.is_error
    assert text_of(result) == "服务内部出错,已记入日志。请稍后再试。"


def test_the_limits_of_the_tools_are_those_of_the_api(api: TestClient) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    for tool in TOOLS:
        if tool.name not in ("search", "lookup"):
            continue
        declared = tool.declared().input_schema["properties"]
        for parameter in paths[f"/api/v1/{tool.name}"]["get"]["parameters"]:
            name = {"q": "query"}.get(parameter["name"], parameter["name"])
            assert limits(declared[name]) == limits(parameter["schema"]), name


def limits(schema: dict[str, Any]) -> set[tuple[str, object]]:
    names = ("minimum", "maximum", "minLength", "maxLength", "format")
    parts = [schema, *schema.get("anyOf", [])]
    return {(name, part[name]) for part in parts for name in names if name in part}


def read(knowledge_base: KnowledgeBase, uri: str) -> str:
    result = ask(
        create_server(service_of(knowledge_base)), lambda client: client.read_resource(uri)
    )
    (content,) = result.contents
    assert isinstance(content, TextResourceContents)
    return content.text


def test_every_document_is_a_resource(knowledge_base: KnowledgeBase) -> None:
    server = create_server(service_of(knowledge_base))
    listed = ask(server, lambda client: client.list_resources()).resources
    assert listed[0].uri == "diance://documents"
    assert len(listed) == 43
    contents = read(knowledge_base, listed[0].uri)
    for resource in listed[1:]:
        assert resource.title in contents
        assert f"[{resource.name}]" in contents
        assert f"[{resource.name}]" in read(knowledge_base, resource.uri).splitlines()[0]


def test_a_document_and_a_clause_are_read_by_the_templates(knowledge_base: KnowledgeBase) -> None:
    server = create_server(service_of(knowledge_base))
    templates = ask(server, lambda client: client.list_resource_templates()).resource_templates
    assert [template.uri_template for template in templates] == [
        "diance://documents/{document_id}",
        "diance://clauses/{clause_id}",
    ]
    whole = read(knowledge_base, "diance://documents/云人社通〔2021〕22号")
    assert "[云人社通-2021-22:附件2.第112行]" in whole
    for uri in (f"diance://clauses/{CLAUSE}", f"diance://clauses/{quote(CLAUSE, safe='')}"):
        assert "每人每年4000元以上" in read(knowledge_base, uri)


@pytest.mark.parametrize(
    "uri",
    ["diance://documents/没有", "diance://clauses/没有", "diance://else", "file:///etc/passwd"],
)
def test_what_is_no_resource_is_said(knowledge_base: KnowledgeBase, uri: str) -> None:
    assert "没有" in refusal(knowledge_base, lambda client: client.read_resource(uri))


STDIO = StdioServerParameters(
    command=sys.executable, args=["-m", "server.commands.main", "mcp"], env=dict(os.environ)
)


@pytest.mark.usefixtures("index")
def test_the_command_serves_a_client_over_standard_input(api: TestClient) -> None:
    async def asked(client: Client) -> tuple[ListToolsResult, CallToolResult]:
        tools = await client.list_tools()
        assert client.instructions is not None
        assert "照抄原文" in client.instructions
        return tools, await client.call_tool("clause", CALLS["clause"])

    tools, result = ask(STDIO, asked)
    assert {tool.name for tool in tools.tools} == set(CALLS)
    assert result.structured_content == by_api(api, "clause")


@pytest.mark.usefixtures("index")
def test_standard_output_holds_the_protocol_and_nothing_else() -> None:
    opening = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    asked = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "answer", "arguments": CALLS["answer"]},
    }
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    server = subprocess.Popen(
        [sys.executable, "-m", "server.commands.main", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdin is not None
        assert server.stdout is not None
        for message in (opening, ready, asked):
            server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        rest, errors = server.communicate(timeout=60)
    finally:
        server.kill()
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[0]["result"]["serverInfo"]["title"] == "滇策"
    assert answers[1]["result"]["structuredContent"]["status"] == "answered"
    assert rest == ""
    assert "Traceback" not in errors
    assert server.returncode == 0


def test_without_an_index_the_command_says_what_to_do(empty_data_folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "server.commands.main", "mcp"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert "diance build" in result.stderr
    assert not empty_data_folder.exists()


def test_the_same_over_http(api: TestClient, knowledge_base: KnowledgeBase) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        app = http_app(service_of(knowledge_base), "127.0.0.1")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))

        async def served() -> CallToolResult:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: server.serve(sockets=[listening]))
                while not server.started:
                    await anyio.sleep(0.05)
                async with Client(f"http://127.0.0.1:{port}/mcp") as client:
                    assert len((await client.list_tools()).tools) == len(CALLS)
                    result = await client.call_tool("search", CALLS["search"])
                server.should_exit = True
            return result

        result = anyio.run(served)
    assert untimed(result.structured_content) == untimed(by_api(api, "search"))
