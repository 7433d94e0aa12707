from __future__ import annotations

from datetime import date

import pytest

from corpus.citations import mentions
from corpus.model import Compilation
from corpus.quotation import citation_text
from corpus.validity import Status, Validity, validity_of


@pytest.mark.parametrize(
    ("document", "day", "status"),
    [
        ("云政办发-2019-69", date(2021, 6, 1), Status.IN_FORCE),
        ("云政办发-2019-69", date(2022, 1, 1), Status.TERM_OVER),
        ("云南省中小企业促进条例", date(2021, 9, 30), Status.NOT_YET),
        ("云南省中小企业促进条例", date(2021, 10, 1), Status.IN_FORCE),
        ("云人社发-2019-4", date(2021, 1, 1), Status.UNSTATED),
    ],
)
def test_the_standing_follows_the_printed_words(
    compilation: Compilation, document: str, day: date, status: Status
) -> None:
    assert validity_of(compilation.documents)[document].status(day) is status


def test_a_delay_after_publication_counts_from_the_date(compilation: Compilation) -> None:
    validity = validity_of(compilation.documents)["云财规-2019-3"]
    assert validity.begins == date(2019, 9, 29)
    assert validity.basis == ("本办法自向社会公布之日起30日后施行",)


def test_a_repealed_document_stays_repealed() -> None:
    validity = Validity(begins=date(2020, 1, 1), repealed_by="云人社通-2021-22")
    assert validity.status(date(2030, 1, 1)) is Status.REPEALED


def test_numbers_that_a_document_names_are_found(compilation: Compilation) -> None:
    document = compilation.by_id["云人社通-2021-22"]
    named = {str(mention.number) for mention in mentions(document)}
    assert {"云政发〔2021〕2号", "云政办发〔2019〕69号", "云人社通〔2020〕41号"} <= named


def test_a_citation_reads_as_officials_write_it(compilation: Compilation) -> None:
    document = compilation.by_id["云教发-2018-181"]
    provision = document.by_id["云教发-2018-181:第七条.(三)"]
    assert citation_text(document, provision) == (
        "《云南省教育厅等六部门关于印发〈云南省职业学校校企合作促进办法〉的通知》"
        "(云教发〔2018〕181号)第七条第(三)项"
    )
