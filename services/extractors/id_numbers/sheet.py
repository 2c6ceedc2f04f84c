"""A page as one text, rows parted by line feeds, and where on it a stretch of that text stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import dist
from statistics import median

from services.document.geometry import enclosing, joined, middle, upright
from services.document.model import Line, Quad
from services.document.rows import Frame, Run, direction, in_rows

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
    """From the top, each from the left, in the direction in which most of the lines run."""
    frame = Frame.at(direction(lines, lambda line: 1, _middle_lean))
    placed = sorted((_Placed(line, *frame.place(middle(line.quad))) for line in lines), key=lambda placed: placed.level)
    rows = [sorted(row.placed, key=lambda placed: placed.along) for row in in_rows(placed, _Row, recent=1)]
    return [[placed.line for placed in row] for row in rows]


def _middle_lean(runs: Sequence[Run]) -> float:
    return median(run.lean for run in runs)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line, and where its middle is along the text and across it."""

    line: Line
    along: float
    level: float

    @property
    def height(self) -> float:
        return dist(self.line.quad.top_left, self.line.quad.bottom_left)


class _Row:
    """Lines from the top. The last one is what the next is held against."""

    def __init__(self, first: _Placed) -> None:
        self.placed = [first]

    def off(self, one: _Placed) -> float | None:
        last = self.placed[-1]
        away = one.level - last.level
        return away if away < SAME_ROW * min(one.height, last.height) else None

    def add(self, one: _Placed) -> None:
        self.placed.append(one)


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
    return sure, parts[0] if len(parts) == 1 else upright(enclosing(parts))


def _part(line: Line, left: int, right: int) -> Quad:
    """Of the line's words as far as they are known, else by the share of its characters."""
    ends = [0, *accumulate(len(word.text) + 1 for word in line.words)]
    words = [
        word for word, first in zip(line.words, ends, strict=False) if left < first + len(word.text) and first < right
    ]
    if words and " ".join(word.text for word in line.words) == line.text:
        return joined(words[0].quad, words[-1].quad)
    return line.quad.stretch(left / len(line.text), right / len(line.text))
