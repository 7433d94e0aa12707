"""A stand-in for a language model: an OpenAI-compatible service on this machine that is told what to say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What goes over the wire; ``body`` in pieces, ``pause`` seconds before each."""

    body: tuple[bytes, ...]
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    pause: float = 0
    cut: bool = False  # the connection ends before the announced length


def says(content: object, **choice: object) -> Reply:
    """A well-formed reply whose message is ``content`` (text as it is, else as JSON)."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    message = {"role": "assistant", "content": text}
    return Reply((json.dumps({"choices": [{"message": message, **choice}]}).encode(),))


def good(*questions: str, keywords: tuple[str, ...] = ("渔船", "补贴")) -> Reply:
    return says({"questions": questions, "keywords": keywords})


def error(status: int, message: str = "", **headers: str) -> Reply:
    body = json.dumps({"error": {"message": message}}).encode() if message else b""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply((body,), status, {"content-type": "application/json", **named})


@dataclass
class StandIn:
    """``answer`` gets the clause and how often it was asked for, and says what to reply."""

    url: str
    answer: Callable[[str, int], Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def asked(self, clause: str) -> int:
        return sum(clause_of(request) == clause for request in self.requests)


def clause_of(request: dict[str, Any]) -> str:
    return str(json.loads(request["messages"][-1]["content"])["条款"])


@contextmanager
def stand_in_model(answer: Callable[[str, int], Reply]) -> Iterator[StandIn]:
    """Serve ``answer`` while the block runs."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                model.requests.append(request)
                model.keys.append(self.headers["authorization"])
                assert self.path == "/v1/chat/completions"
                reply = model.answer(clause_of(request), model.asked(clause_of(request)))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = sum(map(len, reply.body)) + (100 if reply.cut else 0)
            self.send_header("content-length", str(length))
            self.end_headers()
            for piece in reply.body:
                stopped.wait(reply.pause)
                try:
                    self.wfile.write(piece)
                    self.wfile.flush()
                except OSError:
                    return  # the client has had enough

        def log_message(self, *_: object) -> None:
            pass

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model = StandIn(f"http://127.0.0.1:{server.server_port}/v1", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield model
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
