"""A page as one text, rows parted by line feeds, and where on it a stretch of that text stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a number, and whether both are in rows of several cells."""

    text: str
    in_table: bool


SKIPPED_ROWS = 4
"""Rows of a table, at most, whose cells in a column may be empty."""

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


class Columns:
    """What stands over the numbers of a page: each line is looked at once, however many stand below each other."""

    def __init__(self, page: Sheet) -> None:
        self._page = page
        self._heads: dict[int, Head] = {}

    def head(self, start: int) -> Head:
        """The first text over a place in the page's text that is no number itself."""
        below: list[int] = []
        line = max(0, bisect_right(self._page.starts, start) - 1)
        while line not in self._heads and (over := self._above(line)):
            below.append(line)
            head = APART.join(self._page.lines[place].text for place in over)
            if not _is_data(head):
                self._heads[line] = Head(head, self._cells(over[0]) > 1 and self._cells(line) > 1)
            else:
                line = over[0]
        found = self._heads.get(line, Head("", False))
        self._heads.update(dict.fromkeys(below, found))
        return found

    def _above(self, line: int) -> list[int]:
        """The lines of the row above which stand over a line; in a table, of the next row that has any."""
        own = row = self._row(line)
        for _ in range(SKIPPED_ROWS if len(own) > 1 else 1):
            if row.start == 0:
                break
            row = self._row(row.start - 1)
            if over := [at for at in row if _over(self._page.lines[at].quad, self._page.lines[line].quad)]:
                return over
        return []

    def _cells(self, line: int) -> int:
        return len(self._row(line))

    def _row(self, line: int) -> range:
        """The lines of the row that a line is in."""
        text, starts = self._page.text, self._page.starts
        first = bisect_left(starts, text.rfind("\n", 0, starts[line]) + 1)
        return range(first, bisect_right(starts, text.find("\n", starts[line])))


def _is_data(text: str) -> bool:
    """Whether every word has a digit, or hides one."""
    return all(any(map(str.isdigit, word)) or not word.strip("Xx*•-") for word in text.split())


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
