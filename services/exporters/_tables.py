"""Tables among the paragraphs of a block: rows of cells that stand below each other."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

from services.exporters._blocks import Cell, Paragraph, Row

LEAST_ROWS, LEAST_COLUMNS = 2, 2
MOST_ROWS, MOST_COLUMNS = 100, 20
"""What has more columns is no table that anybody could read as one; more rows are several tables."""

MOST_BETWEEN = 2
"""Rows of a single cell, such as a description that goes on, between two rows of several."""

Interval = tuple[float, float]
Placed = tuple[Row, int]
"""A row and the number of its paragraph."""


@dataclass(frozen=True, slots=True)
class Table:
    """The text of cells, row by row, each with as many as there are columns."""

    cells: tuple[tuple[str, ...], ...]


def tables_of(paragraphs: Sequence[Paragraph]) -> Iterator[Table | Paragraph]:
    """The paragraphs in their order, but for rows of several cells whose columns agree: those are tables."""
    rows = [(row, number) for number, paragraph in enumerate(paragraphs) for row in paragraph.rows]
    parts: list[Table | Placed] = []
    place = 0
    while place < len(rows):
        members = _together(rows[place : place + MOST_ROWS]) or [rows[place]]
        table = _table([row for row, _ in members])
        parts += [table] if table else members
        place += len(members)
    for _, group in groupby(parts, key=lambda part: None if isinstance(part, Table) else part[1]):
        yield from _whole(group)


def _together(rows: Sequence[Placed]) -> Sequence[Placed]:
    """The first rows, as long as their cells stand below each other; a new paragraph brings no new columns."""
    columns: list[Interval] = []
    cells: list[Sequence[Cell]] = []
    end = 0
    for count, (row, number) in enumerate(rows, 1):
        cells.append(row.cells)
        grown = _columns(cells)
        is_new = count > 1 and number != rows[count - 2][1]
        if not _agree(cells, grown) or (is_new and len(grown) != len(columns)):
            break
        columns = grown
        if len(cells[-1]) >= LEAST_COLUMNS:
            end = count
        elif count - end > MOST_BETWEEN:
            break
    return rows[:end]


def _whole(parts: Iterable[Table | Placed]) -> Iterator[Table | Paragraph]:
    """Tables as they are, rows as one paragraph."""
    found = list(parts)
    yield from (part for part in found if isinstance(part, Table))
    if rows := tuple(part[0] for part in found if not isinstance(part, Table)):
        yield Paragraph(rows)


def has_columns(row: Row) -> bool:
    """Whether it has several cells."""
    return len(row.cells) >= LEAST_COLUMNS


def _table(rows: Sequence[Row]) -> Table | None:
    if sum(map(has_columns, rows)) < LEAST_ROWS:
        return None
    cells = [row.cells for row in rows]
    columns = _shared(cells, _columns(cells))
    if not LEAST_COLUMNS <= len(columns) <= MOST_COLUMNS:
        return None
    return Table(tuple(tuple(_texts(row, columns)) for row in cells))


def _columns(rows: Sequence[Sequence[Cell]]) -> list[Interval]:
    """Where cells of any row stand, joined where they overlap: what a gap over all rows parts."""
    columns: list[Interval] = []
    for start, end in sorted((start, end) for cells in rows for _, start, end in cells):
        if columns and start < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], end)
        else:
            columns.append((start, end))
    return columns


def _shared(rows: Sequence[Sequence[Cell]], columns: Sequence[Interval]) -> Sequence[Interval]:
    """Without columns that one row alone has, such as `2 x 1.95` on a receipt: those go with what is left of them.

    Where most are such, the rows have no columns in common, and there are none.
    """
    used = Counter(_place(start, columns) for cells in rows for _, start, _ in cells)
    kept = [column for place, column in enumerate(columns) if place == 0 or used[place] >= LEAST_ROWS]
    return kept if 2 * len(kept) >= len(columns) else ()


def _agree(rows: Sequence[Sequence[Cell]], columns: Sequence[Interval]) -> bool:
    """Whether no row has two cells in one column."""
    places = [[_place(start, columns) for _, start, _ in cells] for cells in rows]
    return all(one != other for row in places for one, other in pairwise(row))


def _place(start: float, columns: Sequence[Interval]) -> int:
    return bisect_right(columns, (start, inf)) - 1


def _texts(cells: Sequence[Cell], columns: Sequence[Interval]) -> Iterator[str]:
    texts: dict[int, list[str]] = {}
    for text, start, _ in cells:
        texts.setdefault(_place(start, columns), []).append(text)
    for column in range(len(columns)):
        yield " ".join(texts.get(column, ()))
