"""A page's own text as rows of stretches: a stretch is a span of one font or, where it matters, a single character.

What comes in are the blocks of PyMuPDF's `extractDICT` and `extractRAWDICT`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from services.document.geometry import upright
from services.document.model import Quad
from services.document.rows import Frame

FILLED, STROKED, CLIPPING = 16, 32, 64
"""How characters are drawn (MuPDF's `char_flags`): a clip lets through what is drawn behind it, as gradients are."""


class Stretch(NamedTuple):
    """A part of a row in the row's own frame: along it from `start` to `end`, across from `top` down, in points.

    `size` is that of the type, `font` its name, `drawn` whether it is filled or stroked, not quite transparent.
    `clipping` says that the characters are holes in front of a picture or gradient.
    """

    text: str
    start: float
    end: float
    top: float
    bottom: float
    baseline: float
    size: float
    font: str
    drawn: bool
    clipping: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What the library takes for one line, in the order of the file. In `vertical` ones glyphs stand upright."""

    frame: Frame
    parts: tuple[Stretch, ...]
    vertical: bool = False

    @property
    def text(self) -> str:
        """As it is written, white space included."""
        return "".join(part.text for part in self.parts)

    def quad(self, parts: Sequence[Stretch]) -> Quad:
        """Around some of its parts, in points of the page."""
        start, end = min(part.start for part in parts), max(part.end for part in parts)
        top, bottom = min(part.top for part in parts), max(part.bottom for part in parts)
        return Quad(*(self.frame.point(*corner) for corner in upright((start, top, end, bottom)).points))


def rows_of(blocks: Iterable[Mapping[str, Any]], *, whole: bool = False) -> list[Row]:
    """Rows of characters where the blocks have them and spans shall not be kept `whole`, else of spans."""
    return [_row(line, whole) for block in blocks for line in block.get("lines", ())]


def _row(line: Mapping[str, Any], whole: bool) -> Row:
    frame = Frame(line["dir"], (-line["dir"][1], line["dir"][0]))
    parts = tuple(part for span in line["spans"] for part in _parts(span, frame, whole))
    return _raised(Row(frame, parts, vertical=True)) if line["wmode"] else Row(frame, parts)


def _raised(row: Row) -> Row:
    """MuPDF places glyphs of vertical writing by their baseline, where their cell has begun at their top.

    `DW2` has it .88 em higher if nothing else is said (ISO 32000-1, 9.7.4.3).
    """
    parts = (
        part._replace(start=part.start - VERTICAL_ORIGIN * part.size, end=part.end - VERTICAL_ORIGIN * part.size)
        for part in row.parts
    )
    return replace(row, parts=tuple(parts))


VERTICAL_ORIGIN = 0.88


def _parts(span: Mapping[str, Any], frame: Frame, whole: bool) -> Iterator[Stretch]:
    """A span or its characters.

    Boxes stand upright even where the text does not: around a text `length` long and `height` high at an angle with
    cosine c and sine s it is c x length + s x height wide.
    """
    size, font, flags = span["size"], span["font"], span["char_flags"]
    up, down = span["ascender"] * size, span["descender"] * size
    drawn = bool(flags & CLIPPING or (flags & (FILLED | STROKED) and span["alpha"]))
    clipping = bool(flags & CLIPPING)
    (ax, ay), (cx, cy) = frame.along, frame.across
    c, s, height = abs(ax), abs(ay), up - down
    for item in (span,) if whole else span.get("chars", (span,)):
        (left, top, right, bottom), (x, y) = item["bbox"], item["origin"]
        length = (right - left - s * height) / c if c > s else (bottom - top - c * height) / s
        half = length / 2 if length > 0 else 0.0
        middle = ((left + right) * ax + (top + bottom) * ay) / 2  # the origin of what runs leftwards is at its end
        baseline = x * cx + y * cy
        text = item["c"] if "c" in item else _text(span)
        ends = middle - half, middle + half, baseline - up, baseline - down
        yield Stretch(text, *ends, baseline, size, font, drawn, clipping)


def _text(span: Mapping[str, Any]) -> str:
    return str(span["text"]) if "text" in span else "".join(one["c"] for one in span["chars"])
