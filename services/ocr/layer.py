"""A PDF page's own text: its lines and words, and whether it may be trusted in place of recognition.

A layer may say something else than the page shows: fonts whose glyphs are mapped to nothing, to private characters or
to wrong letters; the text of somebody's earlier recognition, hidden over or under a scan; text that is white on white
or covered; a page whose words are pictures or outlines. So a layer is used only where nothing speaks against it, and
what is counted here are characters, so that a stray one condemns no page.

What comes in is what PyMuPDF's `extractDICT` and `extractRAWDICT` give, in points of the page before /Rotate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.document.geometry import upright
from services.document.model import Bounds, Line, Point, Quad, Word
from services.document.rows import Frame
from services.ocr.letters import is_garbled, unmapped

Place = Callable[[Point], Point]
"""From points of the page to pixels of the displayed page."""

Grey = NDArray[np.uint8]

SURE = 1.0
"""The confidence of text that was not recognised but taken from the file."""

MOST_CHARACTERS = 100_000
"""More than any printed page has; beyond it a layer is not looked at, which bounds the memory that it may take."""

STRAY = 0.05
"""The share of characters that may be unmapped or invisible: bullets of symbol fonts, hidden marks for machines."""

PICTURES = 0.5
"""The share of the page that pictures may cover."""

ELSEWHERE = 0.2
"""The share of what looks like text that may lie outside the layer. Logos, stamps and rules of invoices came to .1 at
most, an invoice whose seller's address is a picture to .35."""

SMALLEST = 1.0
"""Type, in points, that nobody can read."""

CELL = 12
"""Pixels of the picture, at 100 dpi, that are looked at together: about a line's height."""

CONTRAST, MARKS = 40, 3
"""A step of so many grey levels is an edge; a cell with so many both across and downwards may hold text.

Rules have edges in one direction only, even grounds have none.
"""


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The layer of one page. `flaw` says in a few words why it should not be used; it is empty where it is sound.

    Lines are in no particular order and, like `width` and `height`, in pixels of the displayed page at `dpi`.
    """

    lines: tuple[Line, ...]
    flaw: str
    width: int
    height: int
    dpi: int
    rotation: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a line in the line's own frame: along its direction from `start` to `end`, across from `top` down."""

    text: str
    start: float
    end: float
    top: float
    bottom: float
    seen: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A line, its characters without white space, and how many of them are not drawn for the eye."""

    line: Line
    count: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Looks:
    """What the page looks like: grey, at about 100 dpi, with the factor from the lines' pixels to its own."""

    grey: Grey
    scale: float


def written(blocks: Iterable[Mapping[str, Any]], place: Place, *, words: bool) -> list[Written]:
    """The lines that are not blank; with `words` the blocks have to be those of `extractRAWDICT`."""
    lines = (line for block in blocks for line in block.get("lines", ()))
    return [found for line in lines if (found := _written(line, place, words))]


def _written(line: Mapping[str, Any], place: Place, words: bool) -> Written | None:
    frame = _frame(line["dir"])
    spans = [_stretch(span, span, frame) for span in line["spans"]]
    text = " ".join("".join(span.text for span in spans).split())
    if not text:
        return None
    found = _words(line, frame, place) if words else ()
    hidden = sum(_inked(span.text) for span in spans if not span.seen)
    return Written(Line(text, SURE, _quad(spans, frame, place), tuple(found)), _inked(text), hidden)


def _frame(along: Point) -> Frame:
    return Frame(along, (-along[1], along[0]))


def _inked(text: str) -> int:
    """Characters that are not white space."""
    return sum(not character.isspace() for character in text)


def _stretch(item: Mapping[str, Any], span: Mapping[str, Any], frame: Frame) -> _Stretch:
    """Of a span or a character of it.

    Its box stands upright even where the text does not: around a text `length` long and `height` high at an angle with
    cosine c and sine s it is c x length + s x height wide.
    """
    left, top, right, bottom = item["bbox"]
    size, height = span["size"], span["size"] * (span["ascender"] - span["descender"])
    c, s = abs(frame.along[0]), abs(frame.along[1])
    length = (right - left - s * height) / c if c > s else (bottom - top - c * height) / s
    start, baseline = frame.place(item["origin"])
    return _Stretch(
        text=item["c"] if "c" in item else _text(span),
        start=start,
        end=start + max(length, 0.0),
        top=baseline - span["ascender"] * size,
        bottom=baseline - span["descender"] * size,
        seen=bool(span["alpha"]) and size >= SMALLEST,
    )


def _text(span: Mapping[str, Any]) -> str:
    return span["text"] if "text" in span else "".join(character["c"] for character in span["chars"])


def _words(line: Mapping[str, Any], frame: Frame, place: Place) -> Iterator[Word]:
    characters = [_stretch(one, span, frame) for span in line["spans"] for one in span["chars"]]
    for blank, group in groupby(characters, key=lambda one: one.text.isspace()):
        if not blank:
            word = list(group)
            yield Word("".join(one.text for one in word), SURE, _quad(word, frame, place))


def _quad(parts: Sequence[_Stretch], frame: Frame, place: Place) -> Quad:
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    top, bottom = min(part.top for part in parts), max(part.bottom for part in parts)
    return Quad(*(place(frame.point(*corner)) for corner in upright((start, top, end, bottom)).points))


def inside(lines: Iterable[Written], width: float, height: float) -> list[Written]:
    """Those whose middle is on the page: printers' marks and parked text are not."""
    return [one for one in lines if _is_inside(one.line.quad.bounds, width, height)]


def _is_inside(bounds: Bounds, width: float, height: float) -> bool:
    left, top, right, bottom = bounds
    return 0 <= left + right <= 2 * width and 0 <= top + bottom <= 2 * height


def flaw(lines: Sequence[Written], pictures: float, looks: Looks | None) -> str:
    """What speaks against the layer, or nothing. `pictures`: the share of the page that they cover.

    Without `looks` only the text itself is judged.
    """
    text = "\n".join(one.line.text for one in lines)
    if not lines:
        return "no text layer"
    most = STRAY * sum(one.count for one in lines)
    signs = (
        (unmapped(text) > most, "a text layer with characters that stand for nothing"),
        (is_garbled(text), "a text layer whose letters make no words"),
        (sum(one.hidden for one in lines) > most, "a text layer that is not meant to be seen"),
        (pictures > PICTURES, "a picture that fills most of it"),
    )
    found = next((words for holds, words in signs if holds), "")
    return found or (_mismatch(lines, looks, most) if looks else "")


def _mismatch(lines: Sequence[Written], looks: Looks, most: float) -> str:
    if _without_ink(lines, looks) > most:
        return "a text layer that cannot be seen"
    return "more text than its text layer has" if _has_other_text(lines, looks) else ""


def _without_ink(lines: Iterable[Written], looks: Looks) -> int:
    """Characters of lines where the page shows nothing at all."""
    edges = _edges(looks.grey, 1)
    return sum(one.count for one in lines if not _part(edges, one, looks.scale).any())


def _has_other_text(lines: Iterable[Written], looks: Looks) -> bool:
    """Whether much of what looks like text stands outside the lines."""
    marks = _marks(looks.grey)
    known = np.zeros_like(marks)
    for one in lines:
        _part(known, one, looks.scale / CELL)[:] = True
    return bool((marks & ~known).sum() > ELSEWHERE * marks.sum())


def _part(of: NDArray[Any], one: Written, scale: float) -> NDArray[Any]:
    """The window of a line; never empty, and within the array."""
    left, top, right, bottom = (max(0, int(side * scale)) for side in one.line.quad.bounds)
    return of[min(top, len(of) - 1) : bottom + 1, min(left, of.shape[1] - 1) : right + 1]


def _edges(grey: Grey, axis: int) -> NDArray[np.bool_]:
    """Where a pixel differs from the next; the last row or column has none."""
    steps = np.abs(np.diff(grey.astype(np.int16), axis=axis, append=grey.take([-1], axis).astype(np.int16)))
    return steps > CONTRAST


def _marks(grey: Grey) -> NDArray[np.bool_]:
    """By cell, whether it may hold text."""
    rows, columns = -(-grey.shape[0] // CELL), -(-grey.shape[1] // CELL)
    padding = ((0, rows * CELL - grey.shape[0]), (0, columns * CELL - grey.shape[1]))
    counts = (
        np.pad(_edges(grey, axis), padding).reshape(rows, CELL, columns, CELL).sum(axis=(1, 3)) for axis in (0, 1)
    )
    return np.asarray(np.logical_and.reduce([count >= MARKS for count in counts]))


def covered(boxes: Iterable[Bounds], width: float, height: float) -> float:
    """The share of the page under any of these boxes, to about a hundredth."""
    steps = 100
    grid = np.zeros((steps, steps), dtype=bool)
    for left, top, right, bottom in boxes:
        columns = _steps(left / width, right / width, steps)
        grid[_steps(top / height, bottom / height, steps), columns] = True
    return float(grid.mean())


def _steps(start: float, end: float, steps: int) -> slice:
    return slice(round(max(0.0, min(start, 1.0)) * steps), round(max(0.0, min(end, 1.0)) * steps))
