"""Asked-as questions that an index hasn't seen: short questions that the compilation does answer.

The questions of ``eval/datasets`` tell a case, in 32 characters on the mean; people also type
half of that. So that a judge of answerability doesn't take brevity for a sign, some asked-as
questions are held out: of a sampled clause a few stay in the index, of the others one is asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from corpus.asked_as import QUESTIONS_FOLDER
from indexer.settings import IndexSettings

_KEPT = 3
_ONE_IN = 7  # clauses with enough questions


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question that the clause ``provision_id`` answers and that its index doesn't have."""

    provision_id: str
    question: str


class HeldOutSettings(IndexSettings):
    """Settings of the index without the held-out questions, beside the one in use."""

    @property
    def index_folder(self) -> Path:
        """Within the data folder, which keeps the vectors for both."""
        return self.data_folder / "held-out" / "index"


def hold_out(
    settings: IndexSettings, folder: Path = QUESTIONS_FOLDER
) -> tuple[HeldOutSettings, tuple[HeldOut, ...]]:
    """Write the files of questions without those held out; the settings build an index of them.

    Which clauses are sampled depends on their identifiers alone.
    """
    kept_folder = settings.data_folder / "held-out" / "questions"
    kept_folder.mkdir(parents=True, exist_ok=True)
    held_out: list[HeldOut] = []
    for file in sorted(folder.glob("*.jsonl")):
        lines = []
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            questions = entry["asked_as"]
            if len(questions) > _KEPT and share_of(entry["id"]) < 1 / _ONE_IN:
                held_out.append(HeldOut(entry["id"], questions[_KEPT]))
                entry["asked_as"] = questions[:_KEPT]
            lines.append(json.dumps(entry, ensure_ascii=False))
        (kept_folder / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    variant = HeldOutSettings(**{**settings.model_dump(), "questions_folder": kept_folder})
    return variant, tuple(held_out)


def share_of(name: str) -> float:
    """A number from 0 to 1 that depends on ``name`` alone: for samples that stay the same."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32
