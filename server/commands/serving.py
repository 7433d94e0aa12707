"""Commands that serve others: ``serve`` for people and programs, ``mcp`` for language models."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from indexer.errors import DianceError
from server.commands.terminal import err, open_knowledge_base
from server.service import Service, Watch
from server.settings import ServerSettings

Host = Annotated[str | None, typer.Option(help="监听地址(DIANCE_HOST)")]
Port = Annotated[int | None, typer.Option(help="监听端口(DIANCE_PORT)", min=1, max=65535)]


def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int | None, typer.Option(help="进程数(DIANCE_WORKERS)", min=1, max=64)
    ] = None,
) -> None:
    """启动检索服务:网页和接口。"""
    from server import serving  # noqa: PLC0415  (only this command needs it)

    settings = ServerSettings()
    if workers is not None:
        settings = settings.model_copy(update={"workers": workers})
    host, port = host or settings.host, port or settings.port
    _require_free(host, port, "diance serve --port 8001 或 make serve PORT=8001")
    err.print(f"· 启动服务:http://{host}:{port}/ (按 Ctrl+C 停止)")
    serving.serve(settings, host, port)


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="通过 HTTP 提供,默认通过标准输入输出")
    ] = False,
    host: Host = None,
    port: Port = None,
) -> None:
    """启动 MCP 服务,让语言模型的程序调用。

    在这些程序的设置中填写命令 diance mcp;或用 --http 启动,填写地址 http://127.0.0.1:8000/mcp。
    """
    from server.mcp.connection import http_app, serve_stdio  # noqa: PLC0415

    if not http:
        if host or port:
            raise DianceError("--host 和 --port 只用于 HTTP,请加上 --http。")
        settings = ServerSettings()
        service = _warm_service(settings)
        with Watch(service, settings.watch_interval):
            serve_stdio(service)
        return
    import uvicorn  # noqa: PLC0415

    settings = ServerSettings()
    host, port = host or settings.host, port or settings.port
    _require_free(host, port, "diance mcp --http --port 8001")
    service = _warm_service(settings)
    err.print(f"· 启动 MCP 服务:http://{host}:{port}/mcp (按 Ctrl+C 停止)")
    with Watch(service, settings.watch_interval):
        uvicorn.run(http_app(service, host), host=host, port=port, log_level="warning")


def _warm_service(settings: ServerSettings) -> Service:
    knowledge_base = open_knowledge_base()
    knowledge_base.warm_up()
    return Service(settings, knowledge_base)


def _require_free(host: str, port: int, example: str) -> None:
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except OSError as error:
        raise DianceError(
            f"无法在 {host}:{port} 监听({error.strerror or error})。"
            f"端口可能被占用:请换一个端口,例如 {example}。"
        ) from None
