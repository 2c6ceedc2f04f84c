"""Vertical Chinese and Japanese: glyphs that stand one below the other become one row that runs downwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.document.rows import Frame
from services.ocr.letters import is_cjk
from services.ocr.own_text.stretches import Row, Stretch

DOWNWARDS = Frame((0.0, 1.0), (-1.0, 0.0))

PITCH = 0.6, 2.0
"""From one glyph to the next below it, in sizes of the type."""

ALIGNED = 0.3
"""How far off each other's middle they may stand, in sizes of the type."""

FEWEST = 3
"""Glyphs that make a column."""

ASCENT = 0.88
"""What of a glyph's cell stands over its baseline."""


def are_stacked(rows: Sequence[Row]) -> bool:
    """Whether glyphs follow each other downwards."""
    return any(row.vertical for row in rows) or any(len(run) >= FEWEST for run in _runs(rows))


def columns(rows: Sequence[Row]) -> list[Row]:
    """Rows of characters with those joined that are single glyphs of one column, in the order of the file."""
    return [row for run in _runs(rows) for row in ([_column(run)] if len(run) >= FEWEST else run)]


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in rows:
        if run and not _follows(run[-1], row):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _follows(before: Row, row: Row) -> bool:
    if not (_is_glyph(before) and _is_glyph(row)):
        return False
    one, other = _cell(before), _cell(row)
    off = abs(one.top + one.bottom - other.top - other.bottom) / 2
    return off <= ALIGNED * one.size and PITCH[0] * one.size <= other.start - one.start <= PITCH[1] * one.size


def _is_glyph(row: Row) -> bool:
    """One that stands upright: of a script that is written downwards, or punctuation of it."""
    text = row.text.strip()
    upright = row.vertical or abs(row.frame.along[1]) < 0.1
    return upright and len(text) == 1 and (is_cjk(text) or not text.isalnum())


def _cell(row: Row) -> Stretch:
    """The row's glyph in the frame that runs downwards."""
    (part,) = (part for part in row.parts if not part.text.isspace())
    if row.vertical:
        return part
    left, right = row.frame.point(part.start, 0)[0], row.frame.point(part.end, 0)[0]
    top = part.baseline - ASCENT * part.size
    return part._replace(start=top, end=top + part.size, top=-right, bottom=-left, baseline=-left)


def _column(run: Sequence[Row]) -> Row:
    return replace(run[0], frame=DOWNWARDS, parts=tuple(map(_cell, run)), vertical=True)
