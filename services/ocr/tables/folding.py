"""Which rows of text are one row of a table, some of whose cells go on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from services.ocr.tables.text_rows import Piece, TextRow
from services.ocr.tables.within import Columns

NEAR = 1.0
"""The gap, in heights of the lower row, up to which a row may be what the cell above it goes on with."""

CLOSER = 0.8
"""Rows that are closer by this factor than whole rows of a table are one, even where the first cell goes on."""

COVERED = 0.6
"""The share of rows that rules across have to be as wide as."""


class Folding:
    """Knows the levels of rules across, with where they begin and end."""

    def __init__(self, rules: Sequence[tuple[float, float, float]] = ()) -> None:
        self._rules = sorted(rules)

    def parted(self, row: TextRow, after: TextRow) -> bool:
        """Whether there is a rule between two rows."""
        left, right = min(row.left, after.left), max(row.right, after.right)
        return any(
            row.middle < level < after.middle and min(right, end) - max(left, start) >= COVERED * (right - left)
            for level, start, end in self._rules
        )

    def has_rules(self, rows: Sequence[TextRow]) -> bool:
        """Whether there is a rule between any two of the rows."""
        return bool(self._rules) and any(self.parted(row, after) for row, after in pairwise(rows))

    def goes_on(self, base: TextRow, above: TextRow, row: TextRow) -> bool:
        """Whether all pieces of a row are words that go on with cells of the base row but the first.

        Between both there may be others that do as well: `above` is the last of them.
        """
        if row.top - above.bottom > NEAR * row.height or self.parted(above, row):
            return False
        near = min(row.height, base.height) / 2
        return all(_has_words(piece) and _begins_below(piece, base, near) for piece in row.pieces)

    def folded(self, rows: Sequence[TextRow], columns: Columns) -> list[list[TextRow]]:
        """The rows, those together that are one."""
        pitch = _pitch(rows)
        groups: list[list[TextRow]] = []
        base = rows[0]
        for row in rows:
            if groups and base.has_columns and self._is_more(base, groups[-1][-1], row, pitch):
                groups[-1].append(row)
            else:
                groups.append([row])
                base = row
        return groups

    def _is_more(self, base: TextRow, above: TextRow, row: TextRow, pitch: float) -> bool:
        if self.goes_on(base, above, row):
            return True
        is_close = row.middle - above.middle < CLOSER * pitch and not self.parted(above, row)
        return is_close and len(row.pieces) < len(base.pieces) and all(map(_has_words, row.pieces))


def _has_words(piece: Piece) -> bool:
    return any(map(str.isalpha, piece.text))


def _begins_below(piece: Piece, base: TextRow, near: float) -> bool:
    return any(abs(piece.left - other.left) <= near for other in base.pieces[1:])


def _pitch(rows: Sequence[TextRow]) -> float:
    """From a row of several cells to the next one right below it."""
    steps = [after.middle - row.middle for row, after in pairwise(rows) if row.has_columns and after.has_columns]
    return median(steps) if steps else 0.0
