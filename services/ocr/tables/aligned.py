"""Tables without rules around their cells: rows of pieces that stand below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from services.ocr.tables.folding import Folding
from services.ocr.tables.judging import is_table
from services.ocr.tables.parts import Part
from services.ocr.tables.text_rows import Interval, TextRow, columns_of, united
from services.ocr.tables.within import Columns, divided

MOST_ROWS, MOST_COLUMNS = 1000, 500
"""More rows are several tables."""

MOST_BETWEEN = 3
"""Rows of a single piece, such as a description that goes on, between two rows of several, or behind the last."""

APART, WIDER = 2.0, 1.6
"""A gap of so many heights between rows, if so many times as wide as usual, ends a table."""

NEW, NEW_WIDER = 0.75, 1.6
"""What stands behind such a gap brings no further columns."""

TALLER = 1.35


def tables_in(rows: Sequence[TextRow], folding: Folding) -> Iterator[list[Part]]:
    """The tables among rows in reading order, which take up whole rows."""
    usual = _usual_gap(rows)
    place = 0
    while place < len(rows):
        members = _together(rows[place : place + MOST_ROWS], usual)
        found = list(_tables(_with_behind(members, rows[place + len(members) :], folding), folding)) if members else []
        yield from found
        place += len(members) if found else 1


def _usual_gap(rows: Sequence[TextRow]) -> float:
    gaps = [after.top - row.bottom for row, after in pairwise(rows) if after.top > row.bottom]
    return median(gaps) if gaps else 0.0


def _is_behind_gap(row: TextRow, after: TextRow, least: float, wider: float) -> bool:
    return after.top - row.bottom > max(least * min(row.height, after.height), wider)


def _follows(row: TextRow, after: TextRow, usual: float) -> bool:
    """Whether it stands below the other, not far off and in type of about the same size."""
    height = min(row.height, after.height)
    beside = after.left > row.right or after.right < row.left
    is_below = after.top - row.bottom >= -height and (not beside or row.has_columns or after.has_columns)
    sizes = max(row.height, after.height) <= TALLER * height
    return is_below and sizes and not _is_behind_gap(row, after, APART, WIDER * usual)


def _together(rows: Sequence[TextRow], usual: float) -> Sequence[TextRow]:
    """The first rows, as long as their pieces stand below each other; a single piece above them is a title."""
    if not rows[0].has_columns:
        return ()
    growing = _Growing()
    end = 0
    for count, row in enumerate(rows, 1):
        before = rows[count - 2] if count > 1 else None
        if before and not _follows(before, row, usual):
            break
        is_new = before is not None and _is_behind_gap(before, row, NEW, NEW_WIDER * usual)
        if not growing.takes(row, is_new=is_new):
            break
        if row.has_columns:
            end = count
        elif count - end > MOST_BETWEEN:
            break
    return rows[:end] if sum(row.has_columns for row in rows[:end]) > 1 else ()


@dataclass(slots=True)
class _Growing:
    """Rows whose columns agree."""

    rows: list[TextRow] = field(default_factory=list)
    columns: list[Interval] = field(default_factory=list)

    def takes(self, row: TextRow, *, is_new: bool) -> bool:
        """Whether a row goes with those before; only the first may have fewer columns than what follows behind a gap.

        No row has two pieces in one column.
        """
        grown = united([*self.columns, *((piece.left, piece.right) for piece in row.pieces)])
        columns = Columns(grown)
        joins = any(columns.place(one[0]) == columns.place(other[0]) for one, other in pairwise(self.columns))
        if not all(map(columns.parts, [*self.rows, row] if joins else [row])):
            return False
        known = {len(self.columns)} | ({len(row.pieces)} if len(self.rows) == 1 else set())
        if is_new and len(columns) not in known:
            return False
        self.rows.append(row)
        self.columns = grown
        return True


def _with_behind(members: Sequence[TextRow], rows: Sequence[TextRow], folding: Folding) -> list[TextRow]:
    """With those of the next rows that go on with a cell of the last row, or are the sum below its last column."""
    base = next(row for row in reversed(members) if row.has_columns)
    found = list(members)
    for row in rows[:MOST_BETWEEN]:
        is_near = _follows(found[-1], row, 0.0)
        if not is_near or not (folding.goes_on(base, found[-1], row) or _is_sum(base, row)):
            break
        found.append(row)
    return found


def _is_sum(base: TextRow, row: TextRow) -> bool:
    """Whether a single piece without words stands below the last one of the base."""
    piece, last = row.pieces[0], base.pieces[-1]
    return (
        len(row.pieces) == 1
        and not any(map(str.isalpha, piece.text))
        and piece.left < last.right
        and last.left < piece.right
    )


def _tables(rows: Sequence[TextRow], folding: Folding) -> Iterator[list[Part]]:
    for side in divided(rows):
        columns = Columns(columns_of(side)).shared_by(side)
        if 2 <= len(columns) <= MOST_COLUMNS:
            groups = folding.folded(side, columns)
            parts = list(_parts(groups, columns))
            if is_table(parts, ruled=folding.has_rules(side)):
                yield parts


def _parts(groups: Sequence[Sequence[TextRow]], columns: Columns) -> Iterator[Part]:
    edges = columns.edges
    for number, group in enumerate(groups):
        top, bottom = min(row.top for row in group), max(row.bottom for row in group)
        cells = columns.cells(group)
        for column, (left, right) in enumerate(edges):
            yield Part(number, column, 1, 1, (left, top, right, bottom), tuple(cells.get(column, ())))
