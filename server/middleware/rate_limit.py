"""At most so many requests a minute from one client: 429 beyond, and headers that say what is left.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.client_limit import ClientLimit, Share, limited_as
from server.middleware.refusing import refuse
from server.middleware.routes import is_exempt
from server.refusals import TooManyRequestsError

_POLICY = "client"


class RateLimit:
    """Holds for each client by itself."""

    def __init__(self, app: ASGIApp, *, limit: ClientLimit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it."""
        client = None
        if scope["type"] == "http" and not is_exempt(scope):
            client = limited_as(scope["client"][0] if scope.get("client") else None)
        if client is None:
            await self._app(scope, receive, send)
            return
        share = self._limit.take(client)

        async def send_with_share(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._say(MutableHeaders(scope=message), share)
            await send(message)

        if share.granted:
            await self._app(scope, receive, send_with_share)
        else:
            await refuse(TooManyRequestsError(share.seconds), scope, receive, send_with_share)

    def _say(self, headers: MutableHeaders, share: Share) -> None:
        headers["RateLimit-Policy"] = f'"{_POLICY}";q={self._limit.per_minute};w=60'
        headers["RateLimit"] = f'"{_POLICY}";r={share.remaining};t={share.seconds}'
