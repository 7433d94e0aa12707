"""The administrator's token: random, shown once, known to the server by its digest alone."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from indexer.errors import DianceError
from server.feedback import TooManyRequestsError

TOKEN_HASH = r"^sha256:[0-9a-f]{64}$"
"""The form in which the settings hold a token."""

_TOKEN_BYTES = 32


class UnauthorizedError(DianceError):
    """The token is missing or isn't the right one."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """``token`` is for the administrator, ``token_hash`` for ``DIANCE_ADMIN_TOKEN_HASH``."""

    token: str
    token_hash: str


def make_token() -> NewToken:
    """A new token of 256 random bits."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    return NewToken(token, hash_of(token))


def hash_of(token: str) -> str:
    """What is kept of a token.

    A plain digest is enough: unlike a password, 256 random bits can't be guessed however fast the
    digest is (NIST SP 800-63B, 5.1.2.2, on look-up secrets of at least 112 bits).
    """
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


class AdminDoor:
    """Lets in who has the token; ``failures_per_minute`` wrong ones shut it for one address."""

    def __init__(self, token_hash: str, failures_per_minute: int) -> None:
        self._token_hash = token_hash
        self._allowed = RateLimitItemPerMinute(failures_per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def let_in(self, token: str | None, client: str) -> None:
        """Return if ``token`` is the right one.

        Raises:
            TooManyRequestsError: this address failed too often; the token isn't looked at.
            UnauthorizedError: the token is missing or wrong.
        """
        if not self._limiter.test(self._allowed, client):
            reset = self._limiter.get_window_stats(self._allowed, client).reset_time
            raise TooManyRequestsError(max(1, math.ceil(reset - time.time())))
        if token is None or not hmac.compare_digest(hash_of(token), self._token_hash):
            self._limiter.hit(self._allowed, client)
            raise UnauthorizedError("需要管理令牌:请在 Authorization 中写 Bearer 和令牌。")
