"""Rules that stand in several documents: a search shows one of them and names the others.

Notices forward and restate others, word for word or nearly. Compared are sentences, by the
resemblance of their sets of four characters (Broder, "On the resemblance and containment of
documents", 1997), here exactly, by a product of sparse matrices. Alike is not the same: a ministry
grants "a living allowance", the province that forwards it 60 yuan a day. So the particulars must
agree as well: numbers, who is meant, whether it may, must or must not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning import comparable
from corpus.model import ProvisionKind
from indexer.passages import Unit
from indexer.tokenizer import Tokenizer

_SHINGLE = 4  # characters
# From 0.8 on all pairs of the collection say the same; at 0.78 stand 副高级职称 for 高级工程师 and
# one office more among those in charge.
_LEAST_RESEMBLANCE = 0.8
_SHORTEST_RULE = 30  # letters; shorter units are formulas and headings
_SHORTEST_SENTENCE = 20  # letters of one that is named although the rest differs
# A sentence that is in so many places is a formula, and would make the comparison quadratic.
_MOST_OCCURRENCES = 50
_COMPARED_AT_ONCE = 4096  # sentences; bounds the memory of the product
_PLACES = np.uint64(1) << np.arange(0, 16 * _SHINGLE, 16, dtype=np.uint64)  # of characters
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
# In another document these words mean another thing.
_SELF_REFERENCE = re.compile(
    r"本(?:办法|实施|意见|通知|规定|条例|细则|方案|目录|法|规则|决定|计划)|附[件表]"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?|[〇零一二三四五六七八九十百千万亿两半]+")
_NEGATION = re.compile(r"[不未无非免勿禁]")
_MODALITY = re.compile(r"[可应须必得]")
_WHO = re.compile(
    r"(?:[厅局委部会院校所办站企户镇乡县市省州区国]|政府|部门|中心|企业|公司|单位|机构|组织|主体|平台"
    r"|人员|职工|工人|员工|农民|渔民|居民|毕业生|学生|学员|学徒|导师|教师|劳动力|劳动者|军人|残疾人|家庭"
    r"|人才|工程师|技师|证书?|职称|等级|[初中高]级)$"
)


@dataclass(frozen=True, slots=True)
class Restatement:
    """Unit ``other`` says what ``unit`` says; both are positions.

    ``words`` are the shared sentences as ``unit`` has them, or None if all of it is shared.
    """

    unit: int
    other: int
    words: str | None


@dataclass(frozen=True, slots=True)
class _Sentence:
    unit: int
    document: str
    text: str
    letters: str


def find_restatements(units: Sequence[Unit], tokenizer: Tokenizer) -> list[Restatement]:
    """What units of different documents share, in order of ``unit`` and ``other``.

    Table rows are left out: they mean what their table says of them.
    """
    sentences = [sentence for at, unit in enumerate(units) for sentence in _sentences(unit, at)]
    alike = _alike(sentences, tokenizer)
    found = []
    for at, group in groupby(range(len(sentences)), key=lambda index: sentences[index].unit):
        own = list(group)
        others = {sentences[index].unit for index in own for index in alike.get(index, ())}
        for other in sorted(others):
            shared = [i for i in own if any(sentences[j].unit == other for j in alike.get(i, ()))]
            whole = len(shared) == len(own)
            if whole and sum(len(sentences[i].letters) for i in own) >= _SHORTEST_RULE:
                found.append(Restatement(at, other, None))
                continue
            telling = [i for i in shared if len(sentences[i].letters) >= _SHORTEST_SENTENCE]
            if telling:
                words = "".join(sentences[i].text for i in telling)
                found.append(Restatement(at, other, words))
    return found


def _sentences(unit: Unit, at: int) -> Iterator[_Sentence]:
    """The sentences of a rule below its heading."""
    if unit.provision.kind in (ProvisionKind.TABLE_ROW, ProvisionKind.TITLE):
        return
    for sentence in _SENTENCE.findall(unit.text.removeprefix(unit.provision.heading)):
        if letters := comparable(unicodedata.normalize("NFKC", sentence)):
            yield _Sentence(at, unit.document_id, sentence.strip(), letters)


def _alike(sentences: Sequence[_Sentence], tokenizer: Tokenizer) -> dict[int, list[int]]:
    """For each sentence those of other documents that say the same."""
    shingles = [_shingles(sentence.letters) for sentence in sentences]
    alike: dict[int, list[int]] = {}
    for a, b in _candidates(shingles):
        common = len(np.intersect1d(shingles[a], shingles[b], assume_unique=True))
        resemblance = common / (len(shingles[a]) + len(shingles[b]) - common)
        if resemblance < _LEAST_RESEMBLANCE or sentences[a].document == sentences[b].document:
            continue
        if any(_SELF_REFERENCE.search(sentences[i].text) for i in (a, b)):
            continue
        if _particulars(sentences[a].text, tokenizer) == _particulars(sentences[b].text, tokenizer):
            alike.setdefault(a, []).append(b)
    return alike


def _shingles(letters: str) -> NDArray[np.uint64]:
    """The sets of four characters as numbers, ascending: a tenth of the memory of strings."""
    codes = np.frombuffer(letters.ljust(_SHINGLE, "\0").encode("utf-32-le"), np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(codes.astype(np.uint64), _SHINGLE)
    # Of characters below U+10000, which nearly all are, 16 bits each: no two sets are one number.
    return np.unique(windows @ _PLACES)


def _candidates(shingles: Sequence[NDArray[np.uint64]]) -> Iterator[tuple[int, int]]:
    """Pairs with a shingle in common that is no formula's; both ways round."""
    from scipy.sparse import csr_array  # noqa: PLC0415  (loads slowly, needed at a build only)

    if not shingles:
        return
    sizes = np.array([len(of) for of in shingles])
    distinct, columns = np.unique(np.concatenate(shingles), return_inverse=True)
    rows = np.repeat(np.arange(len(shingles)), sizes)
    telling = (np.bincount(columns) <= _MOST_OCCURRENCES)[columns]
    rows, columns = rows[telling], columns[telling]
    shape = (len(shingles), len(distinct))
    has = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=shape)
    by_shingle = has.T.tocsr()
    for start in range(0, len(shingles), _COMPARED_AT_ONCE):
        common = (has[start : start + _COMPARED_AT_ONCE] @ by_shingle).tocoo()
        first = common.row + start
        # Alike sentences share most shingles; half of the smaller set leaves few pairs to look at.
        near = 2 * common.data >= np.minimum(sizes[first], sizes[common.col])
        near &= first != common.col
        yield from zip(first[near].tolist(), common.col[near].tolist(), strict=True)


def _particulars(sentence: str, tokenizer: Tokenizer) -> tuple[object, ...]:
    """What must agree for two alike sentences to say the same."""
    text = unicodedata.normalize("NFKC", sentence)
    who = {word for word in tokenizer.words(text) if _WHO.search(word)}
    modality = set(_MODALITY.findall(text))
    return _NUMBER.findall(text), who, _NEGATION.findall(text), modality


class Folding:
    """Folds rankings of units by what they restate."""

    def __init__(self, restatements: Iterable[Restatement], size: int) -> None:
        self._said_by: dict[int, set[int]] = {}
        self._named: dict[int, list[Restatement]] = {}
        self._involved = np.zeros(size, np.bool_)
        for restatement in restatements:
            self._named.setdefault(restatement.unit, []).append(restatement)
            if restatement.words is None:
                self._said_by.setdefault(restatement.unit, set()).add(restatement.other)
                self._involved[[restatement.unit, restatement.other]] = True

    def fold(self, ranked: NDArray[np.int64]) -> NDArray[np.int64]:
        """``ranked`` without the units that say nothing beyond one before them; order stays."""
        kept: set[int] = set()
        folded = []
        for at in np.flatnonzero(self._involved[ranked]).tolist():
            unit = int(ranked[at])
            if kept.isdisjoint(self._said_by.get(unit, ())):
                kept.add(unit)
            else:
                folded.append(at)
        return np.delete(ranked, folded)

    def restatements(self, unit: int) -> Sequence[Restatement]:
        """Where else stands what a unit says, or a part of it."""
        return self._named.get(unit, ())
