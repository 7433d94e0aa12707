from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.errata import ErrataError, load_errata
from corpus.model import Compilation
from corpus.quotation import place_errata, quote
from corpus.sources import Source


def write(folder: Path, source: Source, *entries: dict[str, object]) -> Path:
    path = folder / f"{Path(source.file).stem}.json"
    path.write_text(json.dumps({"errata": entries}, ensure_ascii=False), encoding="utf-8")
    return folder


def entry(line: int, printed: str, **more: object) -> dict[str, object]:
    return {"line": line, "printed": printed, "reading": "某", "certain": True, "why": "例"} | more


def test_every_erratum_stands_where_it_is_said_to(source: Source) -> None:
    errata = load_errata(source)
    assert len(errata) > 50
    for erratum in errata:
        assert erratum.span.of(source.text) == erratum.printed
        assert erratum.reading != erratum.printed
        assert erratum.why.strip()


def test_every_erratum_falls_into_a_clause(source: Source, compilation: Compilation) -> None:
    """All but those in metadata (signatures, lists of attachments) and in printed numbers."""
    errata = load_errata(source)
    placed = [
        found
        for document in compilation.documents
        for provision in document.provisions
        for found in place_errata(quote(source.text, [provision]), errata)
    ]
    elsewhere = [m.span for d in compilation.documents for m in d.metadata_spans]
    elsewhere += [
        p.marker_segment.span
        for document in compilation.documents
        for p in document.provisions
        if p.marker_segment is not None
    ]
    outside = [e for e in errata if any(s.start <= e.span.start < s.end for s in elsewhere)]
    assert len(placed) == len(errata) - len(outside)
    assert len(outside) < 10


def test_a_misprint_is_marked_in_the_text_which_stays_as_printed(
    source: Source, compilation: Compilation
) -> None:
    document = compilation.by_id["云发-2018-4"]
    quotation = quote(source.text, [document.by_id["云发-2018-4:附件.第10行"]])
    (erratum,) = place_errata(quotation, load_errata(source))
    assert "就与" in quotation.text[erratum.start : erratum.end] == erratum.printed
    assert "就业" in erratum.reading


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([entry(251, "这里没有的话")], "出现0次"),
        ([entry(251, "的")], "应为1次"),
        ([entry(251, "的", occurrence=999)], "没有第999处"),
        ([entry(99999, "的")], "没有第99999行"),
        ([entry(0, "的")], "没有第0行"),
        ([entry(251, "")], "出现0次"),
        ([entry(251, "促进就与的"), entry(251, "就与的办学")], "重叠"),
        ([{"line": 251}], "格式有误"),
    ],
)
def test_an_erratum_that_does_not_fit_is_refused(
    tmp_path: Path, source: Source, entries: list[dict[str, object]], words: str
) -> None:
    with pytest.raises(ErrataError, match=words):
        load_errata(source, write(tmp_path, source, *entries))


def test_a_malformed_file_is_one_clear_error(tmp_path: Path, source: Source) -> None:
    (tmp_path / f"{Path(source.file).stem}.json").write_text("{", encoding="utf-8")
    with pytest.raises(ErrataError, match="格式有误"):
        load_errata(source, tmp_path)


def test_a_source_without_errata_has_none(tmp_path: Path, source: Source) -> None:
    assert load_errata(source, tmp_path) == ()
