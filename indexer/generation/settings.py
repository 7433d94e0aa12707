"""Which language model writes questions. Environment variables: ``DIANCE_GENERATOR_…``."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.errors import GeneratorError


class GeneratorSettings(BaseSettings):
    """Settings of the question generator; without ``generator_url`` there is none.

    ``generator_url`` is the base address of an OpenAI-compatible service
    (``http://localhost:11434/v1``), ``generator_timeout`` the seconds that one reply may take,
    ``generator_parallel`` how many clauses are asked for at once.
    """

    model_config = SettingsConfigDict(env_prefix="DIANCE_", extra="ignore", protected_namespaces=())

    generator_url: str = ""
    generator_model: str = ""
    generator_key: SecretStr = SecretStr("")
    generator_timeout: float = Field(default=60, gt=0, le=3600)
    generator_parallel: int = Field(default=4, ge=1, le=64)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked endpoint; ``timeout`` and ``backoff`` (before the second try) are seconds."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 60
    parallel: int = 4
    backoff: float = 1


def endpoint_of(settings: GeneratorSettings) -> Endpoint:
    """The endpoint that the settings name; nothing is sent yet.

    Raises:
        GeneratorError: address or model isn't set, or one of them can't be used.
    """
    import httpx  # noqa: PLC0415  (only the generator needs it)

    given, model = settings.generator_url.strip(), settings.generator_model.strip()
    if not given or not model:
        raise GeneratorError(
            "没有设置生成问法的服务。请设置环境变量 DIANCE_GENERATOR_URL(OpenAI 兼容接口的地址,"
            "例如 http://localhost:11434/v1)和 DIANCE_GENERATOR_MODEL(模型名),"
            "需要密钥时再设置 DIANCE_GENERATOR_KEY。"
        )
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL:
        url = httpx.URL()
    port = 80 if url.port is None else url.port
    if url.scheme not in ("http", "https") or not url.host or not 0 < port < 65536:
        raise GeneratorError(
            "DIANCE_GENERATOR_URL 不是可用的网址。请写成 http://… 或 https://… 的形式,"
            "例如 http://localhost:11434/v1。"
        )
    path = url.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path += "/chat/completions"
    key = settings.generator_key.get_secret_value().strip()
    if not key.isascii() or not (key + model).isprintable():
        raise GeneratorError(
            "DIANCE_GENERATOR_KEY 或 DIANCE_GENERATOR_MODEL 含有不能使用的字符。"
            "请检查是否多复制了内容。"
        )
    return Endpoint(
        url=str(url.copy_with(path=path)),
        model=model,
        key=key,
        timeout=settings.generator_timeout,
        parallel=settings.generator_parallel,
    )
