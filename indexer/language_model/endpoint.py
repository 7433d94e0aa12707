"""Where a language model is reached; the settings of each use are checked here."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import SecretStr

from indexer.errors import LanguageModelError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked endpoint; ``timeout`` and ``backoff`` (before the second try) are seconds.

    ``variables`` is what the names of its settings begin with, for messages.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 60
    parallel: int = 4
    backoff: float = 1
    variables: str = "DIANCE_GENERATOR"


def checked_endpoint(
    url: str,
    model: str,
    key: SecretStr,
    *,
    purpose: str,
    variables: str,
    timeout: float,
    parallel: int,
) -> Endpoint:
    """The endpoint that the settings name; nothing is sent yet.

    ``url`` is the base address of an OpenAI-compatible service or the whole address; ``purpose``
    says in messages what the model is for.

    Raises:
        LanguageModelError: address or model isn't set, or one of them can't be used.
    """
    import httpx  # noqa: PLC0415  (only who has a model needs it)

    url, model = url.strip(), model.strip()
    if not url or not model:
        raise LanguageModelError(
            f"没有设置{purpose}的服务。请设置环境变量 {variables}_URL(OpenAI 兼容接口的地址,"
            f"例如 http://localhost:11434/v1)和 {variables}_MODEL(模型名),"
            f"需要密钥时再设置 {variables}_KEY。"
        )
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    port = 80 if address.port is None else address.port
    if address.scheme not in ("http", "https") or not address.host or not 0 < port < 65536:
        raise LanguageModelError(
            f"{variables}_URL 不是可用的网址。请写成 http://… 或 https://… 的形式,"
            "例如 http://localhost:11434/v1。"
        )
    path = address.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path += "/chat/completions"
    secret = key.get_secret_value().strip()
    if not secret.isascii() or not (secret + model).isprintable():
        raise LanguageModelError(
            f"{variables}_KEY 或 {variables}_MODEL 含有不能使用的字符。请检查是否多复制了内容。"
        )
    return Endpoint(
        url=str(address.copy_with(path=path)),
        model=model,
        key=secret,
        timeout=timeout,
        parallel=parallel,
        variables=variables,
    )
