"""Which language model words answers, by default none: ``DIANCE_ANSWER_…`` in the environment."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.errors import LanguageModelError
from indexer.language_model.endpoint import Endpoint, checked_endpoint
from indexer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from server.answering.wording import AnswerWriter

_log = logging.getLogger(__name__)
_AT_ONCE = 4  # answers that are worded at the same time; others are given without


class WordingSettings(BaseSettings):
    """Settings of the wording of answers; without ``answer_url`` there is none.

    ``answer_url`` is the base address of an OpenAI-compatible service, ``answer_timeout`` the
    seconds by which an answer may come later for the sake of its wording.
    """

    model_config = SettingsConfigDict(env_prefix="DIANCE_", extra="ignore", protected_namespaces=())

    answer_url: str = ""
    answer_model: str = ""
    answer_key: SecretStr = SecretStr("")
    answer_timeout: float = Field(default=8, gt=0, le=120)


def wording_endpoint(settings: WordingSettings) -> Endpoint:
    """The endpoint that the settings name; nothing is sent yet.

    Raises:
        LanguageModelError: address or model isn't set, or one of them can't be used.
    """
    return checked_endpoint(
        settings.answer_url,
        settings.answer_model,
        settings.answer_key,
        purpose="组织答案文字",
        variables="DIANCE_ANSWER",
        timeout=settings.answer_timeout,
        parallel=_AT_ONCE,
    )


def open_writer(settings: WordingSettings, tokenizer: Tokenizer) -> AnswerWriter | None:
    """The writer that the settings name; None if there is none.

    Answers don't depend on it: settings that can't be used are logged, and there is no writer.
    """
    if not settings.answer_url.strip():
        return None
    # Only who has a model loads what speaks to the network.
    from server.answering.wording import AnswerWriter  # noqa: PLC0415

    try:
        endpoint = wording_endpoint(settings)
    except LanguageModelError as error:
        _log.warning("%s 答案只列条款原文。", error)
        return None
    return AnswerWriter(endpoint, tokenizer)
