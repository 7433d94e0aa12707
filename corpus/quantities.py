"""Numbers in running text, in figures and in words: ``5万元`` is 50000, ``六个月`` is 6."""

from __future__ import annotations

import re

from corpus.document_number import chinese_to_int

NUMBER = (
    r"(?:\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]{1,8}|半)"
    r"(?:\s?个?[百千万亿]{1,2})?"
)
"""A pattern for one number, with its powers of ten (1.2个亿)."""

_PARTS = re.compile(
    r"(?P<figures>\d+(?:,\d{3})*(?:\.\d+)?)|(?P<words>[零〇一二两三四五六七八九十百千]+|半)"
)
_NUMBER = re.compile(NUMBER)
_POWERS = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}


def number_of(text: str) -> float:
    """The value of a number as :data:`NUMBER` matches it.

    Raises:
        ValueError: it is not one.
    """
    parts = _PARTS.match(text.strip())
    if parts is None:
        raise ValueError(f"not a number: {text!r}")
    if parts["figures"]:
        value = float(parts["figures"].replace(",", ""))
    elif parts["words"] == "半":
        value = 0.5
    else:
        value = float(chinese_to_int(parts["words"].replace("两", "二").replace("〇", "零")))
    for power in text.strip()[parts.end() :].strip().removeprefix("个"):
        value *= _POWERS[power]
    return round(value, 6)


def numbers_in(text: str) -> frozenset[float]:
    """All numbers that a text states; ``20万`` states 20 as well, as in ``20、10万元``."""
    found = set()
    for hit in _NUMBER.finditer(text):
        found.add(number_of(hit[0]))
        parts = _PARTS.match(hit[0])
        if parts is not None:
            found.add(number_of(parts[0]))
    return frozenset(found)
