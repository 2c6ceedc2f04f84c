"""The lines of a page as cells in rows, whatever way the page hangs.

Everything is measured in the frame of the text and in its own unit: u grows along the lines, v from row to row, and 1
is the page's middling line height. So a skewed photo and a scan at any resolution look the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import hypot
from statistics import median

from services.document.geometry import around, joined, run
from services.document.model import Bounds, Document, Line, Page, Quad
from services.document.rows import Frame, Run, direction, in_rows, shared_width

LEVEL, RECENT = 0.5, 4
"""Cells stand in one row when they share this part of the lower one's height with its nearest cell; only so many rows
are looked at, those that were begun last."""

ABOVE = 0.4
"""Of two cells that share more of the narrower one's width, one stands above the other."""

LONGEST_LINE_CHARACTERS = 300
"""Characters of a line that are looked at: no line of a bill or a label is longer."""

MOST_ROW_CELLS = 60
"""Cells in a row."""

WORD_GAP = 0.7
"""Lines of one row whose gap is narrower than this part of their height are parts of one."""


@dataclass(frozen=True)
class Cell:
    """One recognised line. `row` counts the rows of the whole document from 0; `depth` is 0 at the top of its page
    and 1 at the bottom, `across` 0 at the left of what is printed on it and 1 at the right (the cell's middle)."""

    text: str
    confidence: float
    quad: Quad
    page: int
    left: float
    right: float
    top: float
    bottom: float
    row: int = 0
    depth: float = 0.0
    across: float = 0.5

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def at(self, index: int) -> float:
        """Where the character with this index starts along the line, if all are equally wide."""
        return self.left + (self.right - self.left) * index / max(len(self.text), 1)

    def part(self, start: int, end: int) -> Quad:
        """The quad of a slice of the text, if all characters are equally wide."""
        length = max(len(self.text), 1)
        return self.quad.stretch(start / length, end / length)


@dataclass(frozen=True)
class Row:
    """Cells side by side, from left to right."""

    cells: tuple[Cell, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """All rows of a document, from the top of its first page to the bottom of its last."""

    rows: tuple[Row, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for row in self.rows for cell in row.cells)

    @cached_property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)


def sheet(document: Document) -> Sheet:
    """The rows of all pages."""
    rows: list[Row] = []
    for page in document.pages:
        rows += [_numbered(row, len(rows) + place) for place, row in enumerate(_rows(_cells(page)))]
    return Sheet(tuple(rows))


def with_whole_lines(sheet: Sheet) -> Sheet:
    """The same rows with cells joined that stand no farther apart than words do."""
    return Sheet(tuple(Row(tuple(_joined_up(row.cells))) for row in sheet.rows))


def _joined_up(cells: Sequence[Cell]) -> Iterator[Cell]:
    last = cells[0]
    for cell in cells[1:]:
        gap = (cell.left - last.right) / min(last.height, cell.height)
        alike = 0.6 < last.height / cell.height < 1.6
        if alike and gap < WORD_GAP * (3 if cell.text.startswith("&") else 1):
            last = _pair(last, cell)
        else:
            yield last
            last = cell
    yield last


def _pair(one: Cell, other: Cell) -> Cell:
    return replace(
        one,
        text=f"{one.text} {other.text}",
        confidence=min(one.confidence, other.confidence),
        quad=joined(one.quad, other.quad),
        right=other.right,
        top=min(one.top, other.top),
        bottom=max(one.bottom, other.bottom),
        across=(one.across + other.across) / 2,
    )


def gap_above(upper: Cell, lower: Cell) -> float:
    """From the bottom of one cell to the top of another, in line heights; infinite on another page."""
    return lower.top - upper.bottom if upper.page == lower.page else float("inf")


def _numbered(row: list[Cell], number: int) -> Row:
    return Row(tuple(replace(cell, row=number) for cell in sorted(row, key=lambda cell: cell.left)))


def _cells(page: Page) -> list[Cell]:
    lines = [_cut(line) for line in page.lines if line.text.strip()]
    if not lines:
        return []
    frame = Frame.at(direction(lines, _length, _lean_of_longer))
    boxes = [frame.reach(line.quad) for line in lines]
    unit = max(median(bottom - top for _, top, _, bottom in boxes), 1e-6)
    whole = around(boxes)
    return [_cell(line, page.number, box, whole, unit) for line, box in zip(lines, boxes, strict=True)]


def _cell(line: Line, page: int, box: Bounds, whole: Bounds, unit: float) -> Cell:
    """`box` is the line's and `whole` that of all lines of its page, in pixels of the frame of the text."""
    left, top, right, bottom = box
    return Cell(
        text=line.text,
        confidence=line.confidence,
        quad=line.quad,
        page=page,
        left=left / unit,
        right=right / unit,
        top=top / unit,
        bottom=bottom / unit,
        depth=((top + bottom) / 2 - whole[1]) / max(whole[3] - whole[1], 1e-6),
        across=((left + right) / 2 - whole[0]) / max(whole[2] - whole[0], 1e-6),
    )


def _cut(line: Line) -> Line:
    share = LONGEST_LINE_CHARACTERS / len(line.text)
    if share >= 1:
        return line
    return replace(line, text=line.text[:LONGEST_LINE_CHARACTERS], quad=line.quad.stretch(0, share))


def _length(line: Line) -> float:
    return hypot(*run(line.quad))


def _lean_of_longer(runs: Sequence[Run]) -> float:
    """The median over the longer half of the lines."""
    ranked = sorted((one.length, one.lean) for one in runs)
    return median(lean for _, lean in ranked[len(ranked) // 2 :])


def _rows(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Rows from top to bottom. A cell joins the row whose nearest cell is level with it, so rows may bend."""
    ranked = sorted(cells, key=lambda cell: (cell.middle, cell.left))
    rows = [row.cells for row in in_rows(ranked, _Growing, RECENT)]
    return sorted(rows, key=lambda row: median(cell.middle for cell in row))


class _Growing:
    """Cells of a row, in no order."""

    def __init__(self, first: Cell) -> None:
        self.cells = [first]

    def off(self, cell: Cell) -> float | None:
        near = min(self.cells, key=lambda other: max(other.left - cell.right, cell.left - other.right))
        shared = min(near.bottom, cell.bottom) - max(near.top, cell.top)
        is_level = shared >= LEVEL * min(near.height, cell.height) and len(self.cells) < MOST_ROW_CELLS
        is_free = is_level and not any(shared_width(other, cell) > ABOVE for other in self.cells)
        return abs(near.middle - cell.middle) if is_free else None

    def add(self, cell: Cell) -> None:
        self.cells.append(cell)


def lines_below(sheet: Sheet, cell: Cell, rows: int) -> Iterator[Cell]:
    """The lines below, one a row, as far as they follow each other in the same column."""
    last = cell
    for row in sheet.rows[cell.row + 1 : cell.row + 1 + rows]:
        under = [other for other in row.cells if stacked(last, other)]
        if not under or gap_above(last, under[0]) > 2.5:
            return
        last = max(under, key=lambda other: shared_width(last, other))
        yield last


def stacked(upper: Cell, lower: Cell) -> bool:
    """Whether one stands above the other: aligned left, or sharing width."""
    return abs(upper.left - lower.left) < 1.0 or shared_width(upper, lower) > 0.3


def right_of(sheet: Sheet, cell: Cell) -> list[Cell]:
    return [other for other in sheet.rows[cell.row].cells if other.left > cell.right]
