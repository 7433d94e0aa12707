"""What is served: one knowledge base at a time, and a new one in its place without a pause.

A new index is opened and warmed up beside the one that answers, and takes its place by one
assignment. A request keeps the knowledge base that it began with; the old one is closed when the
last request that holds it is done.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.errors import DianceError, IndexIncompatibleError, NotReadyError
from indexer.index_folder import current_build, pointed_at
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings

INDEX_HEADER = "Diance-Index"
"""Of each response that an index answered: its fingerprint, as ``/readyz`` has it."""

_RETRY = 30.0  # seconds until an index that couldn't be opened is tried again

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Served:
    """A knowledge base and how many requests hold it."""

    knowledge_base: KnowledgeBase
    users: int = 0


@dataclass(slots=True)
class _Attempt:
    """The pointer that was last looked at, and when."""

    pointer: str | None = None
    at: float = field(default=-_RETRY)


class Service:
    """The knowledge base that is served, or why there is none yet. Safe for several threads.

    ``not_served`` says (Chinese) why the current index isn't the one that is served, if so.
    """

    def __init__(
        self, settings: ServerSettings, knowledge_base: KnowledgeBase | None = None
    ) -> None:
        self.not_served: str | None = None
        self._settings = settings
        self._lock = threading.Lock()
        self._served = Served(knowledge_base) if knowledge_base else None
        self._retired: list[Served] = []
        self._reason: DianceError = NotReadyError("服务正在启动,请稍候再试。")
        self._attempt = _Attempt()

    @contextmanager
    def held(self) -> Iterator[KnowledgeBase]:
        """The knowledge base for one piece of work, open until it is done.

        Raises:
            DianceError: there is none; the reason is that of the last attempt to open one.
        """
        served = self.hold()
        try:
            yield served.knowledge_base
        finally:
            self.release(served)

    def hold(self) -> Served:
        """As :meth:`held`, until it is given to :meth:`release`."""
        with self._lock:
            if self._served is None:
                # A new one each time: an error that is raised keeps the frames it passed.
                raise type(self._reason)(str(self._reason))
            self._served.users += 1
            return self._served

    def release(self, served: Served) -> None:
        """What :meth:`hold` gave isn't needed any more."""
        with self._lock:
            served.users -= 1

    def refresh(self) -> None:
        """Look at the pointer; serve the index that it names if it is another one.

        Whatever goes wrong is kept in ``not_served`` and logged; what is served stays.
        """
        pointer = pointed_at(self._settings.index_folder)
        now = time.monotonic()
        if self._served and self._served.knowledge_base.index.build.name == pointer:
            self.not_served = None
            return
        if pointer == self._attempt.pointer and now < self._attempt.at + _RETRY:
            return
        self._attempt = _Attempt(pointer, now)
        try:
            knowledge_base = self._opened()
            self._serve(knowledge_base)
            knowledge_base.warm_up_suggestions()
        except DianceError as error:
            self._keep_serving(error)
        except Exception as error:
            _log.exception("an index can't be opened")
            self._keep_serving(
                IndexIncompatibleError(
                    f"索引无法打开({type(error).__name__})。"
                    "请运行 diance doctor 查看,或 diance build --force 重新建立。"
                )
            )

    def _opened(self) -> KnowledgeBase:
        """The current knowledge base, warm; with nothing served yet any whole one will do."""
        if self._served is None:
            knowledge_base = KnowledgeBase.open(self._settings)
        else:
            knowledge_base = self._served.knowledge_base.successor(
                current_build(self._settings.index_folder), self._settings
            )
        try:
            knowledge_base.warm_up()
        except BaseException:
            knowledge_base.close()
            raise
        return knowledge_base

    def _serve(self, knowledge_base: KnowledgeBase) -> None:
        name = knowledge_base.index.build.name
        pointer = self._attempt.pointer
        self.not_served = (
            None if pointer == name else f"当前索引 {pointer} 无法使用,请运行 diance build。"
        )
        with self._lock:
            if self._served is not None:
                self._retired.append(self._served)
            self._served = Served(knowledge_base)
        _log.info("serving index %s", name)

    def _keep_serving(self, error: DianceError) -> None:
        if str(error) != str(self._reason):  # once, however often it is tried
            _log.error("%s", error)
        with self._lock:
            self._reason = type(error)(str(error))
            if self._served is not None:
                self.not_served = str(error)

    def close_retired(self) -> bool:
        """Close what was replaced and nobody holds any more; whether something is left."""
        if self._close_unheld():
            gc.collect()  # caches of methods refer to their objects, which refer to them
        return bool(self._retired)

    def _close_unheld(self) -> int:
        with self._lock:
            unheld = [served for served in self._retired if not served.users]
            self._retired = [served for served in self._retired if served.users]
        for served in unheld:
            served.knowledge_base.close()
        return len(unheld)


class Watch:
    """Opens the index in a thread of its own, and looks for new ones while the block runs."""

    def __init__(self, service: Service, interval: float) -> None:
        """``interval`` in seconds; with 0 the index of the start is opened, and no other."""
        self._service = service
        self._interval = interval
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index watch", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()

    def _run(self) -> None:
        self._service.refresh()
        while self._interval and not self._is_over.wait(self._interval):
            self._service.refresh()
            self._service.close_retired()


class Holding:
    """The knowledge base of one request: taken when it is first needed, kept to the end."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._served: Served | None = None

    def knowledge_base(self) -> KnowledgeBase:
        """The same one each time.

        Raises:
            DianceError: there is none.
        """
        if self._served is None:
            self._served = self._service.hold()
        return self._served.knowledge_base

    @property
    def fingerprint(self) -> str | None:
        """Of the index that was asked, None if none was."""
        return self._served.knowledge_base.index.manifest.fingerprint if self._served else None

    def release(self) -> None:
        """The response is on its way."""
        if self._served is not None:
            self._service.release(self._served)
            self._served = None


class IndexOfRequest:
    """Middleware: gives each request a :class:`Holding`, and names the index in the response."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        holding = Holding(self._service)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["holding"] = holding

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start" and holding.fingerprint:
                MutableHeaders(scope=message)[INDEX_HEADER] = holding.fingerprint
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        finally:
            holding.release()
