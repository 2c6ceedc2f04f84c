"""A page as one text, rows parted by line feeds, and where on it a stretch of that text stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import atan2, cos, hypot, sin
from statistics import median

from services.document.model import Line, Point, Quad

SAME_ROW = 0.5
"""Lines stand in one row when their middles are closer than this share of their height."""


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """`starts` are where the text of each of the lines begins."""

    number: int
    text: str
    lines: tuple[Line, ...]
    starts: tuple[int, ...]


APART = "  "
"""Stands between the lines of one row, so that columns are told from words."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def sheet(lines: Sequence[Line], number: int) -> Sheet:
    rows = _rows([line for line in lines if line.text])
    ordered = [line for row in rows for line in row]
    ends = [gap for row in rows for gap in (*[APART] * (len(row) - 1), "\n")]
    pieces = [line.text.translate(_DASHES) + end for line, end in zip(ordered, ends, strict=True)]
    starts = accumulate((len(piece) for piece in pieces), initial=0)
    return Sheet(number, "".join(pieces), tuple(ordered), tuple(starts)[:-1])


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """From the top, each from the left, in the direction in which the middle one of the lines runs."""
    angle = median(_angle(line.quad) for line in lines) if lines else 0.0
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: _place(line.quad, angle)[1]):
        last = rows[-1][-1] if rows else line
        away = _place(line.quad, angle)[1] - _place(last.quad, angle)[1]
        if rows and away < SAME_ROW * min(_height(line.quad), _height(last.quad)):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: _place(line.quad, angle)[0]) for row in rows]


def _angle(quad: Quad) -> float:
    return atan2(quad.top_right[1] - quad.top_left[1], quad.top_right[0] - quad.top_left[0])


def _height(quad: Quad) -> float:
    return hypot(quad.bottom_left[0] - quad.top_left[0], quad.bottom_left[1] - quad.top_left[1])


def _place(quad: Quad, angle: float) -> Point:
    """The middle, along `angle` and across it."""
    xs, ys = zip(*quad.points, strict=True)
    x, y = sum(xs) / 4, sum(ys) / 4
    return x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle)


def column_above(page: Sheet, start: int) -> str:
    """The text in the row above that of a place in the text, as far as it stands over the line there."""
    own = max(0, bisect_right(page.starts, start) - 1)
    row_start = page.text.rfind("\n", 0, page.starts[own]) + 1
    last = bisect_right(page.starts, row_start - 1) - 1
    if row_start == 0 or last < 0:
        return ""
    first = bisect_right(page.starts, page.text.rfind("\n", 0, row_start - 1) + 1) - 1
    return APART.join(line.text for line in page.lines[first : last + 1] if _over(line.quad, page.lines[own].quad))


def _over(one: Quad, other: Quad) -> bool:
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = one.bounds, other.bounds
    return (left < other_right and other_left < right) or (top < other_bottom and other_top < bottom)


def source(page: Sheet, start: int, end: int) -> tuple[float, Quad]:
    """The confidence and the place of a stretch of the text: of the weakest line, and around the parts of all lines."""
    parts: list[Quad] = []
    sure = 1.0
    within = slice(max(0, bisect_right(page.starts, start) - 1), bisect_right(page.starts, end))
    for line, first in zip(page.lines[within], page.starts[within], strict=True):
        left, right = max(start - first, 0), min(end - first, len(line.text))
        if left < right:
            parts.append(_part(line, left, right))
            sure = min(sure, line.confidence)
    return sure, parts[0] if len(parts) == 1 else _around(parts)


def _part(line: Line, left: int, right: int) -> Quad:
    """Of the line's words as far as they are known, else by the share of its characters."""
    ends = [0, *accumulate(len(word.text) + 1 for word in line.words)]
    words = [
        word for word, first in zip(line.words, ends, strict=False) if left < first + len(word.text) and first < right
    ]
    if words and " ".join(word.text for word in line.words) == line.text:
        first, last = words[0].quad, words[-1].quad
        return Quad(first.top_left, last.top_right, last.bottom_right, first.bottom_left)
    return line.quad.stretch(left / len(line.text), right / len(line.text))


def _around(parts: Sequence[Quad]) -> Quad:
    lefts, tops, rights, bottoms = zip(*(part.bounds for part in parts), strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))
