"""No regular expression of ours can be made to run for long by what somebody sends."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tests.regular_expressions import attacks, growth

_LONGEST = 300  # seconds for all of them; one that never ends ends here

# Made of expressions that are looked at themselves, or of literal text.
KNOWN_LATER = {
    "corpus.document_number: re.compile(form, re.DOTALL)",
    "indexer.correction: re.sub(pattern, plain, reading)",
    "indexer.engines.milvus.collections: re.compile("
    "f'{prefix}_([0-9a-f]{{{_FINGERPRINT_LENGTH}}})_(?:{kinds})')",
    "indexer.lexicon: re.compile('|'.join(spelt) or '(?!)')",
    "server.answering.measures: re.compile(asked)",
    "server.answering.measures: re.compile(given)",
    "server.answering.rows: re.search(re.escape(spelt) + '(\\\\D[^;]*)', rate.text)",
    "server.eligibility.reading: re.compile(''.join((_STANDS_FOR.get(part) or re.escape(part) "
    "for part in re.split('(\\\\*\\\\*|[*#])', words))))",
    "server.suggestions: re.finditer(re.escape(pattern), self._text)",
}


def test_no_expression_is_steep() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.regular_expressions"],
        capture_output=True,
        check=True,
        timeout=_LONGEST,
    )
    found = json.loads(done.stdout)
    assert found["looked_at"] > 250
    assert found["steep"] == {}
    assert set(found["unknown"]) <= KNOWN_LATER


def test_a_steep_expression_is_found() -> None:
    for steep in (r"(?:a+)+b", r"(?:高级|(?:高级)?技师)*证"):
        pattern = re.compile(steep)
        assert max(growth(pattern, lead, pump) for lead, pump in attacks(pattern)) > 3.5
