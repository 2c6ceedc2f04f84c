"""Tables of a page, found by their rules and by what stands below each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.document.levelling import levelled
from services.document.model import Line, Table
from services.document.rows import Frame, are_level
from services.ocr.tables.aligned import tables_in
from services.ocr.tables.folding import Folding
from services.ocr.tables.parts import Part, heads_of, table_of
from services.ocr.tables.picture import Picture
from services.ocr.tables.text_rows import text_rows
from services.ocr.tables.tokens import Token, tokens_of

LEAST_LINES = 4
"""What has fewer lines has no table."""

BESIDE, LEAST_BESIDE = 0.5, 2
"""Lines are level up to this share of their height; a table has so many pairs of them at least."""

MINE = 0.5
"""A line belongs to a ruled table that holds this share of its words."""

Words = Sequence[Sequence[Token]]
"""The words of each line."""


@dataclass(frozen=True, slots=True)
class _Ruled:
    """The cells of tables that are ruled, the levels of other rules across, and the lines in neither."""

    tables: Sequence[Sequence[Part]] = ()
    rules: Sequence[tuple[float, float, float]] = ()


def find(lines: Sequence[Line], page: int, picture: Picture | None = None) -> tuple[Table, ...]:
    """The tables among the lines of page number `page`, which are in reading order, in the order of their first lines.

    `picture` shows the page; without one only what stands below each other tells. Each line is in one table at most.
    """
    if len(lines) < LEAST_LINES:
        return ()
    frame = levelled(lines)
    if not (picture and picture.upright_rules) and not _has_rows(lines, frame):
        return ()
    words = tokens_of(lines, frame)
    if not any(words):
        return ()
    height = max(1.0, median(token.height for line in words for token in line))
    ruled = _ruled(words, picture, frame, height) if picture else _Ruled()
    taken = {token.line for parts in ruled.tables for part in parts for token in part.tokens}
    rest = text_rows([] if place in taken else line for place, line in enumerate(words))
    found = [*ruled.tables, *tables_in(rest, Folding(ruled.rules))]
    found.sort(key=_first_line)
    return tuple(table_of(parts, heads_of(parts), frame, page) for parts in found)


def _has_rows(lines: Sequence[Line], frame: Frame) -> bool:
    """Whether lines that follow each other stand side by side, or words of one stand apart."""
    extents = [frame.extent(line.quad) for line in lines]
    beside = sum(after.left >= one.right and are_level(one, after, BESIDE) for one, after in pairwise(extents))
    return beside >= LEAST_BESIDE or any(line.words for line in lines)


def _first_line(parts: Iterable[Part]) -> int:
    return min(token.line for part in parts for token in part.tokens)


def _ruled(words: Words, picture: Picture, frame: Frame, height: float) -> _Ruled:
    from services.ocr.tables.grids import grids_of  # OpenCV, which web processes do without
    from services.ocr.tables.ruled import holds, parts_of
    from services.ocr.tables.rules import rules_of

    rules = rules_of(picture, frame, height)
    if rules is None:
        return _Ruled()
    grids, strokes = grids_of(rules, height)
    tables: list[Sequence[Part]] = []
    left = list(words)
    for grid in grids:
        inside = [line if holds(grid, line, MINE) else () for line in left]
        if parts := parts_of(grid, [token for line in inside for token in line]):
            tables.append(parts)
            left = [() if taken else line for line, taken in zip(left, inside, strict=True)]
    return _Ruled(tables, [(stroke.middle, stroke.left, stroke.right) for stroke in strokes])
