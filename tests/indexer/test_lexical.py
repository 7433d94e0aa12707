from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.lexical import LexicalIndex, index_terms
from indexer.tokenizer import Tokenizer

_TEXTS = (
    "企业新型学徒制培训补贴每人每年四千元",
    "职业技能提升行动资金管理办法",
    "学徒培训期限一般为一至二年",
    "对新招用毕业年度高校毕业生给予岗前培训补贴",
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(scope="module")
def built(tokenizer: Tokenizer) -> LexicalIndex:
    return LexicalIndex.build(_TEXTS, tokenizer)


@settings(deadline=None, max_examples=30)
@given(words=st.lists(st.sampled_from(["学徒", "培训", "补贴", "资金", "毕业生", "没有的词"])))
def test_scores_are_those_of_bm25s(
    words: list[str], built: LexicalIndex, tokenizer: Tokenizer
) -> None:
    model = bm25s.BM25(k1=0.9, b=0.4)
    model.index([index_terms(text, tokenizer) for text in _TEXTS], show_progress=False)
    # It takes nothing to be an error, and we an empty query to match nothing.
    expected = model.get_scores(words) if words else np.zeros(len(_TEXTS))
    np.testing.assert_allclose(built.scores(words), expected, rtol=1e-5, atol=1e-6)


def test_saved_index_is_the_same(built: LexicalIndex, tmp_path: Path) -> None:
    built.save(tmp_path)
    opened = LexicalIndex.load(tmp_path, built.size)
    for word in ("学徒", "培训", "没有的词"):
        np.testing.assert_array_equal(opened.scores([word]), built.scores([word]))
        assert opened.frequency(word) == built.frequency(word)
        assert opened.has(word, 0) == built.has(word, 0)
    assert opened.have_all(["学徒", "培训"])
    assert not opened.have_all(["学徒", "没有的词"])
