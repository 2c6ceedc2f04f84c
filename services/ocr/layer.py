"""A PDF page's own text: its lines and words, and whether it may be trusted in place of recognition.

A layer may say something else than the page shows: fonts whose glyphs are mapped to nothing, to private characters or
to wrong letters; the text of somebody's earlier recognition, hidden over or under a scan; a page whose words are
pictures or outlines. So a layer is used only where nothing speaks against it, and what is counted here are characters,
so that a stray one condemns no page.

What comes in is what of the text can be seen, in points of the displayed page; see `services.ocr.own_text`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from services.document.model import Bounds, Line, Point, Quad, Word
from services.ocr.letters import is_garbled, unmapped
from services.ocr.own_text.reading import NO_TEXT, OwnText
from services.ocr.own_text.scans import PICTURES
from services.ocr.own_text.seen import Looks
from services.ocr.own_text.stretches import Row, Stretch

Place = Callable[[Point], Point]
"""From points of the page to pixels of the displayed page."""

Grey = NDArray[np.uint8]

SURE = 1.0
"""The confidence of text that was not recognised but taken from the file."""

STRAY = 0.05
"""The share of characters that may be unmapped, such as bullets of symbol fonts."""

ELSEWHERE = 0.2
"""The share of what looks like text that may lie outside the layer. Logos, stamps and rules of invoices came to .1 at
most, an invoice whose seller's address is a picture to .35."""

CELL = 12
"""Pixels of the picture, at 100 dpi, that are looked at together: about a line's height."""

CONTRAST, MARKS = 40, 3
"""A step of so many grey levels is an edge; a cell with so many both across and downwards may hold text.

Rules have edges in one direction only, even grounds have none.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A line, and its characters without white space."""

    line: Line
    count: int


def scaled(zoom: float) -> Place:
    """From points to pixels."""
    return lambda point: (point[0] * zoom, point[1] * zoom)


def written(rows: Iterable[Row], place: Place, *, words: bool) -> list[Written]:
    """The lines that are not blank; `words` are told where rows consist of characters."""
    return [found for row in rows if (found := _written(row, place, words))]


def _written(row: Row, place: Place, words: bool) -> Written | None:
    text = " ".join(row.text.split())
    if not text:
        return None
    found = tuple(_words(row, place)) if words else ()
    return Written(Line(text, SURE, _quad(row, row.parts, place), found), _inked(text))


def _inked(text: str) -> int:
    """Characters that are not white space."""
    return sum(not character.isspace() for character in text)


def _words(row: Row, place: Place) -> Iterator[Word]:
    for blank, group in groupby(row.parts, key=lambda one: one.text.isspace()):
        if not blank:
            word = list(group)
            yield Word("".join(one.text for one in word), SURE, _quad(row, word, place))


def _quad(row: Row, parts: Sequence[Stretch], place: Place) -> Quad:
    return Quad(*(place(point) for point in row.quad(parts).points))


def inside(lines: Iterable[Written], width: float, height: float) -> list[Written]:
    """Those whose middle is on the page: printers' marks and parked text are not."""
    return [one for one in lines if _is_inside(one.line.quad.bounds, width, height)]


def _is_inside(bounds: Bounds, width: float, height: float) -> bool:
    left, top, right, bottom = bounds
    return 0 <= left + right <= 2 * width and 0 <= top + bottom <= 2 * height


def flaw(lines: Sequence[Written], found: OwnText, zoom: float) -> str:
    """What speaks against what is seen of a layer, or nothing. `zoom`: pixels of the lines to a point."""
    if found.flaw or not lines:
        return found.flaw or NO_TEXT
    text = "\n".join(one.line.text for one in lines)
    most = STRAY * sum(one.count for one in lines)
    signs = (
        (unmapped(text) > most, "a text layer with characters that stand for nothing"),
        (is_garbled(text), "a text layer whose letters make no words"),
        (found.pictures > PICTURES, "a picture that fills most of it"),
    )
    if against := next((words for holds, words in signs if holds), ""):
        return against
    return "more text than its text layer has" if _has_other_text(lines, found.looks, zoom) else ""


def _has_other_text(lines: Iterable[Written], looks: Looks | None, zoom: float) -> bool:
    """Whether much of what looks like text stands outside the lines."""
    if looks is None:
        return False
    marks = _marks(looks.grey)
    known = np.zeros_like(marks)
    for one in lines:
        _part(known, one, looks.scale / zoom / CELL)[:] = True
    return bool((marks & ~known).sum() > ELSEWHERE * marks.sum())


def _part(of: NDArray[np.bool_], one: Written, scale: float) -> NDArray[np.bool_]:
    """The window of a line; never empty, and within the array."""
    left, top, right, bottom = (max(0, int(side * scale)) for side in one.line.quad.bounds)
    return of[min(top, len(of) - 1) : bottom + 1, min(left, of.shape[1] - 1) : right + 1]


def _marks(grey: Grey) -> NDArray[np.bool_]:
    """By cell, whether it may hold text."""
    across = _per_cell(cv2.absdiff(grey[:, 1:], grey[:, :-1]), grey.shape)
    down = _per_cell(cv2.absdiff(grey[1:], grey[:-1]), grey.shape)
    return (across >= MARKS) & (down >= MARKS)


def _per_cell(steps: Grey, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """How many of these steps are edges, in each cell of a picture of this shape."""
    sums = cv2.integral((steps > CONTRAST).view(np.uint8))
    rows, columns = (
        np.minimum(np.arange(0, side + CELL, CELL), end - 1) for side, end in zip(shape, sums.shape, strict=True)
    )
    return np.diff(np.diff(sums[np.ix_(rows, columns)], axis=0), axis=1)
