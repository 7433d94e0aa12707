"""Why a request isn't worked on, or not to the end: too many, too large, too slow.

RefusedError               (a DianceError)
├── TooManyRequestsError   this client has sent enough for now
├── OverloadedError        everybody together has
├── StoppingError          the service is about to stop
├── BodyTooLargeError      more is sent than any request needs
├── BodyTooSlowError       the client didn't send all of it in time
└── TookTooLongError       the service didn't answer in time
"""

from __future__ import annotations

from typing import ClassVar

from indexer.errors import DianceError


class RefusedError(DianceError):
    """``reason`` is its name in the metrics; ``retry_after`` is in seconds, None for never."""

    reason: ClassVar[str]
    closes: ClassVar[bool] = False
    """Whether the connection is closed: what the client goes on sending isn't read."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyRequestsError(RefusedError):
    """A client sends more than it may."""

    reason = "rate"

    def __init__(self, retry_after: int, sent: str = "请求") -> None:
        super().__init__(f"{sent}太频繁了,请 {retry_after} 秒后再试。", retry_after)


class OverloadedError(RefusedError):
    """As many requests are worked on and waiting as the service takes on."""

    reason = "overload"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"现在访问的人太多,请 {retry_after} 秒后再试。", retry_after)


class StoppingError(RefusedError):
    """The service is about to stop; another replica, or the next start, answers."""

    reason = "stopping"

    def __init__(self) -> None:
        super().__init__("服务正在停止,请稍后再试。", retry_after=5)


class BodyTooLargeError(RefusedError):
    """The body is larger than ``most`` bytes."""

    reason = "body_size"
    closes = True

    def __init__(self, most: int) -> None:
        super().__init__(f"提交的内容太大,不能超过 {most // 1024} KB。请删减后再试。")


class BodyTooSlowError(RefusedError):
    """The body didn't arrive within ``seconds``."""

    reason = "body_time"
    closes = True

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:g} 秒内没有收到完整的内容,请检查网络后再试。")


class TookTooLongError(RefusedError):
    """No answer was ready within ``seconds``."""

    reason = "time"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:g} 秒内没有得出结果,请稍后再试,或把问题写短些。", retry_after=5)
