"""Whether the service of a language model can be reached, without telling it anything."""

from __future__ import annotations

from indexer.language_model.endpoint import Endpoint

_LONGEST_WAIT = 5.0  # seconds


def why_unreachable(endpoint: Endpoint) -> str | None:
    """Why nothing answers at the host of an endpoint (Chinese); None if something does.

    An empty request (``HEAD /``) is all that is sent: no key, no model, no text. Any status is an
    answer, since the address of a service alone may well be refused or not exist.
    """
    import httpx  # noqa: PLC0415  (only who has a model needs it)

    address = httpx.URL(endpoint.url).copy_with(path="/", query=None, userinfo=b"")
    try:
        httpx.head(address, timeout=min(endpoint.timeout, _LONGEST_WAIT))
    except httpx.TimeoutException:
        return f"{min(endpoint.timeout, _LONGEST_WAIT):g} 秒内没有回应"
    except (httpx.HTTPError, OSError, ValueError, ImportError) as error:  # of a proxy, too
        return " ".join(str(error).split()) or type(error).__name__
    return None
