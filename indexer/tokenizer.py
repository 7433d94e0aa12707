"""Words for the lexical index: jieba in search mode with our dictionary.

The dictionary has two layers: terms kept by hand (``corpus/annotations/lexicon``) and terms that
the collection itself names (occupations of its catalogues, issuing bodies).
"""

from __future__ import annotations

import logging
import marshal
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

import jieba
from opencc import OpenCC

import corpus
from corpus.model import Compilation, Provision, ProvisionKind

_LEXICON = Path(corpus.__file__).parent / "annotations" / "lexicon"
USER_DICTIONARY = _LEXICON / "user_dictionary.txt"
STOP_WORDS = _LEXICON / "stop_words.txt"
"""Words that say how something is asked, not what about; one a line."""

_WORD = re.compile(r"\w")
_HAN_RUN = re.compile(r"[一-鿿]+")
_DECORATION = re.compile(r"[(（][^()（）]*[)）]|\s")
_LONGEST_TERM = 12
_TERM_FREQUENCY = 1000  # as in the dictionary kept by hand


@lru_cache(maxsize=64)  # words, bigrams and everyday words of a query all begin with it
def fold(text: str) -> str:
    """Full- and half-width forms, case, compatibility forms (NFKC) and both scripts made one."""
    folded = unicodedata.normalize("NFKC", text).lower()
    whole = folded.encode(errors="replace").decode()  # OpenCC takes no half characters
    return str(_to_simplified().convert(whole))


@cache
def _to_simplified() -> OpenCC:
    """Characters only: words of Taiwan (程式, 建立) may mean something else here."""
    return OpenCC("t2s")


def collection_terms(compilations: Iterable[Compilation]) -> list[str]:
    """Names that the collection uses as terms: occupations in its tables, issuing bodies."""
    terms: set[str] = set()
    for compilation in compilations:
        for document in compilation.documents:
            terms.update(document.issuers)
            for provision in document.provisions:
                terms.update(occupations_in(provision))
    return sorted(term for term in terms if 2 <= len(term) <= _LONGEST_TERM and _is_han(term))


def occupations_in(provision: Provision) -> list[str]:
    """The occupations that a row of a catalogue names, without brackets and stars."""
    if provision.kind is not ProvisionKind.TABLE_ROW:
        return []
    return [
        _DECORATION.sub("", cell.value)
        for cell in provision.cells
        if "职业" in cell.head or "专项名称" in cell.head
    ]


def _is_han(term: str) -> bool:
    return _HAN_RUN.fullmatch(term) is not None


class Tokenizer:
    """Cuts text into index terms. Holds a jieba dictionary of its own, so nothing global changes.

    Without ``terms`` and ``dictionary`` it knows jieba's own words only. ``frequency`` is that of
    the terms: the higher, the sooner they win over the words of the language around them.
    """

    def __init__(
        self,
        terms: Iterable[str] = (),
        dictionary: Path | None = USER_DICTIONARY,
        frequency: int = _TERM_FREQUENCY,
    ) -> None:
        language = _language()
        self._cutter = jieba.Tokenizer()
        self._cutter.FREQ, self._cutter.total = dict(language.FREQ), language.total
        self._cutter.initialized = True
        for term in terms:
            self._cutter.add_word(term, frequency)
        if dictionary is not None:
            self._cutter.load_userdict(str(dictionary))
        self._stop_words = frozenset(STOP_WORDS.read_text(encoding="utf-8").split())
        # Search, answer and benefits ask for the words of one question after the other.
        self._cut = lru_cache(maxsize=256)(self._cut_text)

    def words(self, text: str) -> list[str]:
        """Search-mode words: long words and the shorter words inside them, in order."""
        return list(self._cut(text))

    def _cut_text(self, text: str) -> tuple[str, ...]:
        return tuple(
            word
            for word in self._cutter.cut_for_search(fold(text))
            if _WORD.search(word) and word not in self._stop_words
        )

    def boundaries(self, text: str) -> frozenset[int]:
        """Offsets into folded text at which a word begins or ends, by the likeliest cut."""
        words = self._cutter.tokenize(text, HMM=False)
        return frozenset(at for _, begins, ends in words for at in (begins, ends))

    def bigrams(self, text: str) -> list[str]:
        """Overlapping pairs of Han characters: they survive a wrong character nearby."""
        return bigrams_of(text)


@cache
def _language() -> jieba.Tokenizer:
    """The words of jieba's own dictionary, with their beginnings half a million; read once."""
    jieba.setLogLevel(logging.WARNING)
    language = jieba.Tokenizer()
    folder = _private_folder()
    if folder is None:
        language.FREQ, language.total = language.gen_pfdict(language.get_dict_file())
        language.initialized = True
        return language
    language.tmp_dir = str(folder)  # where jieba keeps what it has read
    # It reads that word by word, which takes three times as long.
    with suppress(OSError, EOFError, TypeError, ValueError):
        language.FREQ, language.total = marshal.loads((folder / "jieba.cache").read_bytes())
        language.initialized = True
    language.initialize()
    return language


def _private_folder() -> Path | None:
    """A folder for temporary files that nobody else can write to; None if there can't be one.

    What lies there is read without being checked: in the folder that all share it could be
    anybody's.
    """
    folder = Path(tempfile.gettempdir(), f"diance-{os.getuid()}")
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return folder if is_ours and not status.st_mode & 0o077 else None


def bigrams_of(text: str) -> list[str]:
    """Overlapping pairs of Han characters in folded text."""
    return [run[i : i + 2] for run in _HAN_RUN.findall(fold(text)) for i in range(len(run) - 1)]
