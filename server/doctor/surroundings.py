"""Checks of what the collection runs on: Python, packages, disk, language models."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import DianceError, LanguageModelError
from indexer.generation.settings import endpoint_of
from indexer.index_folder import current_build, read_manifest
from indexer.language_model.endpoint import Endpoint
from indexer.language_model.reach import why_unreachable
from indexer.settings import IndexSettings
from server.answering.wording_settings import wording_endpoint
from server.doctor.finding import Finding, Severity
from server.settings import ServerSettings

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_OLDEST_PYTHON = (3, 11)
_MEBIBYTE = 1024 * 1024
_BUILD_NEEDS = 300  # MiB: model, vectors, and an index beside the one in use
_COMFORTABLE = 1024  # MiB
_INSTALL = "请在项目目录运行 pip install -c constraints.txt -e . (或 make build)。"


def examine_surroundings(settings: ServerSettings) -> Iterator[Finding]:
    """From the interpreter to the services that the settings name; nothing is changed."""
    yield _examine_python()
    yield from _examine_packages()
    yield from _examine_versions_of_build(settings)
    yield _examine_disk(settings.data_folder)
    yield from _examine_language_models(settings)


def _examine_python() -> Finding:
    version = platform.python_version()
    if sys.version_info < _OLDEST_PYTHON:
        wanted = ".".join(map(str, _OLDEST_PYTHON))
        message = (
            f"{version} 太旧,需要 {wanted} 以上。请安装后运行 make PYTHON=python{wanted} build。"
        )
        return Finding("Python", Severity.FAULT, message)
    return Finding("Python", Severity.OK, f"{version}({platform.platform(terse=True)})")


def _examine_packages() -> Iterator[Finding]:
    try:
        requirements = metadata.requires("diance") or []
    except metadata.PackageNotFoundError:
        yield Finding("依赖", Severity.NOTE, f"没有按软件包安装,无法核对依赖版本。{_INSTALL}")
        return
    if faults := unmet(requirements):
        yield Finding("依赖", Severity.FAULT, f"{';'.join(faults)}。{_INSTALL}")
    else:
        needed = len(_needed(requirements))
        yield Finding("依赖", Severity.OK, f"{needed} 个软件包的版本都符合要求")


def unmet(requirements: Iterable[str]) -> list[str]:
    """Which requirements (PEP 508) what is installed doesn't meet; extras are not asked for."""
    faults: list[str] = []
    for requirement in _needed(requirements):
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            faults.append(f"缺少 {requirement.name}")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{requirement.name} 是 {version},需要 {requirement.specifier}")
    return faults


def _needed(requirements: Iterable[str]) -> list[Requirement]:
    """Those that hold on this machine."""
    from packaging.requirements import Requirement  # noqa: PLC0415  (no other command needs it)

    every = map(Requirement, requirements)
    return [each for each in every if each.marker is None or each.marker.evaluate({"extra": ""})]


def _examine_versions_of_build(settings: IndexSettings) -> Iterator[Finding]:
    """An index made by other versions works; words may be cut and numbers rounded otherwise."""
    try:
        built_with = read_manifest(current_build(settings.index_folder)).packages
    except DianceError:
        return  # the check of the index says so
    changed = [
        f"{name} {version} 现为 {now}"
        for name, version in built_with.items()
        if (now := _installed(name)) != version
    ]
    if changed:
        message = f"索引建立以后换了版本:{'、'.join(changed)}。建议运行 diance build --force。"
        yield Finding("依赖", Severity.NOTE, message)


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "没有安装"


def _examine_disk(folder: Path) -> Finding:
    existing = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(existing).free // _MEBIBYTE
    message = f"{existing} 所在磁盘剩余 {free:,} MB"
    cure = "请清理磁盘,或用 DIANCE_DATA_FOLDER 指定别处的目录。"
    if free < _BUILD_NEEDS:
        message += f",不够建立索引(约需 {_BUILD_NEEDS} MB)。{cure}"
        return Finding("磁盘", Severity.FAULT, message)
    if free < _COMFORTABLE:
        return Finding("磁盘", Severity.NOTE, f"{message},不多了。{cure}")
    return Finding("磁盘", Severity.OK, message)


def _examine_language_models(settings: ServerSettings) -> Iterator[Finding]:
    """Services that are set; none has to be."""
    uses: tuple[tuple[str, str, Callable[[], Endpoint]], ...] = (
        ("组织文字的模型", settings.answer_url, lambda: wording_endpoint(settings)),
        ("生成问法的模型", settings.generator_url, lambda: endpoint_of(settings)),
    )
    is_set = [(subject, open_endpoint) for subject, url, open_endpoint in uses if url.strip()]
    if not is_set:
        yield Finding("语言模型", Severity.OK, "没有设置;检索和回答都不需要")
    for subject, open_endpoint in is_set:
        yield _examine_endpoint(subject, open_endpoint)


def _examine_endpoint(subject: str, open_endpoint: Callable[[], Endpoint]) -> Finding:
    try:
        endpoint = open_endpoint()
    except LanguageModelError as error:
        return Finding(subject, Severity.FAULT, str(error))
    if why := why_unreachable(endpoint):
        message = (
            f"连不上 {endpoint.url}({why})。请检查 {endpoint.variables}_URL、"
            "网络和代理,以及服务是否已经启动。"
        )
        return Finding(subject, Severity.FAULT, message)
    key = "已设密钥" if endpoint.key else "没有密钥"
    message = f"{endpoint.model},{endpoint.url} 可以连接,{key}(检查时没有发送密钥和内容)"
    return Finding(subject, Severity.OK, message)
