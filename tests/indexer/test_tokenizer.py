from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhconv import zhconv

from corpus.model import Compilation
from indexer import tokenizer
from indexer.tokenizer import Tokenizer, collection_terms, fold

_CONVERTED = sorted(zhconv.getdict("zh-cn"))


def test_terms_of_art_stay_whole_and_are_cut_as_well() -> None:
    words = Tokenizer().words("企业新型学徒制培训补贴")
    assert "企业新型学徒制" in words
    assert "学徒" in words


def test_occupations_of_the_catalogues_become_terms(compilation: Compilation) -> None:
    terms = collection_terms([compilation])
    assert {"食用菌生产工", "民航乘务员"} <= set(terms)
    assert "云南省财政厅" in terms
    assert "食用菌生产工" in Tokenizer(terms).words("食用菌生产工有补贴吗")


def test_widths_and_case_are_folded() -> None:
    assert Tokenizer().words("ＳＹＢ培训") == Tokenizer().words("syb培训")


@given(words=st.lists(st.sampled_from(_CONVERTED) | st.text(max_size=3), max_size=6))
def test_folding_converts_all_that_a_conversion_changes(words: list[str]) -> None:
    text = "".join(words)
    folded = unicodedata.normalize("NFKC", text).lower()
    assert fold(text) == zhconv.convert(folded, "zh-cn")


def test_question_words_and_punctuation_are_no_terms() -> None:
    assert Tokenizer().words("请问怎么,的?!") == []


def test_bigrams_survive_a_wrong_character_beside_them() -> None:
    tokenizer = Tokenizer()
    typed, printed = tokenizer.bigrams("职业技能陪训"), tokenizer.bigrams("职业技能培训")
    assert set(typed) & set(printed) == {"职业", "业技", "技能"}


def test_one_tokenizer_does_not_change_another() -> None:
    Tokenizer(["电工中级证补贴"])
    assert "电工中级证补贴" not in Tokenizer().words("电工中级证补贴")


def test_words_are_kept_where_nobody_else_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    folder = tokenizer._private_folder()
    assert folder is not None
    assert folder.stat().st_mode & 0o077 == 0
    folder.chmod(0o777)
    assert tokenizer._private_folder() is None
