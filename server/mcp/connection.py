"""The protocol's side: which request gives what, and how the server is reached.

Everything that can be wrong with a call is a tool error in Chinese that says what to do; requests
for what doesn't exist are errors of the protocol, as its specification has them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

import anyio
from mcp import MCPError, stdio_server
from mcp.server import Server, ServerRequestContext
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextContent,
    TextResourceContents,
)
from pydantic import ValidationError
from starlette.applications import Starlette

from indexer.errors import DianceError, NotFoundError
from server import problems
from server.knowledge_base import KnowledgeBase
from server.mcp import resources
from server.mcp.tools import TOOLS, KnowledgeTool
from server.security.headers import SecurityHeaders
from server.service import Service

_INSTRUCTIONS = (
    "《云南省产业工人队伍建设改革工作文件汇编(上册)》的知识库:培训补贴、技能等级、学徒制、工资、"
    "工伤保险、职称等政策。问题用 answer,个人或单位能享受什么用 benefits,按文号查用 lookup,"
    "找条款用 search,读原文用 clause 和 document。引用时照抄原文并写明出处(文件、文号、条款)"
    "和时效;没有查到的不要补充,金额和条件以引文为准。多数补贴随规划期结束,请提醒核实现行规定。"
)

_ResultT = TypeVar("_ResultT")
_Context = ServerRequestContext[Any]
_log = logging.getLogger(__name__)


def create_server(service: Service) -> Server[Any]:
    """The server of what a service serves, for any transport."""
    by_name = {tool.name: tool for tool in TOOLS}
    declared = [tool.declared() for tool in TOOLS]

    async def list_tools(_: _Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=declared)

    async def call_tool(_: _Context, called: CallToolRequestParams) -> CallToolResult:
        tool = by_name.get(called.name)
        if tool is None:
            known = "、".join(by_name)
            raise MCPError(INVALID_PARAMS, f"没有工具 {called.name}。可用的工具:{known}。")
        with service.held() as knowledge_base:
            return await _in_thread(partial(_call, tool, knowledge_base, called.arguments or {}))

    async def list_resources(_: _Context, __: PaginatedRequestParams | None) -> ListResourcesResult:
        with service.held() as knowledge_base:
            return ListResourcesResult(resources=resources.listed(knowledge_base))

    async def list_templates(
        _: _Context, __: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=list(resources.TEMPLATES))

    async def read_resource(_: _Context, asked: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(asked.uri)
        try:
            with service.held() as knowledge_base:
                text = await _in_thread(partial(resources.text_of, knowledge_base, uri))
        except NotFoundError as error:
            raise MCPError(INVALID_PARAMS, str(error), {"uri": uri}) from None
        content = TextResourceContents(uri=uri, mime_type=resources.MEDIA_TYPE, text=text)
        return ReadResourceResult(contents=[content])

    return Server(
        "diance",
        version=version("diance"),
        title="滇策",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def serve_stdio(service: Service) -> None:
    """Serve one client over standard input and output until it closes them."""
    server = create_server(service)

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)


def http_app(service: Service, host: str) -> Starlette:
    """The ASGI application of streamable HTTP, at ``/mcp``.

    On a loopback ``host`` requests that name another host are refused (DNS rebinding).
    """
    # Nothing is kept between two calls, so there is no session to lose.
    app = create_server(service).streamable_http_app(host=host, stateless_http=True)
    app.add_middleware(SecurityHeaders)
    return app


def _call(
    tool: KnowledgeTool[Any, Any], knowledge_base: KnowledgeBase, arguments: dict[str, Any]
) -> CallToolResult:
    """What a tool says; what is wrong with the call is said to whoever called."""
    try:
        result = tool.answer(knowledge_base, tool.arguments.model_validate(arguments))
    except ValidationError as error:
        return _refused(problems.explanation(error.errors()))
    except DianceError as error:
        return _refused(str(error))
    except Exception:
        _log.exception("unhandled error in the tool %s", tool.name)
        return _refused(problems.UNEXPECTED)
    return CallToolResult(
        content=[TextContent(text=tool.read_out(result))],
        structured_content=result.model_dump(mode="json", by_alias=True),
    )


def _refused(why: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=why)], is_error=True)


async def _in_thread(work: Callable[[], _ResultT]) -> _ResultT:
    """Searching takes a while and would keep other requests waiting."""
    return await anyio.to_thread.run_sync(work)
