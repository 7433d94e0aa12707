"""How people call the occupations of the catalogues: 泥水匠 for 砌筑工, 开挖机的 for 挖掘机操作.

``annotations/benefits/occupations/names.yaml`` is kept by hand; a saying may belong to several
occupations (厨师), and each occupation that it names has to stand in a catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from corpus.benefits.facts import Strict
from corpus.benefits.loading import BENEFITS_FOLDER
from corpus.catalogue import CatalogueEntry

OCCUPATION_NAMES = BENEFITS_FOLDER / "occupations" / "names.yaml"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class OccupationNameError(ValueError):
    """The file of sayings is malformed or names no occupation; the message (Chinese) says which."""


class OccupationName(Strict):
    """One occupation by its bare name, and the words that people say for it."""

    name: str = Field(min_length=1)
    say: tuple[Annotated[str, Field(min_length=2)], ...] = Field(min_length=1)


def load_occupation_names(
    catalogue: Iterable[CatalogueEntry], path: Path = OCCUPATION_NAMES
) -> Mapping[str, tuple[str, ...]]:
    """Sayings by bare name (``CatalogueEntry.name``).

    Raises:
        OccupationNameError: the file is malformed, an occupation isn't in the catalogue or stands
            there twice, or a saying is empty, repeated or the name itself.
    """
    known = {entry.name for entry in catalogue}
    sayings: dict[str, tuple[str, ...]] = {}
    for each in _read(path):
        if each.name not in known:
            raise OccupationNameError(f"{path.name}:目录中没有“{each.name}”。请核对名称。")
        if each.name in sayings:
            raise OccupationNameError(f"{path.name}:“{each.name}”重复。请合并。")
        if len({each.name, *each.say}) <= len(each.say):
            raise OccupationNameError(f"{path.name}:“{each.name}”的叫法有重复。请删去重复的。")
        sayings[each.name] = each.say
    return sayings


def _read(path: Path) -> list[OccupationName]:
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        return TypeAdapter(list[OccupationName]).validate_python(entries or [])
    except yaml.YAMLError as error:
        raise OccupationNameError(f"{path.name} 不是有效的 YAML:{error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise OccupationNameError(f"{path.name} 第 {place} 处有误:{first['msg']}") from None
