"""The content stream of a page's invisible text.

A word is as wide as its box by horizontal scaling, and its type as high as the line. A space follows in the same
string, so that phrases are found: PDFium, which is Chrome's, drops what is shown as a string of one character. Words of
a line stand from left to right as they are seen, also those that are read from right to left, and so do their letters:
what reads text out of a PDF expects right-to-left scripts as they are drawn and turns them round itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, radians, sin
from unicodedata import bidirectional

from services.document.geometry import Affine, map_line
from services.document.model import Line, Point, Quad, Word
from services.document.words import words_of
from services.exporters._boxes import BASELINE, baseline
from services.exporters.pdf import font

LEAST_LENGTH = 0.01
"""Sizes and widths below it, in units of the page, are those of no text."""

LEVEL = 5.0
"""Degrees from level up to which a line is written level."""

QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))

HIGHER = 1.1
"""A word whose ends reach over so many heights of its line, as long ones on pages that lean do, is written higher."""

DECIMALS = 1
"""Of what is written in points: a seventh of a pixel at 200 dpi."""

SCALES = 1.0, 10_000.0
"""The horizontal scaling that is written, in percent."""

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LEFT_TO_RIGHT = re.compile(r"\d+(?:[.,:/-]\d+)*|[A-Za-z\u00c0-\u024f]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word in the frame of its line: where it starts along the baseline, how far off it, how long and how high."""

    text: str
    start: float
    off: float
    length: float
    height: float


def content(lines: Sequence[Line], to_page: Affine, name: str, codes: Mapping[str, int]) -> bytes:
    """Empty without text. `to_page` maps the lines' pixels to the page's user space, `name` is the font's there."""
    parts = [part for line in lines for part in _line(map_line(to_page, line), name, codes)]
    return "\n".join(["q BT 3 Tr", *parts, "ET Q", ""]).encode() if parts else b""


def beside_structure(stream: bytes) -> bytes:
    """The stream for a tagged PDF, where whatever is not in the tree of its structure has to be an artifact."""
    return b"/Artifact BMC\n%sEMC\n" % stream


def _line(line: Line, name: str, codes: Mapping[str, int]) -> Iterator[str]:
    (x, y), (x1, y1) = baseline(line.quad)
    size = _height(line.quad)
    if hypot(x1 - x, y1 - y) < LEAST_LENGTH or size < LEAST_LENGTH:
        return
    along = _levelled(x1 - x, y1 - y)
    placed = sorted((_placed(word, (x, y), along, size) for word in words_of(line)), key=lambda one: one.start)
    words = [word for word in placed if word.length >= LEAST_LENGTH and _codes(word.text, codes)]
    if words:
        yield f"{_matrix(along, (x, y))} Tm"
        yield from _words(words, name, codes)


def _levelled(dx: float, dy: float) -> Point:
    """The unit vector in which to write. What hardly leans is written level, each word at its own height.

    Readers of PDFs take a leaning line for letters of many lines (poppler parts words after half a point), and
    Tesseract's PDFs do the same.
    """
    angle = atan2(dy, dx)
    quarter = round(angle / (pi / 2))
    if abs(angle - quarter * pi / 2) <= radians(LEVEL):
        return QUARTERS[quarter % 4]
    return cos(angle), sin(angle)


def _placed(word: Word, origin: Point, along: Point, size: float) -> _Placed:
    """By its middle, so that what is written level is as far off at either end, and then as high as its ends reach."""
    (x, y), (x1, y1), (x2, y2), (x3, y3) = word.quad.points
    across = -along[1], along[0]
    length, reach = (_extent((x1 - x, y1 - y), (x3 - x, y3 - y), way) for way in (along, across))
    height = reach if reach > HIGHER * size else size
    dx, dy = (x + x1 + x2 + x3) / 4 - origin[0], (y + y1 + y2 + y3) / 4 - origin[1]
    start, off = dx * along[0] + dy * along[1], dy * along[0] - dx * along[1]
    return _Placed(visual(word.text), start - length / 2, off - (0.5 - BASELINE) * height, length, height)


def _extent(side: Point, other: Point, way: Point) -> float:
    """Of a parallelogram with these sides, in the direction `way`."""
    return sum(abs(x * way[0] + y * way[1]) for x, y in (side, other))


def _words(words: Sequence[_Placed], name: str, codes: Mapping[str, int]) -> Iterator[str]:
    """Each is moved to from where the one before began, in rounded steps that add up."""
    at, size = (0.0, 0.0), ""
    for word in words:
        there = round(word.start, DECIMALS), round(word.off, DECIMALS)
        move = f"{_number(there[0] - at[0])} {_number(there[1] - at[1])} Td"
        set_size = f"/{name} {_number(word.height)} Tf " if size != _number(word.height) else ""
        yield f"{set_size}{move} {_shown(_codes(word.text, codes), word.length, word.height, space=codes[' '])}"
        at, size = there, _number(word.height)


def _shown(word: Sequence[int], length: float, size: float, space: int) -> str:
    """The word as long as it is, and a space of the width of its characters."""
    low, high = SCALES
    scale = min(max(100 * length / (size * font.width(word) / 1000), low), high)
    return f"{_number(scale)} Tz <{''.join(f'{code:04X}' for code in [*word, space])}> Tj"


def _codes(text: str, codes: Mapping[str, int]) -> list[int]:
    return [codes[one] for one in text if one in codes]


def _height(quad: Quad) -> float:
    """Across the baseline: the text's area by its length."""
    (x, y), (x1, y1), (x2, y2), (x3, y3) = quad.points
    area = abs((x2 - x) * (y3 - y1) - (x3 - x1) * (y2 - y)) / 2
    (a, b), (c, d) = baseline(quad)
    return area / max(hypot(c - a, d - b), LEAST_LENGTH)


def _matrix(along: Point, origin: Point) -> str:
    c, s = along
    turn = [f"{one:.5f}".rstrip("0").rstrip(".") for one in (c, s, -s, c)]
    return " ".join([*turn, *map(_number, origin)])


def _number(value: float) -> str:
    return f"{round(value, DECIMALS) + 0.0:.{DECIMALS}f}".removesuffix(".0")


def visual(text: str) -> str:
    """A word's characters from left to right as they are seen: numbers and Latin letters keep their order.

    Brackets are seen as those of the other side (Unicode Standard Annex 9, rule L4).
    """
    if not any(bidirectional(one) in ("R", "AL") for one in text):
        return text
    return "".join(reversed(_LEFT_TO_RIGHT.findall(text.translate(_MIRRORED))))
