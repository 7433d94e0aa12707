"""Clauses by the way people name them: 第四条第(二)项, 二、(三), 附件2 第3行, in any typography."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document_number import chinese_to_int, fold_typed
from corpus.model import Document, Part, Provision
from indexer.store import Store

_N = r"(?:[一二三四五六七八九十百千零〇]{1,8}|\d{1,4})"
CLAUSE_START = re.compile(rf"第{_N}(?:分?编|[章节条款项目行段步类种])|附[件表]")
_STEPS = re.compile(
    rf"附[件表](?:{_N})?"
    rf"|第[(（]?(?P<number>{_N})[)）]?(?P<unit>分?编|[章节条款项目行段步类种])(?:之(?P<inserted>{_N}))?"
    rf"|[(（]{_N}[)）]"
    rf"|[①-⑳]"
    rf"|{_N}[、.．]?"
)
_LEADING = re.compile(rf"(?:\s*(?:{re.sub(r'[?]P<[a-z]+>', '?:', _STEPS.pattern)}))+")


def find_clause(store: Store, document: Document, typed: str) -> tuple[Document, Provision] | None:
    """The provision of ``document``, or of one that it forwards, that ``typed`` names."""
    if named := _labelled(store, document, typed):
        return named
    steps = steps_of(typed)
    for document_id in (document.id, *document.embedded_ids):
        whole = store.document(document_id)
        # To the document that forwards it, an embedded one is 附件.
        outer = document_id != document.id and steps[:1] and steps[0].startswith("附件")
        inner = steps[1:] if outer else steps
        if whole is None or not inner:
            continue
        provision = _find(whole, inner) or _find_without_articles(whole, inner)
        if provision is not None:
            return whole, provision
    return None


def find_leading_clause(
    store: Store, document: Document, text: str
) -> tuple[Document, Provision] | None:
    """The provision that is named at the head of ``text``: 第四条 in 第四条能拿多少钱."""
    if named := _labelled(store, document, text):
        return named
    leading = _LEADING.match(fold_typed(text).lstrip("的 "))
    return find_clause(store, document, leading[0]) if leading else None


def _labelled(store: Store, document: Document, rest: str) -> tuple[Document, Provision] | None:
    """The provision whose label, as citations print it, is what was typed."""
    typed = re.sub(r"\s", "", fold_typed(rest))
    for document_id in (document.id, *document.embedded_ids):
        whole = store.document(document_id)
        if whole is None or not typed:
            continue
        for provision in whole.provisions:
            if re.sub(r"\s", "", provision.label) == typed:
                return whole, provision
    return None


def part_named(document: Document, step: str) -> Part | None:
    """The attachment that is named as a whole."""
    return next((part for part in document.parts if part.label and _step(part.label) == step), None)


def steps_of(typed: str) -> tuple[str, ...]:
    """``第四条第(二)项`` -> ``("条4", "项2")``: kind and number of each step, in any typography."""
    text = re.sub(r"(附[件表])\s+(?=[一二三四五六七八九十]+、)", r"\1|", fold_typed(typed))
    text = re.sub(r"\s", "", text)  # 附件 二、 is not 附件二
    return tuple(
        _numbered(hit["unit"], hit["number"], hit["inserted"])
        if hit["unit"]
        else _step(hit[0].rstrip("、.．"))
        for hit in _STEPS.finditer(text)
    )


def _numbered(unit: str, number: str, inserted: str | None) -> str:
    after = f"之{chinese_to_int(inserted)}" if inserted else ""
    return f"{unit}{chinese_to_int(number)}{after}"


def _step(element: str) -> str:
    """One element of a path in the form that typed steps have."""
    element = fold_typed(element)
    if hit := re.fullmatch(rf"附([件表])({_N})?", element):
        return f"附{hit[1]}{chinese_to_int(hit[2]) if hit[2] else ''}"
    if hit := re.fullmatch(rf"第({_N})(分?编|[章节条款行段步类种])(?:之({_N}))?", element):
        return _numbered(hit[2], hit[1], hit[3])
    if hit := re.fullmatch(rf"\(({_N})\)", element):
        return f"项{chinese_to_int(hit[1])}"
    if re.fullmatch(r"\d{1,3}", element):
        return f"目{element}"
    if re.fullmatch(_N, element):
        return f"一{chinese_to_int(element)}"
    return element


def _find(document: Document, steps: Sequence[str]) -> Provision | None:
    """The provision whose path is, or ends in, the typed steps.

    第一款 of an article that has no further paragraph of its own is the article itself.
    """
    wanted = tuple(step for index, step in enumerate(steps) if not (index and step == "款1"))
    ending: Provision | None = None
    for provision in document.provisions:
        path = tuple(_step(element) for element in provision.path)
        if path == wanted:
            return provision
        if ending is None and len(path) > len(wanted) and path[-len(wanted) :] == wanted:
            ending = provision
    return ending


def _find_without_articles(document: Document, steps: Sequence[str]) -> Provision | None:
    """Of a text that counts 一、二、三、 people say 第三条 all the same."""
    first = steps[0]
    has_articles = any(
        _step(element).startswith("条")
        for provision in document.provisions
        for element in provision.path
    )
    if has_articles or not first.startswith("条"):
        return None
    return _find(document, (f"一{first.removeprefix('条')}", *steps[1:]))
