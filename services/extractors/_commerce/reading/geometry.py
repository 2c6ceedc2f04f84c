"""The lines of a page as cells in rows, whatever way the page hangs.

Everything is measured in the frame of the text and in its own unit: u grows along the lines, v from row to row, and 1
is the page's middling line height. So a skewed photo and a scan at any resolution look the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import atan2, cos, hypot, pi, sin
from statistics import median

from services.document.model import Document, Line, Page, Point, Quad

LEVEL = 0.5
"""Cells stand in one row when they share this part of the lower one's height with its nearest cell."""


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
    quad = Quad(one.quad.top_left, other.quad.top_right, other.quad.bottom_right, one.quad.bottom_left)
    return replace(
        one,
        text=f"{one.text} {other.text}",
        confidence=min(one.confidence, other.confidence),
        quad=quad,
        right=other.right,
        top=min(one.top, other.top),
        bottom=max(one.bottom, other.bottom),
        across=(one.across + other.across) / 2,
    )


def gap_above(upper: Cell, lower: Cell) -> float:
    """From the bottom of one cell to the top of another, in line heights; infinite on another page."""
    return lower.top - upper.bottom if upper.page == lower.page else float("inf")


def shared_width(one: Cell, other: Cell) -> float:
    """The share of the narrower cell's width that both cover."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return max(0.0, shared) / max(min(one.right - one.left, other.right - other.left), 1e-6)


def _numbered(row: list[Cell], number: int) -> Row:
    return Row(tuple(replace(cell, row=number) for cell in sorted(row, key=lambda cell: cell.left)))


def _cells(page: Page) -> list[Cell]:
    lines = [_cut(line) for line in page.lines if line.text.strip()]
    if not lines:
        return []
    angle = _angle(lines)
    along, across = (cos(angle), sin(angle)), (-sin(angle), cos(angle))
    unit = max(median(_extent(line.quad, across)[2] for line in lines), 1e-6)
    boxes = [(_extent(line.quad, along), _extent(line.quad, across)) for line in lines]
    left, right = min(u[0] for u, _ in boxes), max(u[1] for u, _ in boxes)
    top, bottom = min(v[0] for _, v in boxes), max(v[1] for _, v in boxes)
    return [
        Cell(
            text=line.text,
            confidence=line.confidence,
            quad=line.quad,
            page=page.number,
            left=u[0] / unit,
            right=u[1] / unit,
            top=v[0] / unit,
            bottom=v[1] / unit,
            depth=((v[0] + v[1]) / 2 - top) / max(bottom - top, 1e-6),
            across=((u[0] + u[1]) / 2 - left) / max(right - left, 1e-6),
        )
        for line, (u, v) in zip(lines, boxes, strict=True)
    ]


def _cut(line: Line) -> Line:
    share = LONGEST_LINE_CHARACTERS / len(line.text)
    if share >= 1:
        return line
    return replace(line, text=line.text[:LONGEST_LINE_CHARACTERS], quad=line.quad.stretch(0, share))


def _extent(quad: Quad, direction: Point) -> tuple[float, float, float]:
    """Start, end and length of a quad in a direction, by the middles of its sides, so that a lean adds nothing."""
    one, two, three, four = (x * direction[0] + y * direction[1] for x, y in quad.points)
    sides = sorted(((one + four) / 2, (two + three) / 2))
    ends = sorted(((one + two) / 2, (three + four) / 2))
    start, end = max(sides, ends, key=lambda pair: pair[1] - pair[0])
    return start, end, end - start


def _angle(lines: Sequence[Line]) -> float:
    """The direction in which most of the text runs, in radians: the median over long lines of the main quarter turn."""
    vectors = [_vector(line.quad) for line in lines]
    quarters = [round(atan2(v, u) / (pi / 2)) % 4 for u, v in vectors]
    weights = [0.0] * 4
    for (u, v), quarter in zip(vectors, quarters, strict=True):
        weights[quarter] += hypot(u, v)
    best = weights.index(max(weights))
    chosen = sorted(
        (hypot(u, v), atan2(v, u)) for (u, v), quarter in zip(vectors, quarters, strict=True) if quarter == best
    )
    longest = [(angle - best * pi / 2 + pi) % (2 * pi) - pi for _, angle in chosen[len(chosen) // 2 :]]
    return best * pi / 2 + median(longest)


def _vector(quad: Quad) -> Point:
    one, two, three, four = quad.points
    return two[0] + three[0] - one[0] - four[0], two[1] + three[1] - one[1] - four[1]


def _rows(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Rows from top to bottom. A cell joins the row whose nearest cell is level with it, so rows may bend."""
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: (cell.middle, cell.left)):
        fitting = [row for row in rows[-4:] if _takes(row, cell)]
        if fitting:
            min(fitting, key=lambda row: abs(_nearest(row, cell).middle - cell.middle)).append(cell)
        else:
            rows.append([cell])
    return sorted(rows, key=lambda row: median(cell.middle for cell in row))


def _takes(row: Sequence[Cell], cell: Cell) -> bool:
    near = _nearest(row, cell)
    shared = min(near.bottom, cell.bottom) - max(near.top, cell.top)
    level = shared >= LEVEL * min(near.height, cell.height) and len(row) < MOST_ROW_CELLS
    return level and not any(shared_width(other, cell) > 0.4 for other in row)


def _nearest(row: Sequence[Cell], cell: Cell) -> Cell:
    return min(row, key=lambda other: max(other.left - cell.right, cell.left - other.right))


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
