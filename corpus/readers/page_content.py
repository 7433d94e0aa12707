"""What stands where on a page of a PDF: pieces of text, and the lines drawn around tables.

The content stream is followed as ISO 32000-1 sets out (8.4 graphics state, 9.4 text objects). A
page whose text runs sideways is turned so that it reads upright.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream, DictionaryObject, StreamObject

from corpus.readers.pdf_fonts import FontWidths, decoded, fonts_of
from corpus.readers.ruled_tables import Ruling
from corpus.readers.text_lines import Fragment

_Matrix = tuple[float, float, float, float, float, float]
_Point = tuple[float, float]

_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)
_PAINTS_LINES = {b"S", b"s", b"B", b"B*", b"b", b"b*"}
_PAINTS_AREAS = {b"f", b"F", b"f*"}
_THINNEST_AREA = 2.5  # points; a filled box thinner than this is drawn to be a line
_DEEPEST_FORM = 8


@dataclass(frozen=True, slots=True)
class PageContent:
    """What stands on a page; ``width`` and ``height`` in points."""

    width: float
    height: float
    fragments: tuple[Fragment, ...]
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A string as it is set: where it begins and ends, and the size of its letters."""

    text: str
    begin: _Point
    end: _Point
    size: float

    @property
    def quarter_turns(self) -> int:
        """Direction of writing: 0 to the right, 1 upwards, 2 to the left, 3 downwards."""
        angle = math.atan2(self.end[1] - self.begin[1], self.end[0] - self.begin[0])
        return round(angle / (math.pi / 2)) % 4


def content_of(page: PageObject) -> PageContent:
    """Everything that a page shows, in its own coordinates from the lower left corner."""
    follower = _Follower()
    contents = page.get("/Contents")
    if contents is not None:
        stream = ContentStream(contents.get_object(), page.pdf, "bytes")
        follower.follow(stream, _resources(page), 0)
    box = page.mediabox
    left, bottom = float(box.left), float(box.bottom)
    width, height = float(box.width), float(box.height)
    turns = Counter[int]()
    for shown in follower.shown:
        turns[shown.quarter_turns] += len(shown.text.strip())
    turn = _turned(turns.most_common(1)[0][0] if turns else 0, left, bottom, width, height)
    if turns and turns.most_common(1)[0][0] % 2:
        width, height = height, width
    return PageContent(
        width,
        height,
        tuple(_fragment(shown, turn) for shown in follower.shown),
        tuple(
            Ruling.between(turn((r.x0, r.y0)), turn((r.x1, r.y1))) for r in follower.pencil.rulings
        ),
    )


def _turned(
    turns: int, left: float, bottom: float, width: float, height: float
) -> Callable[[_Point], _Point]:
    """Places on the page when it is turned back by ``turns`` quarters."""

    def turn(point: _Point) -> _Point:
        x, y = point[0] - left, point[1] - bottom
        return ((x, y), (y, width - x), (width - x, height - y), (height - y, x))[turns]

    return turn


def _fragment(shown: _Shown, turn: Callable[[_Point], _Point]) -> Fragment:
    (x, y), (right, _) = turn(shown.begin), turn(shown.end)
    return Fragment(shown.text, x, y, shown.size, max(right, x))


def _resources(holder: DictionaryObject) -> DictionaryObject:
    """Resources of a page, inherited from the pages above it where it has none."""
    at: Any = holder
    for _ in range(50):
        if "/Resources" in at:
            found = at["/Resources"].get_object()
            return found if isinstance(found, DictionaryObject) else DictionaryObject()
        if "/Parent" not in at:
            break
        at = at["/Parent"].get_object()
    return DictionaryObject()


@dataclass(frozen=True, slots=True)
class _State:
    """The part of the graphics state that places text."""

    matrix: _Matrix = _IDENTITY
    font: str = ""
    size: float = 0
    letter_spacing: float = 0
    word_spacing: float = 0
    stretch: float = 1
    leading: float = 0
    rise: float = 0


class _Follower:
    """Follows a content stream and notes what it shows."""

    def __init__(self) -> None:
        self.shown: list[_Shown] = []
        self.pencil = _Pencil()
        self._state = _State()
        self._saved: list[_State] = []
        self._line = self._at = _IDENTITY
        self._texts: dict[tuple[str, bytes], str] = {}
        self._fonts: dict[str, FontWidths] = {}

    def follow(self, stream: ContentStream, resources: DictionaryObject, depth: int) -> None:
        """Note everything that ``stream`` shows."""
        operations = stream.operations
        self._fonts = fonts_of(resources)
        self._texts = decoded(resources, _strings(operations))
        for operands, operator in operations:
            # An operator with the wrong operands shows nothing; viewers pass it over too.
            with contextlib.suppress(ValueError, TypeError, IndexError, KeyError):
                if operator == b"Do":
                    self._follow_form(operands, resources, depth)
                elif operator in _TEXT_OPERATORS:
                    _TEXT_OPERATORS[operator](self, operands)
                else:
                    self.pencil.draw(operator, operands, self._state.matrix)

    def _follow_form(
        self, operands: Sequence[Any], resources: DictionaryObject, depth: int
    ) -> None:
        forms = resources.get("/XObject", DictionaryObject()).get_object()
        form = forms[operands[0]].get_object() if operands and operands[0] in forms else None
        if not isinstance(form, StreamObject) or form.get("/Subtype") != "/Form":
            return
        if depth >= _DEEPEST_FORM:
            return
        kept = self._state, self._saved, self._line, self._at, self._texts, self._fonts
        inner = _resources(form) if "/Resources" in form else resources
        try:
            own: Any = form.get("/Matrix")
            if own is not None:
                self._transform(own.get_object())
            self._saved = []
            self.follow(ContentStream(form, None, "bytes"), inner, depth + 1)
        finally:
            self._state, self._saved, self._line, self._at, self._texts, self._fonts = kept

    def _transform(self, operands: Sequence[Any]) -> None:
        self._state = replace(self._state, matrix=_times(_matrix(operands), self._state.matrix))

    def _save(self, _: Sequence[Any]) -> None:
        self._saved.append(self._state)

    def _restore(self, _: Sequence[Any]) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def _begin(self, _: Sequence[Any]) -> None:
        self._line = self._at = _IDENTITY

    def _choose_font(self, operands: Sequence[Any]) -> None:
        self._state = replace(self._state, font=str(operands[0]), size=float(operands[1]))

    def _place(self, operands: Sequence[Any]) -> None:
        self._line = self._at = _matrix(operands)

    def _move(self, operands: Sequence[Any]) -> None:
        shift = (1.0, 0.0, 0.0, 1.0, float(operands[0]), float(operands[1]))
        self._line = self._at = _times(shift, self._line)

    def _move_and_lead(self, operands: Sequence[Any]) -> None:
        self._state = replace(self._state, leading=-float(operands[1]))
        self._move(operands)

    def _next_line(self, _: Sequence[Any]) -> None:
        self._move((0, -self._state.leading))

    def _show_on_next_line(self, operands: Sequence[Any]) -> None:
        self._next_line(())
        self._show(operands[-1:])

    def _show_spaced(self, operands: Sequence[Any]) -> None:
        word, letter = float(operands[0]), float(operands[1])
        self._state = replace(self._state, word_spacing=word, letter_spacing=letter)
        self._show_on_next_line(operands)

    def _show_adjusted(self, operands: Sequence[Any]) -> None:
        self._show(operands[0])

    def _show(self, items: Sequence[Any]) -> None:
        """Strings, and numbers that shift what follows them to the left (in 1/1000 em)."""
        state = self._state
        for item in items:
            if not isinstance(item, bytes):
                shift = -float(item) / 1000 * state.size if isinstance(item, int | float) else 0
                self._at = _times((1, 0, 0, 1, shift * state.stretch, 0), self._at)
                continue
            text = self._texts.get((state.font, item), "")
            begin = self._on_page()
            font = self._fonts.get(state.font)
            ems = font.advance(item, text) if font else len(text) / 2
            glyphs = font.glyphs(item, text) if font else len(text)
            width = ems * state.size + glyphs * state.letter_spacing
            if font is None or glyphs == len(item):
                width += item.count(b" ") * state.word_spacing
            self._at = _times((1, 0, 0, 1, width * state.stretch, 0), self._at)
            if text:
                self.shown.append(_Shown(text, begin, self._on_page(), self._height()))

    def _on_page(self) -> _Point:
        return _apply(_times(self._at, self._state.matrix), 0, self._state.rise)

    def _height(self) -> float:
        matrix = _times(self._at, self._state.matrix)
        return abs(self._state.size) * math.hypot(matrix[2], matrix[3])


def _setting(field: str, unit: float = 1) -> Callable[[_Follower, Sequence[Any]], None]:
    def put(follower: _Follower, operands: Sequence[Any]) -> None:
        change: dict[str, Any] = {field: float(operands[0]) * unit}
        follower._state = replace(follower._state, **change)

    return put


_TEXT_OPERATORS: dict[bytes, Callable[[_Follower, Sequence[Any]], None]] = {
    b"cm": _Follower._transform,
    b"q": _Follower._save,
    b"Q": _Follower._restore,
    b"BT": _Follower._begin,
    b"Tf": _Follower._choose_font,
    b"Tm": _Follower._place,
    b"Td": _Follower._move,
    b"TD": _Follower._move_and_lead,
    b"T*": _Follower._next_line,
    b"Tj": _Follower._show,
    b"TJ": _Follower._show_adjusted,
    b"'": _Follower._show_on_next_line,
    b'"': _Follower._show_spaced,
    b"Tc": _setting("letter_spacing"),
    b"Tw": _setting("word_spacing"),
    b"Tz": _setting("stretch", 0.01),
    b"TL": _setting("leading"),
    b"Ts": _setting("rise"),
}


def _strings(operations: Sequence[tuple[Any, bytes]]) -> Iterator[tuple[str, bytes]]:
    """All strings that are shown, with the names of their fonts."""
    font, saved = "", list[str]()
    for operands, operator in operations:
        if operator == b"Tf" and operands:
            font = str(operands[0])
        elif operator == b"q":
            saved.append(font)
        elif operator == b"Q" and saved:
            font = saved.pop()
        elif operator in (b"Tj", b"'", b'"', b"TJ") and operands:
            items = operands[0] if operator == b"TJ" else operands[-1:]
            yield from ((font, bytes(item)) for item in items if isinstance(item, bytes))


def _matrix(operands: Sequence[Any]) -> _Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands[:6])
    return a, b, c, d, e, f


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _apply(matrix: _Matrix, x: float, y: float) -> _Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


class _Pencil:
    """Collects the horizontal and vertical lines that a page draws."""

    def __init__(self) -> None:
        self.rulings: list[Ruling] = []
        self._strokes: list[list[_Point]] = []

    def draw(self, operator: bytes, operands: Sequence[Any], matrix: _Matrix) -> None:
        """Follow one operator; those that have nothing to do with paths are passed over."""
        if operator in (b"m", b"l"):
            point = _apply(matrix, float(operands[0]), float(operands[1]))
            if operator == b"m" or not self._strokes:
                self._strokes.append([])
            self._strokes[-1].append(point)
        elif operator == b"h" and self._strokes and self._strokes[-1]:
            self._strokes[-1].append(self._strokes[-1][0])
        elif operator == b"re":
            x, y, width, height = (float(operand) for operand in operands[:4])
            corners = (x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)
            self._strokes.append([_apply(matrix, *corner) for corner in corners])
        elif operator in _PAINTS_LINES or operator in _PAINTS_AREAS:
            for stroke in self._strokes:
                self._paint(stroke, stroked=operator in _PAINTS_LINES)
            self._strokes = []
        elif operator == b"n":
            self._strokes = []

    def _paint(self, points: Sequence[_Point], *, stroked: bool) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if len(points) > 2 and min(max(xs) - min(xs), max(ys) - min(ys)) <= _THINNEST_AREA:
            thin = Ruling(min(xs), min(ys), max(xs), max(ys))
            self.rulings.append(thin.straightened())
        elif stroked:
            edges = (Ruling.between(a, b) for a, b in itertools.pairwise(points))
            self.rulings += [edge for edge in edges if edge.is_horizontal or edge.is_vertical]
