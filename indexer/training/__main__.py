"""``python -m indexer.training --benchmark DIR``: make the shipped model again, from nothing.

The recipe in order: the base model fine-tuned by contrast (the teacher), a student of fewer layers
and fewer words taught by it, a last round of contrast, and a student of that with half its layers,
which is the one that is shipped. Everything is seeded; results of two
machines differ in the last digits only. The model card says what came of it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.edition import prepare_edition
from corpus.sources import load_sources
from indexer.embedding.encoder import SHIPPED_MODEL, SentenceTransformerEncoder, resolve_model
from indexer.embedding.vector_cache import VectorCache
from indexer.passages import Unit, passages_of, units_of
from indexer.settings import BASE_MODEL, IndexSettings
from indexer.training.examples import (
    AskedClauses,
    question_triples,
    read_lay_questions,
    read_statutes,
    statute_triples,
)
from indexer.training.fine_tune import fine_tune
from indexer.training.student import cut_down, distil, tokens_to_keep
from indexer.training.trainer import SEED

_ROUNDS = 2
_TEACHER_STEPS = 400  # of 719, as the shipped model was made; more were not tried
_STUDENT_LAYERS = (0, 1, 2, 3, 5, 7, 9, 11)
_STUDENT_TOKENS = 12_000
_SHIPPED_LAYERS = (0, 2, 5, 7)  # of the student's
_STATUTES_TO_DISTIL, _STATUTES_TO_DISTIL_AGAIN = 4000, 5000
_STATUTE_LENGTH = 120  # characters
_LAST_QUESTIONS, _LAST_PASSAGES = 4000, 1000  # triples


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where things are: the benchmark to train on, a folder for the stages, the result."""

    benchmark: Path
    stages: Path
    target: Path
    threads: int


@dataclass(frozen=True, slots=True)
class _Lessons:
    """Texts whose vectors a student learns to give: passages, questions, statutory articles."""

    own: Sequence[str]
    queries: Sequence[str]
    statutes: Sequence[str]

    @property
    def all(self) -> list[str]:
        """Every text without its prefix."""
        return [*self.own, *self.queries, *self.statutes]

    def by_kind(self, statutes: int) -> dict[str, list[str]]:
        """The texts with their prefixes, with a random choice of that many statutory articles."""
        chosen = random.Random(SEED).sample(self.statutes, min(statutes, len(self.statutes)))
        return {
            "questions": [f"query: {text}" for text in self.queries],
            "passages": [f"passage: {text}" for text in self.own],
            "statutes": [f"passage: {text}" for text in chosen],
        }


def main() -> None:
    """Read the command line and cook."""
    parser = argparse.ArgumentParser(prog="python -m indexer.training", description=__doc__)
    parser.add_argument("--benchmark", type=Path, required=True, help="lay_questions, statutes")
    parser.add_argument("--stages", type=Path, default=Path("build/training"))
    parser.add_argument("--target", type=Path, default=SHIPPED_MODEL)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    train(Recipe(given.benchmark, given.stages, given.target, given.threads))


def train(recipe: Recipe) -> None:
    """Run all stages; a stage whose folder exists is not repeated.

    Raises:
        OSError: the benchmark is missing, or a folder can't be written.
    """
    settings = IndexSettings(model=BASE_MODEL)
    base = Path(resolve_model(settings))
    sources = load_sources(settings.sources_folder)
    units = list(units_of(prepare_edition(sources)))
    clauses = _asked_clauses(base, units, recipe)
    chance = random.Random(SEED)
    questions, passages = question_triples(clauses, _ROUNDS, chance)
    articles, lay = read_statutes(recipe.benchmark), read_lay_questions(recipe.benchmark)
    teacher = recipe.stages / "teacher"
    if not teacher.exists():
        fine_tune(
            base,
            {
                "questions": questions,
                "passages": passages[: len(passages) // 2],
                "statutes": statute_triples(articles, lay, _ROUNDS, chance),
            },
            teacher,
            stop_after=_TEACHER_STEPS,
            threads=recipe.threads,
        )
    lessons = _Lessons(
        own=[p.text for at, unit in enumerate(units) for p in passages_of(unit, at)],
        queries=[*clauses.questions, *(entry["question"] for entry in lay)],
        statutes=[article["text"][:_STATUTE_LENGTH] for article in articles],
    )
    student = _student(recipe, teacher, lessons)
    chance = random.Random(SEED)  # the same whether or not the stages before were run
    last = recipe.stages / "last"
    if not last.exists():
        fine_tune(
            student,
            {
                "questions": chance.sample(questions, _LAST_QUESTIONS),
                "passages": chance.sample(passages, _LAST_PASSAGES),
            },
            last,
            learning_rate=2e-5,
            threads=recipe.threads,
        )
    shipped = _shipped(recipe, last, lessons)
    card = (recipe.target / "README.md").read_bytes() if recipe.target.exists() else b""
    cut_down(shipped, recipe.target, range(len(_SHIPPED_LAYERS)))
    (recipe.target / "README.md").write_bytes(card)


def _student(recipe: Recipe, teacher: Path, lessons: _Lessons) -> Path:
    """Fewer layers and fewer words than the teacher, taught by it."""
    student, beginner = recipe.stages / "student", recipe.stages / "beginner"
    if not student.exists():
        kept = tokens_to_keep(teacher / "tokenizer.json", lessons.all, _STUDENT_TOKENS)
        cut_down(teacher, beginner, _STUDENT_LAYERS, kept)
        texts = lessons.by_kind(_STATUTES_TO_DISTIL)
        distil(teacher, beginner, texts, student, threads=recipe.threads)
    return student


def _shipped(recipe: Recipe, last: Path, lessons: _Lessons) -> Path:
    """Half the layers of the student after its last round, taught by it."""
    shipped, beginner = recipe.stages / "shipped", recipe.stages / "beginner-of-few-layers"
    if not shipped.exists():
        cut_down(last, beginner, _SHIPPED_LAYERS)
        distil(
            last,
            beginner,
            lessons.by_kind(_STATUTES_TO_DISTIL_AGAIN),
            shipped,
            frozen_layers=0,
            epochs=3,
            learning_rate=4e-4,
            threads=recipe.threads,
        )
    return shipped


def _asked_clauses(base: Path, units: Sequence[Unit], recipe: Recipe) -> AskedClauses:
    encoder = SentenceTransformerEncoder(str(base), recipe.threads)
    vectors = recipe.stages / "vectors"
    return AskedClauses.of(
        [unit for unit in units if unit.asked_as],
        VectorCache(vectors, encoder, "question").encode,
        VectorCache(vectors, encoder).encode,
    )


if __name__ == "__main__":
    main()
