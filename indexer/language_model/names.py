"""Names of places and organisations in what a model wrote."""

from __future__ import annotations

import functools
import logging

import jieba
import jieba.posseg

# What jieba calls people (师傅, 比武, 小发明) seldom are any, nor are its rarest places (太旧,
# 花钱买), harvested from texts by machine.
_NAME_TAGS = frozenset({"ns", "nt"})
_RAREST_NAME = 4  # frequency in jieba's dictionary


@functools.cache
def load_name_tagger() -> jieba.posseg.POSTokenizer:
    """Takes seconds the first time; an instance of its own, so that nothing is added to it."""
    jieba.setLogLevel(logging.WARNING)
    tagger = jieba.posseg.POSTokenizer(jieba.Tokenizer())
    tagger.initialize()
    return tagger


def names_in(text: str) -> list[str]:
    """Names of the dictionary; guessed ones (HMM) are too often none."""
    tagger = load_name_tagger()
    return [
        pair.word
        for pair in tagger.cut(text, HMM=False)
        if pair.flag in _NAME_TAGS
        and len(pair.word) > 1
        and tagger.tokenizer.FREQ.get(pair.word, 0) >= _RAREST_NAME
    ]
