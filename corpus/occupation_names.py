"""How people call the occupations of the catalogues: 泥水匠 for 砌筑工, 开挖机的 for 挖掘机操作.

``annotations/benefits/occupations/names.yaml`` is kept by hand; a saying may belong to several
occupations (厨师), and each occupation that it names has to stand in a catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from corpus.benefits.annotations import BENEFITS_FOLDER, BenefitRuleError, read_entries
from corpus.benefits.facts import Strict
from corpus.catalogue import CatalogueEntry

OCCUPATION_NAMES = BENEFITS_FOLDER / "occupations" / "names.yaml"


class OccupationName(Strict):
    """One occupation by its bare name, and the words that people say for it."""

    name: str = Field(min_length=1)
    say: tuple[Annotated[str, Field(min_length=2)], ...] = Field(min_length=1)


def load_occupation_names(
    catalogue: Iterable[CatalogueEntry], path: Path = OCCUPATION_NAMES
) -> Mapping[str, tuple[str, ...]]:
    """Sayings by bare name (``CatalogueEntry.name``).

    Raises:
        BenefitRuleError: the file is malformed, an occupation isn't in the catalogue or stands
            there twice, or a saying is empty, repeated or the name itself.
    """
    known = {entry.name for entry in catalogue}
    sayings: dict[str, tuple[str, ...]] = {}
    for each in read_entries(path, OccupationName):
        if each.name not in known:
            raise BenefitRuleError(f"{path.name}:目录中没有“{each.name}”。请核对名称。")
        if each.name in sayings:
            raise BenefitRuleError(f"{path.name}:“{each.name}”重复。请合并。")
        if len({each.name, *each.say}) <= len(each.say):
            raise BenefitRuleError(f"{path.name}:“{each.name}”的叫法有重复。请删去重复的。")
        sayings[each.name] = each.say
    return sayings
