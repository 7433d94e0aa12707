"""What people call the occupations of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.catalogue import CatalogueEntry, catalogue_of
from corpus.model import Compilation
from corpus.occupation_names import OccupationNameError, load_occupation_names


@pytest.fixture(scope="module")
def catalogue(compilation: Compilation) -> tuple[CatalogueEntry, ...]:
    return catalogue_of(compilation.by_id["云人社通-2021-22"])


def test_most_occupations_have_everyday_names(catalogue: tuple[CatalogueEntry, ...]) -> None:
    sayings = load_occupation_names(catalogue)
    assert len(sayings) >= 700
    assert "维修电工" in sayings["电工"]
    assert {name for name, said in sayings.items() if "厨师" in said} == {
        "中式烹调师",
        "西式烹调师",
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- {name: 宇航员, say: [开飞船的]}", "目录中没有“宇航员”"),
        ("- {name: 电工, say: [水电工]}\n- {name: 电工, say: [搞电的]}", "“电工”重复"),
        ("- {name: 电工, say: [水电工, 水电工]}", "“电工”的叫法有重复"),
        ("- {name: 电工, say: [电工]}", "“电工”的叫法有重复"),
        ("- {name: 电工, say: []}", "第 0.say 处有误"),
        ("- {name: 电工, say: ['  ']}", "第 0.say.0 处有误"),
        ("- {name: 电工, says: [水电工]}", "处有误"),
        ("- {name: 电工", "不是有效的 YAML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(
    catalogue: tuple[CatalogueEntry, ...], tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OccupationNameError, match=r"^names\.yaml") as error:
        load_occupation_names(catalogue, path)
    assert complaint in str(error.value)


def test_an_empty_file_names_nothing(catalogue: tuple[CatalogueEntry, ...], tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text("", encoding="utf-8")
    assert load_occupation_names(catalogue, path) == {}
