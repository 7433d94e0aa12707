"""Settings of the server. Environment variables: ``DIANCE_HOST``, ``DIANCE_PORT``."""

from __future__ import annotations

from pydantic import Field

from indexer.generation.settings import GeneratorSettings
from indexer.settings import IndexSettings
from server.answering.wording_settings import WordingSettings


class ServerSettings(IndexSettings, GeneratorSettings, WordingSettings):
    """Where to listen, beside the settings of the index and of the language models."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
