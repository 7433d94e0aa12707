"""The administrator's token: random, shown once, known to the server by its digest alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from indexer.errors import DianceError
from server.client_limit import ClientLimit
from server.refusals import TooManyRequestsError

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
        self._failures = ClientLimit(failures_per_minute)

    def let_in(self, token: str | None, client: str) -> None:
        """Return if ``token`` is the right one.

        Raises:
            TooManyRequestsError: this address failed too often; the token isn't looked at.
            UnauthorizedError: the token is missing or wrong.
        """
        left = self._failures.share_of(client)
        if not left.granted:
            raise TooManyRequestsError(left.seconds)
        if token is None or not hmac.compare_digest(hash_of(token), self._token_hash):
            self._failures.take(client)
            raise UnauthorizedError("需要管理令牌:请在 Authorization 中写 Bearer 和令牌。")
