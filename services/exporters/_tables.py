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
"""Rows of a single cell, such as a description that goes on, between two rows of several, or behind the last."""

NEAR = 1.0
"""The gap, in heights of the lower row, up to which a row may be what the cell above it goes on with."""

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
        members = [*members, *_behind(members, rows[place + len(members) : place + len(members) + MOST_BETWEEN])]
        table = _table([row for row, _ in members])
        parts += [table] if table else members
        place += len(members)
    for _, group in groupby(parts, key=lambda part: None if isinstance(part, Table) else part[1]):
        yield from _whole(group)


def _together(rows: Sequence[Placed]) -> Sequence[Placed]:
    """The first rows, as long as their cells stand below each other; a new paragraph brings no new columns.

    Only a first row may have fewer than the next one: a head with nothing over some column.
    """
    columns: list[Interval] = []
    cells: list[Sequence[Cell]] = []
    end = 0
    for count, (row, number) in enumerate(rows, 1):
        cells.append(row.cells)
        grown = _columns(cells)
        is_new = count > 1 and number != rows[count - 2][1]
        is_known = len(grown) in (len(columns), len(row.cells) if count == LEAST_ROWS else 0)
        if not _agree(cells, grown) or (is_new and not is_known):
            break
        columns = grown
        if len(cells[-1]) >= LEAST_COLUMNS:
            end = count
        elif count - end > MOST_BETWEEN:
            break
    return rows[:end]


def _behind(members: Sequence[Placed], rows: Sequence[Placed]) -> Iterator[Placed]:
    """Those of the next rows that go on with a cell of the table's last row, or are the sum below its last column."""
    if len(members) < LEAST_ROWS:
        return
    above, number = members[-1]
    base = next(row for row, _ in reversed(members) if has_columns(row))
    for row, its_number in rows:
        if its_number != number or (_goes_on(base, above, row) is None and not _is_sum(base, row)):
            return
        yield row, number
        above = row


def _goes_on(base: Row, above: Row, row: Row) -> int | None:
    """The place of the cell in the `base` row that a single cell of words right below it goes on with, or None.

    It begins where that one does. What stands below the first cell of a row is a row of its own. Between both rows
    there may be others that go on as well: `above` is the last of them.
    """
    if len(row.cells) != 1 or row.top - above.bottom > NEAR * row.height:
        return None
    (text, start, _), near = row.cells[0], min(row.height, base.height) / 2
    places = (place for place, (_, left, _) in enumerate(base.cells) if place and abs(start - left) <= near)
    return next(places, None) if any(map(str.isalpha, text)) else None


def _is_sum(base: Row, row: Row) -> bool:
    """Whether a single cell without words stands below the last one of the `base` row."""
    (text, start, end), (_, left, right) = row.cells[0], base.cells[-1]
    return len(row.cells) == 1 and not any(map(str.isalpha, text)) and start < right and left < end


def _folded(rows: Sequence[Row]) -> list[Sequence[Cell]]:
    """The cells of each row, what goes on in the rows below it put into them."""
    folded: list[list[Cell]] = []
    base = above = rows[0]
    for row in rows:
        place = _goes_on(base, above, row) if folded and has_columns(base) else None
        if place is None:
            folded.append(list(row.cells))
            base = row
        else:
            (text, left, right), (more, _, end) = folded[-1][place], row.cells[0]
            folded[-1][place] = (f"{text} {more}", left, max(right, end))
        above = row
    return list(folded)


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
    cells = _folded(rows)
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
