"""What is asked of the server: real questions, in the ways that visitors and programs ask them."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from eval.negatives import NEGATIVES
from eval.question_files import read_question_file
from eval.questions import DATASETS

_FILES = (DATASETS / "train.jsonl", DATASETS / "dev.jsonl", DATASETS / "test.jsonl", NEGATIVES)
_NUMBERS = (
    "云财规〔2019〕3号",
    "云人社通〔2021〕22号第十条",
    "云人社发[2018]54号三",
    "云政发(2017)40",
)
_SHARES = {"search": 40, "answer": 20, "lookup": 10, "page": 20, "document": 5, "suggest": 5}
"""Of a hundred requests; searches most, as a page searches and answers at once."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``body`` is JSON; ``compressed`` says that gzip is accepted."""

    path: str
    body: bytes = b""
    compressed: bool = True

    @property
    def on_the_wire(self) -> bytes:
        """The request as HTTP/1.1 bytes."""
        head = [f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1", "Host: localhost"]
        if self.compressed:
            head.append("Accept-Encoding: gzip")
        if self.body:
            head += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*head, "", ""]).encode() + self.body


def all_questions() -> tuple[str, ...]:
    """Every question of the data sets once, those without an answer among them, shuffled."""
    read = itertools.chain.from_iterable(
        read_question_file(path, lambda entry: str(entry["question"])) for path in _FILES
    )
    questions = list(dict.fromkeys(read))
    random.Random(7).shuffle(questions)
    return tuple(questions)


def search(question: str, *, compressed: bool = True) -> Ask:
    """A hybrid search over the API, ten hits."""
    return Ask("/api/v1/search?" + urlencode({"q": question}), compressed=compressed)


def answer(question: str) -> Ask:
    """A question to the API."""
    return Ask("/api/v1/answer", json.dumps({"question": question}).encode())


def mixed(questions: Sequence[str], seed: int = 1) -> Iterator[Ask]:
    """Requests without end, of every kind in proportion."""
    chance = random.Random(seed)
    for kind in iter(lambda: chance.choices(list(_SHARES), list(_SHARES.values()))[0], None):
        question = chance.choice(questions)
        match kind:
            case "search":
                yield search(question)
            case "answer":
                yield answer(question)
            case "lookup":
                yield Ask("/api/v1/lookup?" + urlencode({"q": chance.choice(_NUMBERS)}))
            case "page":
                yield Ask("/?" + urlencode({"q": question}))
            case "document":
                yield Ask("/api/v1/documents/" + quote("云财规〔2019〕3号"))
            case _:
                yield Ask("/api/v1/suggest?" + urlencode({"q": question[:4]}))


def oversized(questions: Sequence[str]) -> Iterator[Ask]:
    """Requests without end that are as large as allowed, or larger, or nested without end."""
    long = "".join(questions)
    yield from itertools.cycle(
        (
            search(long[:500]),
            answer(long[:500]),
            search(long[:501]),
            answer(long[:20_000]),
            answer(long[:60_000]),
            Ask("/?" + urlencode({"q": long[:1_000]})),
            Ask("/api/v1/search?q=" + "a" * 100_000),
            Ask("/api/v1/answer", b"[" * 60_000),
            Ask("/api/v1/answer", b'{"question":' * 5_000),
            Ask("/api/v1/search?" + urlencode([("q", "补贴")] * 300)),
        )
    )
