"""Rows of text in reading order, and the pieces that stand apart in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.document.rows import are_level, in_rows
from services.ocr.tables.tokens import Token, text_of

WITHIN, BETWEEN = 1.2, 1.0
"""The gap, in heights of the row, from which words stand apart: in one line, and where lines were found apart."""

LEVEL = 0.5

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand close to each other, from `left` to `right`."""

    tokens: tuple[Token, ...]
    left: float
    right: float

    @property
    def text(self) -> str:
        return text_of(self.tokens)

    @property
    def line(self) -> int:
        return self.tokens[-1].line


@dataclass(frozen=True, slots=True)
class TextRow:
    """What stands beside each other, from left to right."""

    pieces: tuple[Piece, ...]
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def has_columns(self) -> bool:
        return len(self.pieces) > 1


def text_rows(words: Iterable[Sequence[Token]]) -> list[TextRow]:
    """The rows of lines in reading order, each given by its words."""
    lines = (row for line in words if line for row in [_row_of(line)])
    return [growing.row() for growing in in_rows(lines, _Growing, recent=1)]


def _row_of(line: Sequence[Token]) -> TextRow:
    tokens = sorted(line, key=lambda token: token.left)
    return TextRow(tuple(_pieces(tokens)), min(one.top for one in tokens), max(one.bottom for one in tokens))


def _pieces(tokens: Sequence[Token]) -> Iterator[Piece]:
    begun = 0
    for place, (token, after) in enumerate(pairwise(tokens), 1):
        if after.left - token.right >= WITHIN * min(token.height, after.height):
            yield _piece(tokens[begun:place])
            begun = place
    yield _piece(tokens[begun:])


def _piece(tokens: Sequence[Token]) -> Piece:
    return Piece(tuple(tokens), tokens[0].left, max(token.right for token in tokens))


class _Growing:
    """Lines that follow each other to the right on one level."""

    def __init__(self, first: TextRow) -> None:
        self._lines = [first]
        self._around = first

    def off(self, line: TextRow) -> float | None:
        beside = line.left + line.right > 2 * self._around.right
        return 0.0 if beside and are_level(_Level(self._around), _Level(line), LEVEL) else None

    def add(self, line: TextRow) -> None:
        self._lines.append(line)
        top, bottom = min(self._around.top, line.top), max(self._around.bottom, line.bottom)
        self._around = TextRow((*self._around.pieces, *line.pieces), top, bottom)

    def row(self) -> TextRow:
        pieces: list[Piece] = []
        for piece in self._around.pieces:
            last = pieces[-1] if pieces else None
            if last and last.line != piece.tokens[0].line and piece.left - last.right < BETWEEN * self._around.height:
                pieces[-1] = Piece(last.tokens + piece.tokens, last.left, max(last.right, piece.right))
            else:
                pieces.append(piece)
        return TextRow(tuple(pieces), self._around.top, self._around.bottom)


class _Level:
    """A row as what has a level."""

    def __init__(self, row: TextRow) -> None:
        self.left, self.right, self.middle, self.height = row.left, row.right, row.middle, row.height


def columns_of(rows: Iterable[TextRow]) -> list[Interval]:
    """Where pieces of any row stand, joined where they overlap: what a gap over all rows parts."""
    return united((piece.left, piece.right) for row in rows for piece in row.pieces)


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """From left to right, those that overlap joined."""
    columns: list[Interval] = []
    for left, right in sorted(intervals):
        if columns and left < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], right)
        else:
            columns.append((left, right))
    return columns
