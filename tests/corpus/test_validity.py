"""From when to when: documents, clauses, the rows of dated lists."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from corpus.edition import Edition
from corpus.validity import Period, Status, Validity, periods_of, status_of
from eval.questions import DATASETS

READ_BY_HAND: list[dict[str, Any]] = json.loads(
    (DATASETS / "reading" / "documents.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("document", "day", "status"),
    [
        ("云政办发-2019-69", date(2018, 1, 1), Status.NOT_YET),
        ("云政办发-2019-69", date(2021, 6, 1), Status.IN_FORCE),
        ("云政办发-2019-69", date(2022, 1, 1), Status.TERM_OVER),
        ("云南省中小企业促进条例", date(2021, 9, 30), Status.NOT_YET),
        ("云南省中小企业促进条例", date(2021, 10, 1), Status.IN_FORCE),
        ("云人社发-2019-4", date(2021, 1, 1), Status.UNSTATED),
        ("云人社通-2019-125", date(2025, 1, 1), Status.UNSTATED),
    ],
)
def test_the_standing_follows_the_printed_words(
    edition: Edition, document: str, day: date, status: Status
) -> None:
    assert edition.validity[document].status(day) is status


def test_what_documents_say_of_their_own_force_is_read(edition: Edition) -> None:
    """All of them, read by a person; years in a title are those of a plan."""
    for expected in READ_BY_HAND:
        names = (expected["doc"], expected["title"])
        document = next(d for d in edition.documents if d.doc_number in names or d.title in names)
        stated = edition.validity[document.id].stated
        effective = expected["effective"]
        found = (str(stated.begins), stated.ends) if stated else None
        assert found == ((effective["from"], effective["to"]) if effective else None), names
        if stated is not None:
            assert stated.words.rstrip("。") in effective["quote"]


def test_a_delay_after_publication_counts_from_the_date(edition: Edition) -> None:
    stated = edition.validity["云财规-2019-3"].stated
    assert stated is not None
    assert (stated.begins, stated.words) == (
        date(2019, 9, 29),
        "本办法自向社会公布之日起30日后施行",
    )


def test_years_of_another_document_in_a_title_are_not_its_own(edition: Edition) -> None:
    assert edition.validity["云人社通-2019-125"].plan is None
    plan = edition.validity["云政发-2017-40"].plan
    assert plan is not None
    assert (plan.begins, plan.ends) == (date(2017, 1, 1), date(2020, 12, 31))


def test_a_repealed_document_stays_repealed() -> None:
    validity = Validity(repealed_by="云人社通-2021-22")
    assert validity.status(date(2030, 1, 1)) is Status.REPEALED


@pytest.mark.parametrize(
    ("clause", "begins", "ends"),
    [
        ("云人社发-2018-54:三", "2019-01-01", "2019-12-31"),
        ("云人社发-2018-54:附件.第1行", "2019-01-01", "2019-12-31"),
        ("云人社通-2021-22:附件2.第112行", "2021-01-01", "2021-12-31"),
        ("云发改社会-2020-454:四.(一).1", "2019-01-01", None),
        ("云人社通-2021-22:十五", "2021-01-01", "2021-12-31"),
        ("云卫职健发-2019-3:二.(三)", "2020-01-01", "2020-09-30"),
    ],
)
def test_a_clause_has_the_term_that_its_words_or_its_list_state(
    edition: Edition, clause: str, begins: str, ends: str | None
) -> None:
    (apparatus,) = edition.apparatus.values()
    period = apparatus.periods[clause]
    assert str(period.begins) == begins
    assert (str(period.ends) if period.ends else None) == ends


def test_a_time_without_dates_is_shown_and_decides_nothing(edition: Edition) -> None:
    (apparatus,) = edition.apparatus.values()
    period = apparatus.periods["云人社发-2020-15:二.(一)"]
    assert (period.words, period.is_dated) == ("疫情防控期间", False)
    assert status_of([period], date(2026, 1, 1)) is Status.UNSTATED


def test_the_words_of_a_term_stand_in_the_clause_that_states_it(edition: Edition) -> None:
    provisions = {p.id: p for d in edition.documents for p in d.provisions}
    for document in edition.documents:
        for period in periods_of(document).values():
            if period.provision_id is not None:
                assert period.words in provisions[period.provision_id].text


def test_the_narrower_of_two_terms_decides() -> None:
    document = Period(date(2020, 1, 1), None, "")
    clause = Period(None, date(2020, 12, 31), "")
    assert status_of([document, clause], date(2020, 6, 1)) is Status.IN_FORCE
    assert status_of([document, clause], date(2021, 1, 1)) is Status.TERM_OVER
    assert status_of([document, clause], date(2019, 1, 1)) is Status.NOT_YET
