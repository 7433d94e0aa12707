"""``python -m indexer.training --benchmark DIR``: make the shipped model again, from nothing.

The recipe in order: the base model fine-tuned by contrast (the teacher), a student of fewer layers
and fewer words taught by it, a last round of contrast. Everything is seeded; results of two
machines differ in the last digits only. What each stage reached is in the model card.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.edition import prepare_edition
from corpus.sources import load_sources
from indexer.embedding.encoder import SHIPPED_MODEL, SentenceTransformerEncoder, resolve_model
from indexer.embedding.vector_cache import VectorCache
from indexer.passages import Unit, passages_of, units_of
from indexer.settings import BASE_MODEL, IndexSettings
from indexer.training.examples import AskedClauses, question_triples, statute_triples
from indexer.training.fine_tune import fine_tune
from indexer.training.student import cut_down, distil, tokens_to_keep

_SEED = 20261123
_ROUNDS = 2
_TEACHER_STEPS = 400  # of 720; the rest of the pass was not worth its time
_STUDENT_LAYERS = (0, 1, 2, 3, 5, 7, 9, 11)
_STUDENT_TOKENS = 12_000
_STATUTES_TO_DISTIL = 4000
_STATUTE_LENGTH = 120  # characters
_LAST_QUESTIONS, _LAST_PASSAGES = 4000, 1000  # triples


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where things are: the benchmark to train on, a folder for the stages, the result."""

    benchmark: Path
    stages: Path
    target: Path
    threads: int


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
    chance = random.Random(_SEED)
    questions, passages = question_triples(clauses, _ROUNDS, chance)
    statutes = statute_triples(recipe.benchmark, _ROUNDS, chance)
    teacher = recipe.stages / "teacher"
    if not teacher.exists():
        fine_tune(
            base,
            {
                "questions": questions,
                "passages": passages[: len(passages) // 2],
                "statutes": statutes,
            },
            teacher,
            stop_after=_TEACHER_STEPS,
            threads=recipe.threads,
        )
    student = recipe.stages / "student"
    if not student.exists():
        _teach(teacher, student, units, clauses, recipe)
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
    card = (recipe.target / "README.md").read_bytes() if recipe.target.exists() else b""
    cut_down(last, recipe.target, range(len(_STUDENT_LAYERS)))
    (recipe.target / "README.md").write_bytes(card)


def _asked_clauses(base: Path, units: Sequence[Unit], recipe: Recipe) -> AskedClauses:
    encoder = SentenceTransformerEncoder(str(base), recipe.threads)
    vectors = recipe.stages / "vectors"
    return AskedClauses.of(
        [unit for unit in units if unit.asked_as],
        VectorCache(vectors, encoder, "question").encode,
        VectorCache(vectors, encoder).encode,
    )


def _teach(
    teacher: Path, target: Path, units: Sequence[Unit], clauses: AskedClauses, recipe: Recipe
) -> None:
    own = [p.text for at, unit in enumerate(units) for p in passages_of(unit, at)]
    statutes = list(_statutes(recipe.benchmark))
    lay = list(_train_questions(recipe.benchmark))
    kept = tokens_to_keep(
        teacher / "tokenizer.json", [*own, *clauses.questions, *lay, *statutes], _STUDENT_TOKENS
    )
    beginner = recipe.stages / "beginner"
    cut_down(teacher, beginner, _STUDENT_LAYERS, kept)
    chosen = random.Random(_SEED).sample(statutes, min(_STATUTES_TO_DISTIL, len(statutes)))
    texts = {
        "questions": [f"query: {text}" for text in (*clauses.questions, *lay)],
        "passages": [f"passage: {text}" for text in own],
        "statutes": [f"passage: {text}" for text in chosen],
    }
    distil(teacher, beginner, texts, target, threads=recipe.threads)


def _statutes(benchmark: Path) -> Iterator[str]:
    with gzip.open(benchmark / "statutes.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"][:_STATUTE_LENGTH]


def _train_questions(benchmark: Path) -> Iterator[str]:
    for line in (benchmark / "lay_questions.jsonl").read_text(encoding="utf-8").splitlines():
        entry: dict[str, str] = json.loads(line)
        if entry["split"] == "train":
            yield entry["question"]


if __name__ == "__main__":
    main()
