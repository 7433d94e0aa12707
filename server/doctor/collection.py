"""Checks of sources, annotations, model and index."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from corpus.asked_as import AskedAsError
from corpus.benefits.annotations import BenefitRuleError
from corpus.coverage import coverage_of
from corpus.edition import prepare_edition
from corpus.errata import ErrataError, load_errata
from corpus.generated_questions import load_generated
from corpus.model import Compilation
from corpus.parser import parse_source
from corpus.sources import Source, SourceError, load_sources
from corpus.sources.added import unlisted
from indexer.embedding.encoder import resolve_model
from indexer.errors import DianceError
from indexer.index_folder import Manifest, first_whole, read_manifest
from indexer.ingest import QuestionCounts
from indexer.passages import units_of, wants_questions
from indexer.settings import IndexSettings
from server.doctor.finding import Finding, Severity

_PLACES = {
    "provision:clause": "条款",
    "provision:paragraph": "段落",
    "provision:table_row": "表格行",
    "provision:table_head": "表头",
    "provision:title": "标题",
    "provision:number": "条款序号",
    "metadata:addressee": "主送机关",
    "metadata:adoption_note": "通过日期",
    "metadata:attachment_label": "附件标识",
    "metadata:attachment_list": "附件说明",
    "metadata:contact": "联系单位",
    "metadata:date": "成文日期",
    "metadata:doc_number": "文号",
    "metadata:part_title": "附件和印发文本的标题",
    "metadata:publicity": "公开属性",
    "metadata:signature": "署名",
    "furniture:contents": "目录",
    "furniture:cover": "封面",
    "furniture:note": "脚注和尾注",
    "furniture:outside_documents": "文件以外",
    "furniture:page_number": "页码",
    "furniture:preface": "前言",
    "furniture:repeated_table_head": "重复的表头",
    "furniture:running_head": "页眉",
}
_MOST_SHOWN = 5


def examine_collection(settings: IndexSettings) -> Iterator[Finding]:
    """From the sources to the index; nothing is changed but the model's cache."""
    try:
        sources = load_sources(
            settings.sources_folder, settings.added_folder, settings.reading_limits
        )
    except SourceError as error:
        yield Finding("来源", Severity.FAULT, str(error))
        sources = ()
    for source in sources:
        yield from _examine_source(source, settings)
    yield from _examine_added_folder(settings.added_folder)
    yield from _examine_model(settings)
    yield from _examine_index(settings, sources)


def _examine_source(source: Source, settings: IndexSettings) -> Iterator[Finding]:
    try:
        errata = load_errata(source)
        yield Finding("勘误", Severity.OK, f"{len(errata)} 处,与原文逐条核对")
    except ErrataError as error:
        errata = ()
        yield Finding("勘误", Severity.FAULT, str(error))
    compilation = parse_source(source, errata)
    found = f"{source.file}:{len(compilation.documents)} 份文件"
    yield Finding("来源", Severity.OK, found)
    coverage = coverage_of(compilation)
    total = sum(coverage.characters.values())
    if coverage.is_exact:
        places = "".join(
            f"\n    {_PLACES.get(place, place)} {count}({count / total:.2%})"
            for place, count in coverage.characters.items()
        )
        yield Finding("归属", Severity.OK, f"{total} 个字符各有一处归属:{places}")
    for at in coverage.unplaced[:_MOST_SHOWN]:
        yield Finding("归属", Severity.FAULT, f"字符 {at} 没有归属:…{source.text[at : at + 20]}…")
    for at in coverage.doubled[:_MOST_SHOWN]:
        yield Finding("归属", Severity.FAULT, f"字符 {at} 归属重复:…{source.text[at : at + 20]}…")
    yield from _examine_questions(source, compilation, settings)
    for doubt in source.doubts:
        yield Finding("来源", Severity.NOTE, doubt)
    for warning in compilation.warnings:
        yield Finding("目录", Severity.NOTE, warning)


def _examine_questions(
    source: Source, compilation: Compilation, settings: IndexSettings
) -> Iterator[Finding]:
    """Which clauses have questions, by whom, and which have none; catalogue entries need none."""
    try:
        edition = prepare_edition([source], added_folder=settings.added_folder)
    except BenefitRuleError as error:
        yield Finding("待遇", Severity.FAULT, str(error))
        return
    except (ErrataError, AskedAsError) as error:
        yield Finding("问法", Severity.FAULT, str(error))
        return
    if edition.benefits.benefits:
        message = f"{len(edition.benefits.benefits)} 条规则,引文和数字都与条款核对过"
        yield Finding("待遇", Severity.OK, message)
    units = list(units_of(edition))
    counts = QuestionCounts.of(units)
    yield Finding("问法", Severity.OK, f"{counts.written} 个条款写有常见问法")
    if counts.machine_made:
        models = sorted({unit.asked_as.made_by for unit in units if unit.asked_as} - {""})
        message = f"另有 {counts.machine_made} 个条款的常见问法由机器生成({'、'.join(models)})"
        yield Finding("问法", Severity.OK, message)
    without: dict[str, list[str]] = {}
    for unit in units:
        if unit.asked_as is None and wants_questions(unit):
            without.setdefault(unit.document_id, []).append(unit.provision.label)
    for document_id, labels in without.items():
        name = compilation.by_id[document_id].doc_number or compilation.by_id[document_id].title
        shown = "、".join(labels[:_MOST_SHOWN]) + ("等" if len(labels) > _MOST_SHOWN else "")
        yield Finding("问法", Severity.NOTE, f"{name} 有 {len(labels)} 个条款没有问法:{shown}")
    yield from _examine_generated(source, compilation, {unit.id for unit in units}, settings)


def _examine_generated(
    source: Source, compilation: Compilation, citable: AbstractSet[str], settings: IndexSettings
) -> Iterator[Finding]:
    """Lines of generated questions that the build leaves out; the others do their work."""
    generated = load_generated(compilation, settings.added_folder)
    astray = sorted(generated.asked_as.keys() - citable)
    left_out = [*generated.left_out, *(f"条款 {name} 不能单独引用" for name in astray)]
    if left_out:
        shown = ";".join(left_out[:_MOST_SHOWN]) + (";等" if len(left_out) > _MOST_SHOWN else "")
        message = (
            f"{source.file} 有 {len(left_out)} 行机器生成的问法没有采用({shown})。"
            f"不影响检索;可运行 diance questions {source.file} 重新生成。"
        )
        yield Finding("问法", Severity.NOTE, message)


def _examine_added_folder(folder: Path) -> Iterator[Finding]:
    """Files that lie beside the added ones and aren't in the collection."""
    try:
        stray = unlisted(folder)
    except SourceError:
        return  # the check of the sources says so
    if stray:
        message = (
            f"目录 {folder} 中有没有收录的文件:{'、'.join(stray)}。"
            f"要收录请运行 diance ingest {folder / stray[0]};不需要的可以删除。"
        )
        yield Finding("来源", Severity.NOTE, message)


def _examine_model(settings: IndexSettings) -> Iterator[Finding]:
    try:
        yield Finding("模型", Severity.OK, f"{settings.model}({resolve_model(settings)})")
    except DianceError as error:
        yield Finding("模型", Severity.FAULT, str(error))


def _verified(build: Path) -> tuple[Path, Manifest]:
    return build, read_manifest(build, verify=True)


def _examine_index(settings: IndexSettings, sources: tuple[Source, ...]) -> Iterator[Finding]:
    try:
        (build, manifest), fault = first_whole(settings.index_folder, _verified)
    except DianceError as error:
        yield Finding("索引", Severity.FAULT, str(error))
        return
    counts = manifest.counts
    if fault is not None:
        message = f"{fault}在此之前使用较早的索引 {build.name}。"
        yield Finding("索引", Severity.FAULT, message)
    yield Finding("索引", Severity.OK, f"{build.name}:{counts['units']} 个检索单元,文件校验无误")
    if manifest.sources != {source.file: source.sha256 for source in sources}:
        yield Finding("索引", Severity.FAULT, "索引与来源文件不一致。请运行 diance build。")
    if manifest.model != settings.model:
        yield Finding(
            "索引", Severity.FAULT, f"索引使用的模型是 {manifest.model}。请运行 diance build。"
        )
