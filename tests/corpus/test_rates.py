"""Rates find the catalogue entries that they price."""

from __future__ import annotations

import pytest

from corpus.edition import Edition


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("附件1.第1行", "附件1.第5行", "四级(中级工水平)培训费补贴标准2000元"),
        ("附件1.第6行", "附件1.第12行", "四级(中级工水平)培训费补贴标准1800元"),
        ("附件2.第1行", "附件2.第350行", "五级(初级工水平)培训费补贴标准1600元"),
        ("附件2.第351行", "附件2.第512行", "五级(初级工水平)培训费补贴标准1400元"),
        ("附件3.第1行", "附件3.第76行", "补贴标准900元/人"),
        ("附件3.第77行", "附件3.第96行", "补贴标准800元/人"),
        ("附件4.第1行", "附件4.第148行", "补贴标准 800 元/人"),
        ("附件4.第149行", "附件4.第173行", "补贴标准700元/人"),
        ("附件4.第174行", "附件4.第174行", "补贴标准1200元/人"),
        ("附件4.第175行", "附件4.第175行", "补贴标准1400元/人"),
        ("附件4.第186行", "附件4.第189行", "补贴标准 1400 元/人"),
        ("附件4.第195行", "附件4.第198行", "补贴标准 300 元/人"),
    ],
)
def test_each_entry_has_the_rate_of_its_section_grid_or_itself(
    edition: Edition, first: str, last: str, says: str
) -> None:
    (apparatus,) = edition.apparatus.values()
    for name in (first, last):
        (rate,) = apparatus.rates[f"云人社通-2021-22:{name}"]
        assert says in rate.text


def test_every_entry_of_the_catalogues_has_a_rate(edition: Edition) -> None:
    (apparatus,) = edition.apparatus.values()
    assert len(apparatus.rates) == 12 + 512 + 96 + 198


def test_a_list_without_amounts_has_no_rates(edition: Edition) -> None:
    (apparatus,) = edition.apparatus.values()
    assert not any(name.startswith("云人社通-2021-41") for name in apparatus.rates)
