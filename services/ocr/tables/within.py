"""Columns of rows of text, and what of the rows stands in each."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import inf
from statistics import median

from services.ocr.tables.text_rows import Interval, Piece, TextRow, columns_of
from services.ocr.tables.tokens import Token

LEAST_ROWS = 2

ASIDE, FAR = 2.0, 3.0
"""Tables stand side by side where the gap is so many times as wide as the next one, and so many heights of a row."""

SPANNING = 2
"""First rows that may have pieces over several columns."""


class Columns:
    """Places along the text, from left to right, none of which overlap."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self.edges = tuple(intervals)

    def __len__(self) -> int:
        return len(self.edges)

    def place(self, left: float) -> int:
        """Of what begins there."""
        return max(0, bisect_right(self.edges, (left, inf)) - 1)

    def parts(self, row: TextRow) -> bool:
        """Whether no two pieces of the row stand in one column."""
        places = [self.place(piece.left) for piece in row.pieces]
        return all(one != other for one, other in pairwise(places))

    def cells(self, rows: Iterable[TextRow]) -> dict[int, list[Token]]:
        """The words of rows by column."""
        cells: dict[int, list[Token]] = {}
        for row in rows:
            for piece in row.pieces:
                cells.setdefault(self.place(piece.left), []).extend(piece.tokens)
        return cells

    def shared_by(self, rows: Sequence[TextRow]) -> Columns:
        """Without columns that one row alone has, such as `2 x 1.95` on a receipt: those go with what is left of them.

        Where most are such, the rows have no columns in common, and there are none.
        """
        used = Counter(self.place(piece.left) for row in rows for piece in row.pieces)
        kept = [edge for place, edge in enumerate(self.edges) if place == 0 or used[place] >= LEAST_ROWS]
        return Columns(kept if 2 * len(kept) >= len(self.edges) else ())


def divided(rows: Sequence[TextRow]) -> Iterator[Sequence[TextRow]]:
    """Rows of two tables that stand side by side, one after the other; others as they are."""
    columns = columns_of(rows)
    gaps = sorted(((after[0] - column[1], place) for place, (column, after) in enumerate(pairwise(columns), 1)))
    if len(columns) < 4 or gaps[-1][0] < max(ASIDE * gaps[-2][0], FAR * median(row.height for row in rows)):
        yield rows
        return
    place = gaps[-1][1]
    if not 2 <= place <= len(columns) - 2 or not _names_things(rows, columns[place]):
        yield rows
        return
    edge = columns[place][0]
    for is_right in (False, True):
        yield [part for row in rows if (part := _side(row, edge, is_right=is_right))]


def _names_things(rows: Sequence[TextRow], column: Interval) -> bool:
    """Whether most of what stands in a column begins with a letter, as the first column of a table does."""
    texts = [piece.text for row in rows for piece in row.pieces if column[0] <= piece.left < column[1]]
    return 2 * sum(text[:1].isalpha() for text in texts) > len(texts)


def _side(row: TextRow, edge: float, *, is_right: bool) -> TextRow | None:
    pieces: tuple[Piece, ...] = tuple(piece for piece in row.pieces if (piece.left >= edge) is is_right)
    return TextRow(pieces, row.top, row.bottom) if pieces else None
