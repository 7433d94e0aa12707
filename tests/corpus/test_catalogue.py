"""Catalogues of occupations as entries with their rates."""

from __future__ import annotations

import pytest

from corpus.catalogue import CatalogueEntry, catalogue_of
from corpus.model import Compilation
from corpus.skill_levels import LEVEL_BY_NAME

CATALOGUE_2021 = "云人社通-2021-22"


@pytest.fixture(scope="module")
def entries(compilation: Compilation) -> tuple[CatalogueEntry, ...]:
    return catalogue_of(compilation.by_id[CATALOGUE_2021])


def entry(entries: tuple[CatalogueEntry, ...], number: str) -> CatalogueEntry:
    return next(e for e in entries if e.provision_id == f"{CATALOGUE_2021}:{number}")


def test_every_entry_is_priced_at_each_level_or_flat(entries: tuple[CatalogueEntry, ...]) -> None:
    assert len(entries) == 818
    for each in entries:
        assert set(each.amounts) in ({None}, set(LEVEL_BY_NAME))
        assert all(amount >= 300 for amount in each.amounts.values())


def test_a_grid_prices_by_the_section_of_the_entry(entries: tuple[CatalogueEntry, ...]) -> None:
    electrician = entry(entries, "附件2.第112行")
    assert (electrician.name, electrician.starred) == ("电工", False)
    assert electrician.amounts["中级"] == 2000
    assert entry(entries, "附件1.第6行").amounts["中级"] == 1800  # 服务类


def test_stars_and_remarks_are_kept_apart_from_the_name(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    nurse = entry(entries, "附件4.第175行")
    assert (nurse.name, nurse.starred, nurse.amounts) == ("医疗护理员", True, {None: 1400})
    assert nurse.remark.startswith("以老年患者、孕产妇和新生儿患者")
    coach = entry(entries, "附件1.第9行")
    assert (coach.name, coach.remark) == ("社会体育指导员", "游泳、滑雪、潜水、攀岩")
