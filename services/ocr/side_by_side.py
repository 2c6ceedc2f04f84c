"""Whether what stands on two sides of a gutter is two columns, or the two halves of rows.

What looks like a table, a form or a receipt stays in rows, label before amount. Shape alone does not tell: narrow
columns of a leaflet stand as level as the cells of a table, and a column may have a table in it. What the lines say
tells more: running text goes on in lower case at the next line, of an index both sides are whole entries in the order
of the alphabet, and what stands beside running text without being level with it is no part of its rows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from services.ocr.addresses import is_address, tells_itself
from services.ocr.line_rows import Box, Boxes, rows_of
from services.ocr.seams import Seam, goes_on, heads_of, run_on, seams_of

RUNNING, PARTLY_RUNNING, LEAST_RUNNING_ROWS = 0.4, 0.25, 3
"""The share of a column's rows, and how many at least, that begin in lower case where its text runs on from row to row.
Where cells of tables go on in a second row, hardly more than a third do so on both sides. With headings between short
paragraphs it may be less."""

LEAST_WORDS = 3
"""Of a row of running text, but for the last of a paragraph."""

LEVEL, LEVEL_ROWS, LEAST_ASIDE_ROWS = 0.15, 0.5, 5
"""Rows are level across the gutter whose middles differ by at most this share of their height. By chance a quarter of
the rows are; where at most half of five or more are, the sides have nothing to do with each other."""

LEAST_ENTRIES, ENDING, SORTED = 5, 0.5, 0.8
"""Of an index: rows a side, the share of them that end with a number, and of those that follow the one above."""


LABELS = 0.3
"""The share of rows with a colon at their end from which they are the labels of a form."""

SMALLER, NOTED = 0.9, 0.4
"""How high the type of notes in the margin is at most beside that of the text, and the share of their lines that stand
below another: what has one line each, as who speaks in a play, is read with the text."""

LEAST_HEADS, LEVEL_HEADS = 3, 0.8
"""Beginnings on a side, and the share of all that are level with one of the other side, from which on they are those of
cells."""

LEAST_WORDY_ROWS, WORDY, WORDS = 4, 0.8, 3
"""Rows a side, and the share of them with so many words, of text in a script that has no capitals."""


def are_columns(left: Boxes, right: Boxes) -> bool:
    """Whether these are two columns to be read one after the other, rather than the cells of rows."""
    if min(len(left), len(right)) < 3:
        return False
    sides = _Side(left), _Side(right)
    if all(side.running >= RUNNING for side in sides) or all(side.is_index for side in sides):
        return True
    return _are_apart(*sides) or _are_told(*sides) or _are_shaped_like_columns(*sides)


def are_blocks(left: Boxes, right: Boxes) -> bool:
    """Whether what the lines say, their shape aside, tells two blocks that stand side by side."""
    return min(len(left), len(right)) >= 3 and _are_told(_Side(left), _Side(right))


def _are_told(left: _Side, right: _Side) -> bool:
    return _run_on(left, right) or _are_addresses(left, right) or _is_noted(left, right) or _are_wordy(left, right)


def _run_on(left: _Side, right: _Side) -> bool:
    """Both sides are running text, and not that of wrapped cells."""
    return run_on(left.seams) and run_on(right.seams) and not _begin_level(left, right)


def _begin_level(left: _Side, right: _Side) -> bool:
    """Whether what the lines begin is level with each other, as cells are and sentences are by chance alone."""
    fewer, more = sorted((heads_of(side.boxes, side.seams) for side in (left, right)), key=len)
    levels = sorted(box.middle for box in more)
    level = sum(_is_level(box, levels) for box in fewer)
    return len(fewer) >= LEAST_HEADS and level >= LEVEL_HEADS * len(more)


def _are_addresses(left: _Side, right: _Side) -> bool:
    """One side is an address, the other one too or lines that say by themselves what they are."""
    texts = left.texts, right.texts
    addresses = [is_address(some) for some in texts]
    return all(addresses) or (any(addresses) and any(map(tells_itself, texts)))


def _is_noted(left: _Side, right: _Side) -> bool:
    """Whether one side is running text and the other are notes in small type beside it."""
    notes, text = sorted((left, right), key=lambda side: side.height)
    stacked = len(notes.seams) >= NOTED * len(notes.boxes)
    return run_on(text.seams) and stacked and notes.height <= SMALLER * text.height


def _are_wordy(left: _Side, right: _Side) -> bool:
    """Both sides are lines of several words each in a script that does not tell where sentences begin."""
    return all(side.is_wordy for side in (left, right))


class _Side:
    """What stands on one side of a gutter."""

    def __init__(self, boxes: Boxes) -> None:
        self.boxes = boxes
        self.rows = rows_of(boxes)

    @cached_property
    def running(self) -> float:
        """The share of its rows that go on with the sentence of the row before; 0 where they are hardly any."""
        count = sum(_goes_on(row) for row in self.rows)
        return count / len(self.rows) if count >= LEAST_RUNNING_ROWS else 0.0

    @cached_property
    def seams(self) -> list[Seam]:
        """Its lines that stand closely below each other, in columns of its own where it has several."""
        return seams_of(self.rows)

    @property
    def has_labels(self) -> bool:
        """Whether many of its rows wait for what is filled in beside them."""
        return sum(row[-1].line.text.rstrip().endswith(":") for row in self.rows) >= LABELS * len(self.rows)

    @cached_property
    def texts(self) -> list[str]:
        """Of its rows, where each is one line; of others none."""
        return [row[0].line.text for row in self.rows] if all(len(row) == 1 for row in self.rows) else []

    @cached_property
    def height(self) -> float:
        """Of its middling line."""
        return median(box.height for box in self.boxes)

    @cached_property
    def is_wordy(self) -> bool:
        """Whether most of its rows have several words, and no letters that may be small or large."""
        if len(self.texts) < LEAST_WORDY_ROWS or any(map(_has_case, self.texts)):
            return False
        return sum(len(text.split()) >= WORDS for text in self.texts) >= WORDY * len(self.texts)

    @cached_property
    def is_index(self) -> bool:
        """Whether each row is an entry of its own, of a word and its pages."""
        texts = [" ".join(box.line.text for box in row).casefold() for row in self.rows]
        if len(texts) < LEAST_ENTRIES or not all(text[:1].isalpha() for text in texts):
            return False
        ending = sum(text[-1:].isdigit() for text in texts)
        follow = sum(text <= after for text, after in pairwise(texts))
        return ending >= ENDING * len(texts) and follow >= SORTED * (len(texts) - 1)

    @cached_property
    def shape(self) -> _Shape:
        """Of its lines."""
        area = (max(box.right for box in self.boxes) - min(box.left for box in self.boxes)) * len(self.rows)
        return _Shape(
            rows=len(self.rows),
            aspect=median(box.width / max(box.height, 1e-6) for box in self.boxes),
            fill=sum(box.width for box in self.boxes) / max(area, 1e-6),
        )


@dataclass(frozen=True, slots=True)
class _Shape:
    """Of a column: its rows, how many times as wide as high the middling line is, the share of its area with text."""

    rows: int
    aspect: float
    fill: float


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()


def _goes_on(row: Sequence[Box]) -> bool:
    """Whether a row is one line that begins in the middle of a sentence."""
    text = row[0].line.text
    return len(row) == 1 and text[:1].islower() and (len(text.split()) >= LEAST_WORDS or text[-1:] in ".!?")


def _are_apart(left: _Side, right: _Side) -> bool:
    """Whether one side is running text, and the other, of whatever kind, does not stand in its rows."""
    other, running = sorted((left, right), key=lambda side: (side.running, len(list(filter(goes_on, side.seams)))))
    is_running = running.running >= PARTLY_RUNNING or run_on(running.seams, PARTLY_RUNNING)
    if not is_running or len(other.rows) < LEAST_ASIDE_ROWS or other.has_labels:
        return False
    levels = sorted(row[0].middle for row in running.rows)
    level = sum(_is_level(row[0], levels) for row in other.rows)
    return level <= LEVEL_ROWS * len(other.rows)


def _is_level(box: Box, levels: Sequence[float]) -> bool:
    at = bisect_left(levels, box.middle)
    return any(abs(level - box.middle) <= LEVEL * box.height for level in levels[max(0, at - 1) : at + 1])


def _are_shaped_like_columns(left: _Side, right: _Side) -> bool:
    """Lines that stand beside each other in pairs may be either, so there it takes longer or fuller columns."""
    shapes = left.shape, right.shape
    if not all(shape.aspect >= 6 and shape.fill >= 0.5 for shape in shapes):
        return False
    paired = _paired(left.boxes, right.boxes) >= 0.7 * min(shape.rows for shape in shapes)
    return not paired or all(shape.aspect >= 9 and shape.rows >= (5 if shape.fill >= 0.7 else 12) for shape in shapes)


def _paired(left: Boxes, right: Boxes) -> int:
    """Rows that have lines on both sides."""
    members = set(map(id, left))
    return sum(len({id(box) in members for box in row}) == 2 for row in rows_of([*left, *right]))
