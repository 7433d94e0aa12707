"""The settings of the question generator: what is missing or can't be used is said in one line."""

from __future__ import annotations

import asyncio

import pytest

from indexer.errors import LanguageModelError
from indexer.generation.settings import GeneratorSettings, endpoint_of
from indexer.language_model.chat import UnusableReplyError, complete, open_client
from indexer.language_model.endpoint import Endpoint


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "DIANCE_GENERATOR_URL"),
        ({"generator_url": "http://localhost/v1"}, "DIANCE_GENERATOR_MODEL"),
        ({"generator_url": "localhost:11434/v1", "generator_model": "m"}, "http://"),
        ({"generator_url": "http://", "generator_model": "m"}, "http://"),
        ({"generator_url": "http://h:port/v1", "generator_model": "m"}, "http://"),
        ({"generator_url": "http://h:999999/v1", "generator_model": "m"}, "http://"),
        ({"generator_url": "http://h/v1", "generator_model": "m", "generator_key": "密"}, "KEY"),
    ],
)
def test_an_endpoint_that_is_not_set_says_what_to_set(given: dict[str, str], words: str) -> None:
    with pytest.raises(LanguageModelError, match=words):
        endpoint_of(GeneratorSettings.model_validate(given))


@pytest.mark.parametrize("base", ["http://h/v1", "http://h/v1/", "http://h/v1/chat/completions"])
def test_the_address_may_be_given_in_part_or_whole(base: str) -> None:
    given = GeneratorSettings(generator_url=base, generator_model="m")
    assert endpoint_of(given).url == "http://h/v1/chat/completions"


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://proxy")
    with pytest.raises(LanguageModelError, match="代理"):
        open_client(Endpoint("http://h/v1/chat/completions", "m"))


def test_a_host_name_that_is_none_is_an_unusable_reply() -> None:
    async def ask() -> None:
        endpoint = Endpoint(f"http://{'a' * 70}.cn/v1/chat/completions", "m", timeout=5)
        async with open_client(endpoint) as client:
            await complete(client, endpoint, [])

    with pytest.raises(UnusableReplyError, match="无法连接"):
        asyncio.run(ask())
