"""A public benchmark beside our own questions: lay questions to articles of national statutes.

Made for the questions of STARD (Su et al., 2024, arXiv 2406.15313), one folder with two files:

    lay_questions.jsonl   {"id", "split": "train" | "dev", "question", "gold": [[article id, …], …]}
    statutes.jsonl.gz     {"id", "law", "date", "article", "text"}

``gold`` has a list for each relevant article: the ids that hold its text, any of which counts.
Ranking is done with the parts that search is made of, and with none of our own annotations: neither
dictionary nor lexicon nor asked-as questions.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.measures import Estimate, estimate
from eval.progress import MeasureProgress
from eval.question_files import QuestionFileError
from indexer.dense import DenseIndex
from indexer.embedding.encoder import Encoder, open_encoder, resolve_model
from indexer.embedding.vector_cache import VectorCache
from indexer.engines.contract import NEAREST_PASSAGES
from indexer.fusion import convex_combination
from indexer.lexical import LexicalIndex, index_terms
from indexer.search import Mode
from indexer.settings import IndexSettings
from indexer.sides import FUSED_DEPTH
from indexer.tokenizer import Tokenizer

QUESTIONS_FILE, ARTICLES_FILE = "lay_questions.jsonl", "statutes.jsonl.gz"
BENCHMARK_MEASURES = ("recall@10", "recall@100", "mrr@10")
_SPLIT = "dev"
_ENCODED = 400  # characters of an article that its vector is made of
_SEED = 20211027
_DEPTH = 100

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a statute."""

    id: int
    law: str
    article: str
    text: str

    @property
    def reading(self) -> str:
        """What is indexed: the law, the number of the article, its text."""
        return f"{self.law} {self.article} {self.text}"


@dataclass(frozen=True, slots=True)
class LayQuestion:
    """A question; ``gold`` has the ids of each relevant article, any of which counts."""

    id: str
    question: str
    gold: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The questions that are measured and the articles to rank, out of ``articles_in_all``."""

    name: str
    articles: tuple[Article, ...]
    questions: tuple[LayQuestion, ...]
    articles_in_all: int


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """Measures by mode, and what they were measured on."""

    name: str
    articles: int
    articles_in_all: int
    questions: int
    model: str
    measures: dict[Mode, dict[str, Estimate]]

    @property
    def is_limited(self) -> bool:
        """Whether articles were left out, which makes the others easier to find."""
        return self.articles < self.articles_in_all


def read_benchmark(folder: Path, limit: int | None = None) -> Benchmark:
    """The questions of the dev split and the articles of a folder.

    With a ``limit`` that many articles are kept: all that the questions are after, and others drawn
    at random. The draw is fixed, and a larger one holds the smaller ones.

    Raises:
        QuestionFileError: the folder or a file is missing, a line isn't what it should be, or an
            article that is asked for is missing.
    """
    missing = [name for name in (QUESTIONS_FILE, ARTICLES_FILE) if not (folder / name).is_file()]
    if missing:
        raise QuestionFileError(
            f"公开基准目录 {folder} 中没有 {'、'.join(missing)}。"
            "请用 --benchmark 指明存放这两个文件的目录,格式见 eval/README.md。"
        )
    questions = tuple(_questions(_lines(folder / QUESTIONS_FILE)))
    articles = tuple(_articles(_lines(folder / ARTICLES_FILE)))
    asked = {id_ for question in questions for ids in question.gold for id_ in ids}
    if not questions or not articles:
        raise QuestionFileError(f"公开基准目录 {folder} 中没有 {_SPLIT} 部分的问题或没有条文。")
    if stray := asked - {article.id for article in articles}:
        raise QuestionFileError(
            f"{folder / ARTICLES_FILE} 中没有问题所要的第 {min(stray)} 号条文。"
        )
    kept = articles if limit is None else _limited(articles, asked, limit)
    return Benchmark(folder.resolve().name, kept, questions, len(articles))


def _limited(articles: Sequence[Article], asked: set[int], limit: int) -> tuple[Article, ...]:
    others = [article.id for article in articles if article.id not in asked]
    drawn = np.random.default_rng(_SEED).permutation(others)[: max(0, limit - len(asked))]
    kept = asked | set(drawn.tolist())
    return tuple(article for article in articles if article.id in kept)


def _lines(path: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each line with its place, for messages."""
    n = 0
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
            for n, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{n}", json.loads(line)
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise QuestionFileError(f"{path}:{n} 无法读取({error})。请核对文件。") from None


def _questions(lines: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[LayQuestion]:
    for place, entry in lines:
        try:
            gold = tuple(frozenset(map(int, ids)) for ids in entry["gold"])
            question = LayQuestion(str(entry["id"]), str(entry["question"]), gold)
            is_measured = entry["split"] == _SPLIT
        except (KeyError, TypeError, ValueError) as error:
            raise _bad_line(place, error) from None
        if not gold or not all(gold):
            raise QuestionFileError(f"{place} 没有答案(gold)。格式见 eval/README.md。")
        if is_measured:
            yield question


def _articles(lines: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[Article]:
    for place, entry in lines:
        try:
            words = (str(entry[key]) for key in ("law", "article", "text"))
            yield Article(int(entry["id"]), *words)
        except (KeyError, TypeError, ValueError) as error:
            raise _bad_line(place, error) from None


def _bad_line(place: str, error: Exception) -> QuestionFileError:
    return QuestionFileError(f"{place} 不是有效的一行({error!r})。格式见 eval/README.md。")


class ArticleRanker:
    """Ranks articles with the parts that search is made of. A vector is kept once it is made."""

    def __init__(
        self,
        articles: Sequence[Article],
        settings: IndexSettings,
        modes: Sequence[Mode],
        *,
        vectors_folder: Path,
        encoder: Encoder | None,
        progress: MeasureProgress,
    ) -> None:
        self._modes = modes
        self._weight = settings.lexical_weight
        texts = [article.reading for article in articles]
        self._tokenizer = Tokenizer(dictionary=None)
        if set(modes) != {Mode.DENSE}:
            progress.step(f"建立全文索引:{len(texts)} 条")
            self._lexical = LexicalIndex.build(texts, self._tokenizer)
        if set(modes) != {Mode.LEXICAL}:
            progress.step(f"计算语义向量:{len(texts)} 条(算好的会保留,可以中断)")
            self._encoder = encoder or open_encoder(
                settings, resolve_model(settings, progress.step)
            )
            cache = VectorCache(vectors_folder, self._encoder)
            vectors = cache.encode([text[:_ENCODED] for text in texts], progress.encoding)
            self._dense = DenseIndex.build(
                vectors, np.arange(len(texts), dtype=np.int32), len(texts)
            )

    def rankings(self, question: str) -> dict[Mode, list[int]]:
        """Positions of the best articles, best first, at most 100, in every mode."""
        scores: dict[Mode, Scores] = {}
        if set(self._modes) != {Mode.DENSE}:
            lexical = self._lexical.scores(index_terms(question, self._tokenizer))
            scores[Mode.LEXICAL] = np.where(lexical > 0, lexical, -np.inf).astype(np.float32)
        if set(self._modes) != {Mode.LEXICAL}:
            vector = self._encoder.encode_query(question)
            scores[Mode.DENSE], _ = self._dense.nearest(vector, NEAREST_PASSAGES)
        if Mode.HYBRID in self._modes:
            weights = {Mode.LEXICAL: self._weight, Mode.DENSE: 1 - self._weight}
            sides = [(weight, scores[side]) for side, weight in weights.items()]
            scores[Mode.HYBRID] = convex_combination(sides, depth=FUSED_DEPTH)
        return {mode: _best(scores[mode]) for mode in self._modes}


def _best(scores: Scores) -> list[int]:
    ranked = np.argsort(-scores, kind="stable")[:_DEPTH]
    best: list[int] = ranked[np.isfinite(scores[ranked])].tolist()
    return best


def measure_benchmark(
    benchmark: Benchmark,
    settings: IndexSettings,
    *,
    modes: Sequence[Mode] = tuple(Mode),
    encoder: Encoder | None = None,
    progress: MeasureProgress | None = None,
) -> BenchmarkReport:
    """Rank the articles for every question in every mode.

    Vectors are kept in the data folder, under the name of the benchmark; lexical ranking alone
    needs no model.

    Raises:
        ModelError: the model can't be loaded.
    """
    progress = progress or MeasureProgress()
    ranker = ArticleRanker(
        benchmark.articles,
        settings,
        modes,
        vectors_folder=settings.data_folder / "benchmark" / benchmark.name,
        encoder=encoder,
        progress=progress,
    )
    positions = {article.id: at for at, article in enumerate(benchmark.articles)}
    scores: dict[Mode, list[dict[str, float]]] = {mode: [] for mode in modes}
    progress.step(f"提问:{len(benchmark.questions)} 个问题")
    for asked, question in enumerate(benchmark.questions, 1):
        gold = [[positions[id_] for id_ in ids] for ids in question.gold]
        for mode, ranking in ranker.rankings(question.question).items():
            scores[mode].append(score_ranking(ranking, gold))
        progress.asking(asked, len(benchmark.questions))
    return BenchmarkReport(
        name=benchmark.name,
        articles=len(benchmark.articles),
        articles_in_all=benchmark.articles_in_all,
        questions=len(benchmark.questions),
        model=settings.model,
        measures={mode: _summary(scores[mode]) for mode in modes},
    )


def score_ranking(ranking: Sequence[int], gold: Sequence[Sequence[int]]) -> dict[str, float]:
    """Measures of one ranking of positions, best first.

    ``gold`` has the positions of each relevant article, any of which counts. Recall is the share
    of relevant articles found; MRR is one over the rank of whichever comes first.
    """
    ranks = {position: rank for rank, position in enumerate(ranking, 1)}
    found = [min(ranks.get(position, np.inf) for position in each) for each in gold]
    first = min(found)
    return {
        "recall@10": float(np.mean([rank <= 10 for rank in found])),
        "recall@100": float(np.mean([rank <= 100 for rank in found])),
        "mrr@10": 1 / first if first <= 10 else 0.0,
    }


def _summary(scores: Sequence[Mapping[str, float]]) -> dict[str, Estimate]:
    return {name: estimate([score[name] for score in scores]) for name in BENCHMARK_MEASURES}
