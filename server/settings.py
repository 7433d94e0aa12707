"""Settings of the server, each an environment variable: ``DIANCE_HOST`` and so on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from indexer.generation.settings import GeneratorSettings
from indexer.settings import IndexSettings
from server.answering.wording_settings import WordingSettings


class ServerSettings(IndexSettings, GeneratorSettings, WordingSettings):
    """Where to listen, beside the settings of the index and of the language models.

    ``feedback`` (``DIANCE_FEEDBACK``) names a JSON Lines file, made if it is missing: under an
    answer visitors are then asked whether it helped, and each reply is appended as ``time``,
    ``index`` (fingerprint), ``question``, ``helpful`` and ``comment``. Without it nobody is asked.
    ``feedback_per_minute`` is how many replies one address may send.

    ``watch_interval`` is how many seconds pass between two looks at whether a new index was built,
    which then takes the place of the one that is served; 0 keeps the one of the start.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    watch_interval: float = Field(default=2.0, ge=0, le=3600)
    feedback: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    feedback_per_minute: int = Field(default=6, ge=1)
