"""What a table is made of before it is one: cells by row and column, with the words in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.document.geometry import upright
from services.document.model import Bounds, Cell, Quad, Table
from services.document.rows import Frame
from services.ocr.tables.tokens import Token, text_of

MOST_CELLS = 20_000
"""What has more is no table that anybody reads."""

NUMERIC = 0.5
"""The share of digits among the letters and digits of a number, a date or an amount with its currency."""


@dataclass(frozen=True, slots=True)
class Part:
    """A cell in the frame of the text: `bounds` are left, top, right and bottom there."""

    row: int
    column: int
    row_span: int
    column_span: int
    bounds: Bounds
    tokens: tuple[Token, ...] = ()

    @property
    def text(self) -> str:
        return text_of(self.tokens)


def is_number(text: str) -> bool:
    """Whether it is mostly digits."""
    digits = sum(map(str.isdigit, text))
    return digits > 0 and digits >= NUMERIC * sum(map(str.isalnum, text))


def table_of(parts: Sequence[Part], heads: int, frame: Frame, page: int) -> Table:
    """The table of at least one part; its first rows, so many, are heads."""
    cells = tuple(_cell(part, part.row < heads, frame, page) for part in parts)
    rows = max(part.row + part.row_span for part in parts)
    columns = max(part.column + part.column_span for part in parts)
    return Table(page, rows, columns, frame.around(cell.bbox for cell in cells), cells)


def _cell(part: Part, head: bool, frame: Frame, page: int) -> Cell:
    return Cell(
        row=part.row,
        column=part.column,
        bbox=_quad(part.bounds, frame),
        page=page,
        text=part.text,
        lines=tuple(sorted({token.line for token in part.tokens})),
        row_span=part.row_span,
        column_span=part.column_span,
        head=head,
    )


def _quad(bounds: Bounds, frame: Frame) -> Quad:
    return Quad(*(frame.point(u, v) for u, v in upright(bounds).points))


def heads_of(parts: Iterable[Part]) -> int:
    """How many of the first rows name what stands below: rows of words over numbers, and those under a spanned head.

    The first row of a table is its head unless it holds a number itself; so is the second where the first has cells
    over several columns that it parts.
    """
    rows: dict[int, list[Part]] = {}
    for part in parts:
        rows.setdefault(part.row, []).append(part)
    first = rows.get(0, [])
    if any(is_number(part.text) and not _is_year(part.text) for part in first):
        return 0
    depth = max((part.row_span for part in first), default=1)
    if depth == 1 and any(part.column_span > 1 for part in first):
        depth = 2
    below = [part for row in range(1, depth) for part in rows.get(row, ()) if part.column]
    return depth if depth < len(rows) and not any(_is_amount(part.text) for part in below) else 1


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit()


def _is_amount(text: str) -> bool:
    return is_number(text) and not _is_year(text)
