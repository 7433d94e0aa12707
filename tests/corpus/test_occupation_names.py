"""What people call the occupations of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.benefits.annotations import BENEFITS_FOLDER, BenefitRuleError
from corpus.benefits.loading import load_benefits
from corpus.catalogue import CatalogueEntry, catalogue_of
from corpus.edition import Edition
from corpus.model import Compilation
from corpus.occupation_names import load_occupation_names
from indexer.search import SearchIndex


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
    with pytest.raises(BenefitRuleError, match=r"^names\.yaml") as error:
        load_occupation_names(catalogue, path)
    assert complaint in str(error.value)


def test_an_empty_file_names_nothing(catalogue: tuple[CatalogueEntry, ...], tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text("", encoding="utf-8")
    assert load_occupation_names(catalogue, path) == {}


def test_the_sayings_are_part_of_the_edition_and_of_the_index(
    catalogue: tuple[CatalogueEntry, ...], edition: Edition, index: SearchIndex
) -> None:
    assert edition.benefits.catalogues == ("云人社通-2021-22",)
    assert edition.benefits.sayings == load_occupation_names(catalogue)
    assert index.store.benefit_rules() == edition.benefits


def test_a_wrong_name_stops_the_build(edition: Edition, tmp_path: Path) -> None:
    folder = tmp_path / "benefits"
    folder.mkdir()
    for name in ("facts", "云人社通-2021-22.yaml"):
        (folder / name).symlink_to(BENEFITS_FOLDER / name)
    (folder / "occupations").mkdir()
    names = folder / "occupations" / "names.yaml"
    names.write_text("- {name: 宇航员, say: [开飞船的]}", encoding="utf-8")
    with pytest.raises(BenefitRuleError, match="目录中没有“宇航员”"):
        load_benefits(edition.documents, folder)


def test_a_file_that_cannot_be_read_is_named(
    catalogue: tuple[CatalogueEntry, ...], tmp_path: Path
) -> None:
    with pytest.raises(BenefitRuleError, match=r"无法读取 names\.yaml"):
        load_occupation_names(catalogue, tmp_path / "names.yaml")
    (tmp_path / "names.yaml").write_bytes("- {name: 电工, say: [水电工]}".encode("gb18030"))
    with pytest.raises(BenefitRuleError, match="不是 UTF-8"):
        load_occupation_names(catalogue, tmp_path / "names.yaml")
