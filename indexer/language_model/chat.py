"""One question to an OpenAI-compatible service (``POST …/chat/completions``), over plain HTTP.

Only what all such services take is sent: model and messages. A reply is read with a limit of size
and time; whatever is wrong with it ends as an :class:`UnusableReplyError`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from indexer.errors import LanguageModelError
from indexer.language_model.endpoint import Endpoint

_LARGEST_REPLY = 1024 * 1024  # bytes; questions or an answer are a few hundred
_RETRIED = frozenset({408, 409, 425, 429}) | frozenset(range(500, 600))
_FATAL = {
    401: "服务不接受密钥。请检查 {variables}_KEY",
    402: "服务要求付费或余额不足。请检查账户",
    403: "服务拒绝访问。请检查 {variables}_KEY 和账户的权限",
    404: "没有这个地址或模型。请检查 {variables}_URL 和 {variables}_MODEL",
    405: "这个地址不接受提问。请检查 {variables}_URL",
}

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)

Messages = Sequence[Mapping[str, str]]


class UnusableReplyError(Exception):
    """A reply that gives nothing to use; the message (Chinese) says why.

    ``retry`` tells whether another try may help, ``wait`` how many seconds the service asks for;
    ``outage`` is true where the service is to blame, not what the model wrote.
    """

    def __init__(
        self, why: str, *, retry: bool = True, wait: float | None = None, outage: bool = False
    ) -> None:
        super().__init__(why)
        self.retry = retry
        self.wait = wait
        self.outage = outage


def messages_with_data(task: str, data: Mapping[str, object]) -> Messages:
    """A task and its material. This is a JSON string, so no text of it can end it and go on."""
    material = json.dumps(data, ensure_ascii=False)
    # Half a pair of surrogates, as some PDFs hold them, can't be sent.
    material = material.encode("utf-8", errors="replace").decode("utf-8")
    return [{"role": "system", "content": task}, {"role": "user", "content": material}]


def without_thought(content: str) -> str:
    """What a model said after it thought aloud."""
    return _THOUGHT.sub("", content)


def open_client(endpoint: Endpoint) -> httpx.AsyncClient:
    """A client for one run; redirects aren't followed, lest the key go elsewhere.

    Raises:
        LanguageModelError: the proxy that the environment names can't be used.
    """
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    limits = httpx.Limits(max_connections=endpoint.parallel)
    try:
        return httpx.AsyncClient(headers=headers, timeout=endpoint.timeout, limits=limits)
    except (ValueError, ImportError) as error:
        raise LanguageModelError(
            f"环境变量中的代理设置不能使用({error})。请改正 HTTPS_PROXY、ALL_PROXY,"
            "或把服务的主机名加入 NO_PROXY。"
        ) from None


async def complete(client: httpx.AsyncClient, endpoint: Endpoint, messages: Messages) -> str:
    """What the model says to ``messages``.

    Raises:
        UnusableReplyError: no reply came, or none that could be read.
        LanguageModelError: the service refuses all requests like this one.
    """
    request = {"model": endpoint.model, "messages": list(messages), "stream": False}
    try:
        async with (
            asyncio.timeout(endpoint.timeout),
            client.stream("POST", endpoint.url, json=request) as response,
        ):
            body = await _read(response)
    except (TimeoutError, httpx.TimeoutException):
        raise UnusableReplyError(f"{endpoint.timeout:g} 秒内没有完整的答复", outage=True) from None
    except (httpx.HTTPError, OSError, ValueError) as error:  # a host name may be no host name
        raise UnusableReplyError(f"无法连接服务({_line(str(error))})", outage=True) from None
    _check_status(response, body, endpoint)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnusableReplyError(f"答复的类型不是 JSON({_line(kind) or '没有注明'})", outage=True)
    return _content(body)


async def _read(response: httpx.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LARGEST_REPLY:
            raise UnusableReplyError("答复过长", outage=True)
    return body


def _check_status(response: httpx.Response, body: bytes, endpoint: Endpoint) -> None:
    status = response.status_code
    if response.is_success:
        return
    if status in _FATAL:
        cure = _FATAL[status].format(variables=endpoint.variables)
        raise LanguageModelError(f"{cure}(HTTP {status})。")
    if response.is_redirect or status < 200:
        raise LanguageModelError(
            f"服务的地址已转到别处(HTTP {status})。请把 {endpoint.variables}_URL 改成新的地址。"
        )
    why = f"服务报错(HTTP {status}){_message(body, endpoint)}"
    wait = _seconds(response.headers.get("retry-after", ""))
    raise UnusableReplyError(why, retry=status in _RETRIED, wait=wait, outage=True)


def _message(body: bytes, endpoint: Endpoint) -> str:
    """What the service says of an error, on one short line and without the key."""
    try:
        message = str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    if endpoint.key:
        message = message.replace(endpoint.key, "…")
    return f":{_line(message)}"


def _line(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:120]


def _seconds(retry_after: str) -> float | None:
    """``Retry-After`` as seconds from now (RFC 9110, 10.2.3): a number or a date."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _content(body: bytes) -> str:
    try:
        choice = json.loads(body)["choices"][0]
        content, refusal = choice["message"].get("content"), choice["message"].get("refusal")
        reason = choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnusableReplyError("答复不完整,或不是约定的格式", outage=True) from None
    if refusal or reason == "content_filter":
        raise UnusableReplyError("模型拒绝回答")
    if reason == "length":
        raise UnusableReplyError("模型的答复在中途截断")
    if not isinstance(content, str) or not content.strip():
        raise UnusableReplyError("模型的答复是空的")
    return content
