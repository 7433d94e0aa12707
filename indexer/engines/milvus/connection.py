"""The connection to Milvus: opened with our settings, its errors told in our words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import EngineError
from indexer.settings import IndexSettings

if TYPE_CHECKING:
    from pymilvus import MilvusClient


def connect(settings: IndexSettings) -> MilvusClient:
    """A client of the server or file that the settings name; safe to use from several threads.

    Raises:
        EngineError: pymilvus isn't installed, no address is set, or nobody answers there.
    """
    try:
        from pymilvus import MilvusClient  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise EngineError(
            "使用 milvus 引擎需要另装 pymilvus。请运行 pip install 'diance[milvus]',"
            "或去掉 DIANCE_ENGINE=milvus。"
        ) from None
    uri = settings.milvus_uri
    if not uri:
        raise EngineError(
            "没有指明 Milvus 的地址。请设置 DIANCE_MILVUS_URI,例如 http://主机:19530,"
            "或一个以 .db 结尾的文件(Milvus Lite)。"
        )
    # It prints each failed call with a traceback; what a user has to know is in our own error.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    if is_file(uri):
        # Milvus Lite serves from this process, and reports each call that it doesn't know.
        logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
        Path(uri).parent.mkdir(parents=True, exist_ok=True)
    with told(uri):
        return MilvusClient(
            uri, token=settings.milvus_token.get_secret_value(), timeout=settings.milvus_timeout
        )


def is_file(uri: str) -> bool:
    """Whether this is a file of Milvus Lite, which one process at a time can open."""
    return "://" not in uri


@contextmanager
def told(uri: str) -> Iterator[None]:
    """Turns errors of the client into EngineError."""
    import grpc  # noqa: PLC0415 - comes with pymilvus
    from pymilvus import MilvusException  # noqa: PLC0415

    try:
        yield
    except (MilvusException, grpc.RpcError, OSError) as error:
        reason = getattr(error, "message", "") or str(error) or type(error).__name__
        advice = (
            "文件是否被另一个进程打开" if is_file(uri) else "服务是否在运行、地址和令牌是否正确"
        )
        raise EngineError(
            f"Milvus({uri})没有完成操作:{' '.join(reason.split())[:200]}。请检查{advice}。"
        ) from error
