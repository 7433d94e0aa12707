"""Word documents (python-docx): paragraphs, tables and the numbers that Word makes by itself.

Running heads, page numbers and notes stand at the end of the text and are furniture.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from docx import Document
from docx.opc.part import Part, XmlPart
from docx.oxml.ns import qn
from docx.parts.document import DocumentPart
from lxml import etree

from corpus.model import Furniture, Span
from corpus.readers.limits import DEFAULT_LIMITS, ReadingLimits
from corpus.readers.page_margins import is_page_number
from corpus.readers.reading import Reading, ReadingError
from corpus.readers.word_numbering import ListCounter, Styles, value_of
from corpus.readers.word_package import check_package

_ANCIENT = b"\xd0\xcf\x11\xe0"  # OLE: .doc, or a .docx locked by a password
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_FORMULA_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MOST_COLUMNS = 63  # of a table in Word
_TEXT_BOX = qn("w:txbxContent")
# What isn't shown, or holds the same once more: deleted or moved away, kept for old versions of
# Word, the reading set over a word.
_PASSED_OVER = {qn("w:del"), qn("w:moveFrom"), f"{_COMPATIBILITY}Fallback", qn("w:rt"), _TEXT_BOX}
# Boxes that Word takes from its symbol fonts.
_SYMBOLS = {
    "F0A8": "□",
    "F06F": "□",
    "F0A3": "□",
    "F0FE": "☑",
    "F052": "☑",
    "F0FC": "√",
    "F050": "√",
}


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a table; ``setting`` is the alignment and letter size of a paragraph."""

    text: str
    setting: tuple[str | None, str] | None


def read_docx(content: bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> Reading:
    """The text of a Word document: a blank line between paragraphs, a line for each table row.

    Raises:
        ReadingError: it is damaged, locked, in the old format (.doc), has no text, or unfolds to
            more than it may.
        MemoryError: there is no room for what it unfolds to.
    """
    if content.startswith(_ANCIENT):
        raise ReadingError("文件是旧版 Word 格式,或有密码保护。请在 Word 中另存为无密码的 .docx。")
    try:
        check_package(content, limits)
        part = Document(io.BytesIO(content)).part
        body = _joined(list(_Body(part).blocks()))
        margins = list(_margin_texts(part))
        notes = list(_notes(part))
    except (ReadingError, MemoryError):
        raise
    except Exception as error:  # whatever a damaged file makes the libraries raise
        raise ReadingError(
            f"文件已损坏或不是 Word 文档({type(error).__name__})。请换一份再试。"
        ) from None
    if not body.strip():
        raise ReadingError("文件没有文字。请检查是否选对了文件。")
    text, furniture = body, []
    for kind, words in (*margins, *(("note", note) for note in notes)):
        text += "\n\n"
        furniture.append(Furniture(kind, Span(len(text), len(text) + len(words))))
        text += words
    doubts = [f"有{len(notes)}条脚注或尾注,附在文末,不属于任何条款"] if notes else []
    return Reading(text, furniture=tuple(furniture), doubts=tuple(doubts))


def _joined(blocks: list[_Block]) -> str:
    """Blocks parted by blank lines; lines of a title, centred paragraphs, stay together."""
    text = ""
    previous: _Block | None = None
    for block in blocks:
        is_title = previous is not None and block.setting == previous.setting
        is_title = is_title and block.setting is not None and block.setting[0] == "center"
        if block.text:
            text += "" if not text else "\n" if is_title else "\n\n"
            text += block.text
        previous = block if block.text else None
    return text


class _Body:
    """The blocks of a document in order, with the numbers of its lists."""

    def __init__(self, part: DocumentPart) -> None:
        related = {rel.reltype.rpartition("/")[2]: rel for rel in part.rels.values()}
        numbering, styles = (
            _root(related[name].target_part) if name in related else None
            for name in ("numbering", "styles")
        )
        self._styles = Styles(styles)
        self._counter = ListCounter(numbering, self._styles)
        self._root = part.element.body

    def blocks(self) -> Iterator[_Block]:
        """Paragraphs, an empty one too, and tables."""
        yield from self._blocks(self._root)

    def _blocks(self, holder: etree._Element) -> Iterator[_Block]:
        for element in _contents(holder):
            if element.tag == qn("w:tbl"):
                yield _Block("\n".join(self._rows(element)), None)
                continue
            words = _visible(element)
            if words.strip() or not _is_deleted(element):
                number = self._counter.number(element)
                yield _Block((number + words).strip(" \n"), self._setting(element))
            for box in _boxes(element):
                yield from self._blocks(box)

    def _setting(self, paragraph: etree._Element) -> tuple[str | None, str]:
        """Alignment, and what tells the size of the letters: that of the first run, the style."""
        own = paragraph.find(qn("w:pPr"))
        chain = self._styles.chain(own)
        holders = ([] if own is None else [own]) + [holder for _, holder in chain]
        aligned = next((found for holder in holders if (found := value_of(holder, "w:jc"))), None)
        size = paragraph.find(f"{qn('w:r')}/{qn('w:rPr')}/{qn('w:sz')}")
        style = value_of(own, "w:pStyle") if own is not None else None
        return aligned, f"{style} {None if size is None else size.get(qn('w:val'))}"

    def _rows(self, table: etree._Element) -> Iterator[str]:
        """Rows with cells parted by tabs; of merged cells the first holds the text."""
        for row in _contents(table):
            before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
            cells = [""] * _columns(None if before is None else before.get(qn("w:val")), 0)
            for cell in _contents(row):
                properties = cell.find(qn("w:tcPr"))
                merged = properties.find(qn("w:vMerge")) if properties is not None else None
                words = self._cell_text(cell)
                if merged is not None and merged.get(qn("w:val")) != "restart":
                    words = ""
                width = value_of(properties, "w:gridSpan") if properties is not None else None
                cells += [words] + [""] * (_columns(width, 1) - 1)
            if any(cells):
                # A row of one cell ends in a tab, to be known as a row.
                yield "\t".join(cells if len(cells) > 1 else [*cells, ""])

    def _cell_text(self, cell: etree._Element) -> str:
        """All text of a cell in one line; a table inside it too."""
        texts = (block.text for block in self._blocks(cell))
        return "".join(text.replace("\n", "").replace("\t", " ") for text in texts).strip()


def _columns(count: str | None, otherwise: int) -> int:
    """Over how many columns something runs; a file may claim any number."""
    return min(int(count or otherwise), _MOST_COLUMNS)


def _contents(holder: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs, tables, rows or cells directly in ``holder``, controls and insertions opened."""
    for element in holder:
        if element.tag in (qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")):
            yield element
        elif element.tag in (
            qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml")
        ):  # fmt: skip
            yield from _contents(element)


def _visible(paragraph: etree._Element) -> str:
    """Text as shown: tracked insertions and content controls are in, deletions are not.

    Tabs become blanks: in the text of a source a tab parts table cells.
    """
    return "".join(_pieces(paragraph)).replace("\t", " ")


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag in _PASSED_OVER or _is_hidden(child):
            continue
        if child.tag in (qn("w:t"), _FORMULA_TEXT):
            yield child.text or ""
        elif child.tag == qn("w:tab") and element.tag == qn("w:r"):
            yield " "
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        elif child.tag == qn("w:noBreakHyphen"):
            yield "-"
        elif child.tag == qn("w:sym"):
            yield _SYMBOLS.get((child.get(qn("w:char")) or "").upper(), "")
        else:
            yield from _pieces(child)


def _is_hidden(run: etree._Element) -> bool:
    properties = run.find(qn("w:rPr")) if run.tag == qn("w:r") else None
    mark = properties.find(qn("w:vanish")) if properties is not None else None
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false")


def _is_deleted(paragraph: etree._Element) -> bool:
    """Whether the end of the paragraph is marked as deleted."""
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}") is not None


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes that hang on a paragraph; each is there twice, once for old versions of Word."""
    for child in element:
        if child.tag == _TEXT_BOX:
            yield child
        elif child.tag not in _PASSED_OVER:
            yield from _boxes(child)


def _root(part: Part) -> etree._Element:
    if isinstance(part, XmlPart):
        element: etree._Element = part.element
        return element
    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False))


def _margin_texts(part: DocumentPart) -> Iterator[tuple[str, str]]:
    """Running heads and foot lines of all sections and pages, each wording once."""
    seen: set[str] = set()
    for relation in part.rels.values():
        if not relation.reltype.endswith(("/header", "/footer")):
            continue
        for paragraph in _shown_paragraphs(_root(relation.target_part)):
            words = " ".join(_visible(paragraph).split())
            if words and words not in seen:
                seen.add(words)
                yield ("page_number" if is_page_number(words) else "running_head"), words


def _notes(part: DocumentPart) -> Iterator[str]:
    """Footnotes and endnotes."""
    for relation in part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")):
            for note in _root(relation.target_part):
                words = " ".join("".join(map(_visible, _shown_paragraphs(note))).split())
                if words:
                    yield words


def _shown_paragraphs(holder: etree._Element) -> Iterator[etree._Element]:
    """All paragraphs, those in tables and text boxes too."""
    for element in _contents(holder):
        if element.tag == qn("w:p"):
            yield element
            for box in _boxes(element):
                yield from _shown_paragraphs(box)
        else:
            yield from _shown_paragraphs(element)
