"""How many requests one client may send a minute."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_SITE = 64  # bits of an IPv6 address that a provider assigns to one customer


@dataclass(frozen=True, slots=True)
class Share:
    """What is left to a client: ``remaining`` requests; one more is free in ``seconds``."""

    granted: bool
    remaining: int
    seconds: int


class ClientLimit:
    """Counts over the last 60 seconds, in this process; safe to use from several threads."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._allowed = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, client: str) -> Share:
        """Count a request of ``client``, unless it has had its share."""
        return self._share(client, self._limiter.hit(self._allowed, client))

    def share_of(self, client: str) -> Share:
        """Whether one more request of ``client`` would be granted; it isn't counted."""
        return self._share(client, self._limiter.test(self._allowed, client))

    def _share(self, client: str, granted: bool) -> Share:
        reset, remaining = self._limiter.get_window_stats(self._allowed, client)
        return Share(granted, remaining, max(1, math.ceil(reset - time.time())))


def limited_as(client: str | None) -> str | None:
    """The name under which a client's requests are counted; None if they aren't.

    Whoever is on this machine isn't limited: it may be a proxy that doesn't say for whom it asks.
    The addresses of one IPv6 site count as one, as it has 2^64 of them.
    """
    address = _address(client)
    if address is None or address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _SITE), strict=False))
    return str(address)


def _address(client: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(client or "")
    except ValueError:  # a Unix socket, a test
        return None
    return getattr(address, "ipv4_mapped", None) or address
