"""The content stream of a page's invisible text.

A word is as wide as its box by horizontal scaling, and its type as high as the line. The space to the next word is a
space that fills the gap, so phrases are found and marked in one piece. Words of a line stand from left to right as they
are seen, also those that are read from right to left, and so do their letters: what reads text out of a PDF expects
right-to-left scripts as they are drawn and turns them round itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from unicodedata import bidirectional

from services.document import Line, Point, Quad, Word
from services.exporters._boxes import baseline
from services.exporters._words import words_of
from services.exporters.pdf import font
from services.ocr.raster import Affine, map_line

LEAST = 0.01
"""Sizes and widths below it, in units of the page, are those of no text."""

SCALES = 1.0, 10_000.0
"""The horizontal scaling that is written, in percent."""

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LEFT_TO_RIGHT = re.compile(r"\d+(?:[.,:/-]\d+)*|[A-Za-z\u00c0-\u024f]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word in the frame of its line: where it starts along the baseline, how far off it, and how long it is."""

    text: str
    start: float
    off: float
    length: float


def content(lines: Sequence[Line], to_page: Affine, name: str, codes: Mapping[str, int]) -> bytes:
    """Empty without text. `to_page` maps the lines' pixels to the page's user space, `name` is the font's there."""
    parts = [part for line in lines for part in _line(map_line(to_page, line), name, codes)]
    return "\n".join(["q BT 3 Tr", *parts, "ET Q", ""]).encode() if parts else b""


def _line(line: Line, name: str, codes: Mapping[str, int]) -> Iterator[str]:
    quad = line.quad
    (x, y), (x1, y1) = baseline(quad)
    length, size = hypot(x1 - x, y1 - y), _height(quad)
    if length < LEAST or size < LEAST:
        return
    cos, sin = (x1 - x) / length, (y1 - y) / length
    placed = sorted((_placed(word, (x, y), (cos, sin)) for word in words_of(line)), key=lambda one: one.start)
    words = [word for word in placed if word.length >= LEAST and _codes(word.text, codes)]
    if words:
        yield f"/{name} {_number(size)} Tf {_matrix(cos, sin, x, y)} Tm"
        yield from _words(words, size, codes)


def _placed(word: Word, origin: Point, along: Point) -> _Placed:
    (x, y), (x1, y1) = baseline(word.quad)
    dx, dy = x - origin[0], y - origin[1]
    start, off = dx * along[0] + dy * along[1], dy * along[0] - dx * along[1]
    return _Placed(visual(word.text), start, off, hypot(x1 - x, y1 - y))


def _words(words: Sequence[_Placed], size: float, codes: Mapping[str, int]) -> Iterator[str]:
    """Each is moved to from where the one before began; spaces follow on their word."""
    first = words[0]
    yield _moved(first.start, first.off) + _shown(_codes(first.text, codes), first.length, size)
    for word, after in pairwise(words):
        gap = after.start - word.start - word.length
        space = _shown([codes[" "]], max(gap, LEAST), size)
        move = _moved(after.start - word.start, after.off - word.off)
        yield space + " " + move + _shown(_codes(after.text, codes), after.length, size)


def _moved(along: float, off: float) -> str:
    return f"{_number(along)} {_number(off)} Td "


def _shown(codes: Sequence[int], length: float, size: float) -> str:
    low, high = SCALES
    scale = min(max(100 * length / (size * font.width(codes) / 1000), low), high)
    return f"{_number(scale)} Tz <{''.join(f'{code:04X}' for code in codes)}> Tj"


def _codes(text: str, codes: Mapping[str, int]) -> list[int]:
    return [codes[one] for one in text if one in codes]


def _height(quad: Quad) -> float:
    """Across the baseline: the text's area by its length."""
    (x, y), (x1, y1), (x2, y2), (x3, y3) = quad.points
    area = abs((x2 - x) * (y3 - y1) - (x3 - x1) * (y2 - y)) / 2
    (a, b), (c, d) = baseline(quad)
    return area / max(hypot(c - a, d - b), LEAST)


def _matrix(cos: float, sin: float, x: float, y: float) -> str:
    turn = [f"{_exact(one)}" for one in (cos, sin, -sin, cos)]
    return " ".join([*turn, _number(x), _number(y)])


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _exact(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def visual(text: str) -> str:
    """A word's characters from left to right as they are seen: numbers and Latin letters keep their order.

    Brackets are seen as those of the other side (Unicode Standard Annex 9, rule L4).
    """
    if not any(bidirectional(one) in ("R", "AL") for one in text):
        return text
    return "".join(reversed(_LEFT_TO_RIGHT.findall(text.translate(_MIRRORED))))
