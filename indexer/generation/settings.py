"""Which language model writes questions. Environment variables: ``DIANCE_GENERATOR_…``."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.language_model.endpoint import Endpoint, checked_endpoint


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


def endpoint_of(settings: GeneratorSettings) -> Endpoint:
    """The endpoint that the settings name; nothing is sent yet.

    Raises:
        LanguageModelError: address or model isn't set, or one of them can't be used.
    """
    return checked_endpoint(
        settings.generator_url,
        settings.generator_model,
        settings.generator_key,
        purpose="生成问法",
        variables="DIANCE_GENERATOR",
        timeout=settings.generator_timeout,
        parallel=settings.generator_parallel,
    )
