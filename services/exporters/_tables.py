"""Tables among the paragraphs of a block: rows of cells that stand below each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from services.exporters._blocks import Paragraph, Row

LEAST_ROWS, LEAST_COLUMNS = 2, 2
MOST_COLUMNS = 20
"""More are no table that anybody could read as one."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Table:
    """The text of cells, row by row, each with as many as there are columns."""

    cells: tuple[tuple[str, ...], ...]


def tables_of(paragraphs: Sequence[Paragraph]) -> Iterator[Table | Paragraph]:
    """The paragraphs in their order, but for rows of several cells whose columns agree: those are tables."""
    rows = [(row, number) for number, paragraph in enumerate(paragraphs) for row in paragraph.rows]
    parts: list[Table | tuple[Row, int]] = []
    for has_cells, run in groupby(rows, key=lambda item: has_columns(item[0])):
        members = list(run)
        table = _table([row for row, _ in members]) if has_cells else None
        parts += [table] if table else members
    for _, group in groupby(parts, key=lambda part: None if isinstance(part, Table) else part[1]):
        yield from _whole(group)


def _whole(parts: Iterable[Table | tuple[Row, int]]) -> Iterator[Table | Paragraph]:
    """Tables as they are, rows as one paragraph."""
    found = list(parts)
    yield from (part for part in found if isinstance(part, Table))
    if rows := tuple(part[0] for part in found if not isinstance(part, Table)):
        yield Paragraph(rows)


def has_columns(row: Row) -> bool:
    """Whether it has several cells."""
    return len(row.cells) >= LEAST_COLUMNS


def _table(rows: Sequence[Row]) -> Table | None:
    columns = _columns(rows)
    if len(rows) < LEAST_ROWS or not LEAST_COLUMNS <= len(columns) <= MOST_COLUMNS or not _agree(rows, columns):
        return None
    return Table(tuple(tuple(_cells(row, columns)) for row in rows))


def _columns(rows: Sequence[Row]) -> list[Interval]:
    """Where cells of any row stand, joined where they overlap: what a gap over all rows parts."""
    columns: list[Interval] = []
    for start, end in sorted((start, end) for row in rows for _, start, end in row.cells):
        if columns and start < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], end)
        else:
            columns.append((start, end))
    return columns


def _agree(rows: Sequence[Row], columns: Sequence[Interval]) -> bool:
    """Whether no row has two cells in one column, and every column has cells of two rows."""
    places = [[_place(start, columns) for _, start, _ in row.cells] for row in rows]
    unique = all(one != other for row in places for one, other in pairwise(row))
    return unique and all(sum(column in row for row in places) >= LEAST_ROWS for column in range(len(columns)))


def _place(start: float, columns: Sequence[Interval]) -> int:
    return max(place for place, (left, _) in enumerate(columns) if left <= start)


def _cells(row: Row, columns: Sequence[Interval]) -> Iterator[str]:
    texts = {_place(start, columns): text for text, start, _ in row.cells}
    for column in range(len(columns)):
        yield texts.get(column, "")
