"""The lines of a page in blocks, paragraphs and rows, from their reading order and the gaps between them.

All distances are in the frame of the page's text, so a page of text that stands sideways is parted like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from statistics import median

from services.document.geometry import enclosing
from services.document.levelling import levelled
from services.document.model import Bounds, Line
from services.document.rows import Frame, are_level, in_rows

PARAGRAPH, BLOCK = 0.75, 2.0
"""Gaps between rows, in heights of a line, that end a paragraph and a block, if they are wider than usual."""

WIDER = 1.6
"""A gap that many times the usual one is wider."""

TALLER = 1.3
"""Rows of such different heights do not belong to one paragraph: a heading and its text."""

CELL = 1.2
"""The gap between cells, in heights of the row; what stands closer is one text that was found in parts."""

LEVEL = 0.5
"""Lines stand in one row when their middles are closer than this share of the lower one's height."""


Placed = tuple[Line, float, float]
"""A line, and where along the text it starts and ends."""

Cell = tuple[str, float, float]
"""A text, and where in its row it starts and ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """Lines beside each other, along the text from `left` to `right` and across it from `top` to `bottom`."""

    placed: tuple[Placed, ...]
    left: float
    right: float
    top: float
    bottom: float

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for line, _, _ in self.placed)

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def cells(self) -> list[Cell]:
        """What stands apart from its neighbours in the row."""
        cells: list[Cell] = []
        for line, start, end in self.placed:
            if cells and start - cells[-1][2] < CELL * self.height:
                text, first, _ = cells.pop()
                cells.append((f"{text} {line.text}", first, end))
            else:
                cells.append((line.text, start, end))
        return cells


def has_columns(row: Row) -> bool:
    """Whether it has several cells."""
    return len(row.cells) > 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Rows that follow each other closely, at least one."""

    rows: tuple[Row, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for row in self.rows for line in row.lines)


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs of one column, at least one."""

    paragraphs: tuple[Paragraph, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for paragraph in self.paragraphs for line in paragraph.lines)


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """The lines, which are in reading order and stay so."""
    rows = rows_of(lines)
    usual = _usual_gap(rows)
    return tuple(
        Block(tuple(Paragraph(tuple(rows)) for rows in _parted(block, PARAGRAPH, usual)))
        for block in _parted(rows, BLOCK, usual)
    )


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines that follow each other in reading order and stand side by side."""
    frame = levelled(lines)
    return _grown((_row(line, frame) for line in lines), _continues)


def level_rows(lines: Sequence[Line]) -> list[Row]:
    """All that stands on one level, over all columns, from top to bottom and from left to right."""
    frame = levelled(lines)
    rows = _grown(sorted((_row(line, frame) for line in lines), key=lambda row: row.middle), _are_level)
    return [replace(row, placed=tuple(sorted(row.placed, key=lambda one: one[1]))) for row in rows]


def _row(line: Line, frame: Frame) -> Row:
    extent = frame.extent(line.quad)
    return Row(((line, extent.left, extent.right),), extent.left, extent.right, extent.top, extent.bottom)


def _grown(lines: Iterable[Row], belongs: Callable[[Row, Row], bool]) -> list[Row]:
    """The rows of lines of which each `belongs` to the last row or begins a new one."""
    return [growing.row for growing in in_rows(lines, partial(_Growing, belongs), recent=1)]


class _Growing:
    """All of its lines together are what the next one is held against."""

    def __init__(self, belongs: Callable[[Row, Row], bool], first: Row) -> None:
        self._belongs = belongs
        self.row = first

    def off(self, line: Row) -> float | None:
        return 0.0 if self._belongs(self.row, line) else None

    def add(self, line: Row) -> None:
        self.row = _joined(self.row, line)


def _continues(row: Row, after: Row) -> bool:
    """Whether it stands beside the row's end. Boxes may overlap a little."""
    return after.left + after.right > 2 * row.right and _are_level(row, after)


def _are_level(row: Row, after: Row) -> bool:
    return are_level(row, after, LEVEL)


def _joined(row: Row, after: Row) -> Row:
    return Row(
        row.placed + after.placed,
        min(row.left, after.left),
        max(row.right, after.right),
        min(row.top, after.top),
        max(row.bottom, after.bottom),
    )


def _usual_gap(rows: Sequence[Row]) -> float:
    gaps = [after.top - row.bottom for row, after in pairwise(rows) if after.top > row.bottom]
    return median(gaps) if gaps else 0.0


def _parted(rows: Sequence[Row], least: float, usual: float) -> Iterator[Sequence[Row]]:
    start = 0
    for place, (row, after) in enumerate(pairwise(rows), 1):
        if _are_apart(row, after, least, usual):
            yield rows[start:place]
            start = place
    if rows:
        yield rows[start:]


def _are_apart(row: Row, after: Row, least: float, usual: float) -> bool:
    """Another column, a wide gap, or type of another size."""
    height = min(row.height, after.height)
    gap = after.top - row.bottom
    elsewhere = gap < -height or after.left > row.right or after.right < row.left
    sizes = max(row.height, after.height) > TALLER * height and least < BLOCK
    return elsewhere or sizes or gap > max(least * height, WIDER * usual)


def around(lines: Sequence[Line]) -> Bounds:
    """The upright rectangle around them."""
    return enclosing(line.quad for line in lines)
