from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Compilation
from indexer import tokenizer
from indexer.tokenizer import Tokenizer, collection_terms, fold


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


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("職業技能提升補貼", "职业技能提升补贴"),
        ("企業新型學徒製", "企业新型学徒制"),
        ("工傷保險費率", "工伤保险费率"),
        ("村乾部著作權瞭解", "村干部著作权了解"),
    ],
)
def test_traditional_characters_are_made_simplified(typed: str, printed: str) -> None:
    assert fold(typed) == printed


@given(text=st.text(st.sampled_from("職\ud800\0ａ") | st.characters(exclude_categories=[])))
def test_wide_traditional_and_half_characters_leave_no_trace(text: str) -> None:
    assert {"ａ", "職", "\ud800"}.isdisjoint(fold(text))


def test_the_words_of_the_collection_stay_as_they_are(compilation: Compilation) -> None:
    folded = unicodedata.normalize("NFKC", compilation.text).lower()
    assert fold(compilation.text) == folded


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
