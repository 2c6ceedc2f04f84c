"""Which of a page's lines may be a zone: rows of its characters, parallel, equally long, one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from math import atan2, dist, pi

from services.document.geometry import joined, start
from services.document.model import Line, Point
from services.document.rows import Frame, in_rows
from services.extractors.mrz.characters import FILLER, TURNED, normalised
from services.extractors.mrz.interpretation import Reading

SHORTEST_CHARACTERS, LONGEST_CHARACTERS = 22, 52
"""Characters of a row that may be a line of a zone."""

MOST_ROWS = 200
"""Rows that are looked at: each takes some milliseconds, and ten cards on a page have thirty."""

PIECE = 2
"""The fewest characters of a piece of a row."""

PURE = 0.85
"""The share of a text that is made of the zone's characters."""

TILT = 0.12
"""Radians by which rows of one zone, or pieces of one row, may differ in direction."""

GAP = 2.0
"""Between pieces of a row, in line heights."""

PITCH = 4.5
"""The most from one row to the next, in line heights."""


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One or more pieces of a row in the frame of their text: u along it, v from row to row."""

    pieces: tuple[Line, ...]
    angle: float
    start: float
    end: float
    middle: float
    height: float

    @property
    def text(self) -> str:
        return "".join(normalised(piece.text) for piece in self.pieces)

    @property
    def reading(self) -> Reading:
        """Its text, with the least of the pieces' confidences."""
        quad = joined(self.pieces[0].quad, self.pieces[-1].quad)
        return Reading(self.text, min(piece.confidence for piece in self.pieces), quad)


def stacks(lines: Sequence[Line]) -> Iterator[tuple[Row, ...]]:
    """The rows that may be a zone, three of them, or two, or one, from the top."""
    rows = _likeliest([row for row in _joined(lines) if SHORTEST_CHARACTERS <= len(row.text) <= LONGEST_CHARACTERS])
    for row in rows:
        below = _next(row, rows)
        third = _next(below, rows) if below else None
        if below and third:
            yield row, below, third
        if below:
            yield row, below
        yield (row,)


def _likeliest(rows: Sequence[Row]) -> Sequence[Row]:
    """All rows of any page of documents; of a page that is full of such rows those with the most fillers."""
    return rows if len(rows) <= MOST_ROWS else nlargest(MOST_ROWS, rows, key=lambda row: row.text.count(FILLER))


def upside_down(lines: Sequence[Line]) -> bool:
    """Whether a picture that may show a zone seems to show it upside down."""
    texts = [
        normalised(line.text) for line in lines if _is_pure(line.text) and len(line.text) >= SHORTEST_CHARACTERS / 2
    ]
    return sum(text.count(TURNED) for text in texts) > sum(text.count(FILLER) for text in texts)


def _joined(lines: Sequence[Line]) -> list[Row]:
    """Rows of pieces that a detector took apart."""
    pieces = sorted((_row(line) for line in lines if _is_pure(line.text)), key=lambda row: row.start)
    return [growing.row for growing in in_rows(pieces, _Growing)]


class _Growing:
    """Every piece is held against the frame of the first one."""

    def __init__(self, first: Row) -> None:
        self.row = first

    def off(self, more: Row) -> float | None:
        """Nought, so that the first row that it continues takes it."""
        row, (begin, middle) = self.row, _seen_from(self.row, more)
        near = -row.height / 2 < begin - row.end < GAP * row.height
        return 0.0 if near and _parallel(row, more) and abs(middle - row.middle) < row.height / 2 else None

    def add(self, more: Row) -> None:
        begin, _ = _seen_from(self.row, more)
        pieces = (*self.row.pieces, *more.pieces)
        self.row = replace(self.row, pieces=pieces, end=begin + more.end - more.start)


def _is_pure(text: str) -> bool:
    bare = "".join(text.split())
    return len(bare) >= PIECE and len(normalised(bare)) >= PURE * len(bare)


def _row(line: Line) -> Row:
    (x, y), (x1, y1) = line.quad.top_left, line.quad.top_right
    angle = atan2(y1 - y, x1 - x)
    height = dist(line.quad.top_left, line.quad.bottom_left)
    begin, middle = Frame.at(angle).place(start(line.quad))
    return Row((line,), angle, begin, begin + dist(line.quad.top_left, line.quad.top_right), middle, height)


def _next(row: Row, rows: Sequence[Row]) -> Row | None:
    """The nearest row below that is about as long and starts about where `row` starts."""
    below = [(away, other) for other in rows if other is not row and (away := _below(row, other)) is not None]
    return min(below, key=lambda pair: pair[0])[1] if below else None


def _below(row: Row, other: Row) -> float | None:
    """How far, in pixels."""
    begin, middle = _seen_from(row, other)
    length, away = row.end - row.start, middle - row.middle
    level = 0.5 * row.height < away < PITCH * max(row.height, other.height)
    flush = abs(begin - row.start) < 0.15 * length and abs(other.end - other.start - length) < 0.2 * length
    return away if level and flush and _parallel(row, other) else None


def _seen_from(row: Row, other: Row) -> Point:
    """Where another row starts, in the frame of `row`."""
    return Frame.at(row.angle).place(start(other.pieces[0].quad))


def _parallel(one: Row, other: Row) -> bool:
    return abs((one.angle - other.angle + pi) % (2 * pi) - pi) < TILT
