"""Settings of the server, each an environment variable: ``DIANCE_HOST`` and so on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from indexer.generation.settings import GeneratorSettings
from indexer.settings import IndexSettings
from server.answering.wording_settings import WordingSettings
from server.security.admin_token import TOKEN_HASH


class ServerSettings(IndexSettings, GeneratorSettings, WordingSettings):
    """Where to listen, beside the settings of the index and of the language models.

    ``feedback`` (``DIANCE_FEEDBACK``) names a JSON Lines file, made if it is missing: under an
    answer visitors are then asked whether it helped, and each reply is appended as ``time``,
    ``index`` (fingerprint), ``question``, ``helpful`` and ``comment``. Without it nobody is asked.
    ``feedback_per_minute`` is how many replies one address may send.

    ``admin_token_hash`` is what ``diance token`` prints; without it there is no administration.
    ``admin_failures_per_minute`` is how many wrong tokens one address may send,
    ``admin_largest_upload`` the size of a document in MB. With ``metrics_protected`` metrics want
    the token, too.

    ``behind_tls`` says that a proxy before the server speaks HTTPS: browsers are then told to keep
    to it.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    feedback: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    feedback_per_minute: int = Field(default=6, ge=1)
    admin_token_hash: Annotated[
        Annotated[str, Field(pattern=TOKEN_HASH)] | None,
        BeforeValidator(lambda given: given or None),
    ] = None
    admin_failures_per_minute: int = Field(default=10, ge=1)
    admin_largest_upload: int = Field(default=50, ge=1, le=200)
    metrics_protected: bool = False
    behind_tls: bool = False
