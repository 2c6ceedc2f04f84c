"""Which label a value on the page belongs to, by where they stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from services.document.rows import shared_width
from services.extractors._commerce.reading.geometry import Cell, Sheet, gap_above
from services.extractors._commerce.reading.lexicon import Mention, mentions

BESIDE, AHEAD, ASKEW = 0.95, 0.75, 0.5
"""How much less than a label in the value's own line one counts that stands in its row, above it, or slightly off."""

PER_VALUE = 0.7
"""What another value between label and value leaves of it."""

MOST_BETWEEN = 10
"""Values and cells between a label and its value, beyond which one is no longer looked for."""

NAMES_OF_NUMBERS = frozenset({"numbers.number", "numbers.other_number", "parties.registration"})

CODE = re.compile(r"(?=[^\W_]*\d{5})[^\W_]{6,}")
"""A number of a party or a card, beside its own label."""

FAR = 2.6
"""The widest gap, in line heights, between a heading and the value below it."""


class Span(NamedTuple):
    """A slice of a cell's text."""

    cell: Cell
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.cell.text[self.start : self.end]


@dataclass(frozen=True)
class Values:
    """All values of a kind, in the order of the page."""

    spans: tuple[Span, ...] = ()

    @cached_property
    def _by_cell(self) -> Mapping[int, Sequence[Span]]:
        cells: defaultdict[int, list[Span]] = defaultdict(list)
        for span in self.spans:
            cells[id(span.cell)].append(span)
        return cells

    def of(self, cell: Cell) -> Sequence[Span]:
        """Those in one cell."""
        return self._by_cell.get(id(cell), ())

    def before(self, value: Span) -> Sequence[Span]:
        """Those in the same cell that end where this one starts, or farther left."""
        return [other for other in self.of(value.cell) if other.end <= value.start]


@dataclass(frozen=True)
class Label:
    """A text that labels a value, its phrases of the family asked for, and how close it stands, from 0 to 1."""

    cell: Cell
    text: str
    mentions: tuple[Mention, ...]
    closeness: float

    @property
    def concepts(self) -> frozenset[str]:
        return frozenset(mention.concept.partition(".")[2] for mention in self.mentions)

    @property
    def exact(self) -> bool:
        """Whether no letter had to be guessed."""
        return all(mention.exact for mention in self.mentions)

    @property
    def weight(self) -> float:
        """Closeness, and less where letters had to be guessed or the phrase is a small part of the text."""
        letters = sum(map(str.isalpha, self.text))
        share = sum(mention.end - mention.start for mention in self.mentions) / max(letters, 1)
        return self.closeness * (1.0 if self.exact else 0.85) * min(1.0, 0.6 + share)


def label_of(sheet: Sheet, value: Span, values: Values, family: str) -> Label | None:
    """The closest label of a family: in the value's line before it, left of it in its row, above it, or askew.

    `values` are all values of the kind: those between weaken it.
    """
    return next(_labels(sheet, value, values, family), None)


def _labels(sheet: Sheet, value: Span, values: Values, family: str) -> Iterator[Label]:
    yield from _in_line(value, values, family)
    yield from _in_row(sheet, value, values, family)
    yield from _above(sheet, value, values, family)
    yield from _askew(sheet, value, values, family)


def _in_line(value: Span, values: Values, family: str) -> Iterator[Label]:
    """In the same line: what stands between the value before and this one, or farther left."""
    ends = [0, *sorted(other.end for other in values.before(value))]
    for hops, start in enumerate(reversed(ends[-MOST_BETWEEN:])):
        text = value.cell.text[start : value.start]
        if label := _label(value.cell, text, family, PER_VALUE**hops):
            yield label
            return


def _in_row(sheet: Sheet, value: Span, values: Values, family: str) -> Iterator[Label]:
    closeness = BESIDE * PER_VALUE ** len(values.before(value))
    left = [cell for cell in sheet.rows[value.cell.row].cells if cell.left < value.cell.left and cell is not value.cell]
    for cell in reversed(left[-MOST_BETWEEN:]):
        own = values.of(cell)
        tail = cell.text[max((other.end for other in own), default=0) :]
        if label := _label(cell, tail, family, closeness):
            yield label
            return
        closeness *= PER_VALUE ** len(own)
        if own and (label := _label(cell, cell.text, family, closeness)):
            yield label
            return


def _above(sheet: Sheet, value: Span, values: Values, family: str) -> Iterator[Label]:
    """A heading that covers the value's place, with nothing of another kind between."""
    left, right = value.cell.at(value.start), value.cell.at(value.end)
    closeness = AHEAD
    for row in reversed(sheet.rows[max(0, value.cell.row - 4) : value.cell.row]):
        for cell in row.cells:
            near = gap_above(cell, value.cell) <= FAR and _covers(cell, left, right)
            if near and _has_own(sheet, cell, values):
                return
            if near and not CODE.search(cell.text) and (label := _label(cell, cell.text, family, closeness)):
                yield label
                return
            closeness *= 0.8 if near else 1.0


def _covers(cell: Cell, left: float, right: float) -> bool:
    overlap = min(cell.right, right) - max(cell.left, left)
    return overlap > 0.3 * min(cell.right - cell.left, right - left) or abs(cell.left - left) < 0.5


def _has_own(sheet: Sheet, label: Cell, values: Values) -> bool:
    """Whether a value stands in the label's line or right beside it, so that it labels that one."""
    cells = sheet.rows[label.row].cells
    after = next((cell for cell in cells if cell.left > label.left), None)
    return bool(values.of(label) or (after and values.of(after)))


def _askew(sheet: Sheet, value: Span, values: Values, family: str) -> Iterator[Label]:
    """Left of it and less than a line above or below."""
    rows = sheet.rows[max(0, value.cell.row - 1) : value.cell.row + 2]
    near = [cell for row in rows for cell in row.cells if _is_askew(cell, value.cell)]
    for cell in sorted(near, key=lambda cell: value.cell.left - cell.right):
        label = _label(cell, cell.text, family, ASKEW)
        if label and not _has_own(sheet, cell, values):
            yield label
            return


def _is_askew(cell: Cell, value: Cell) -> bool:
    beside = -0.5 <= value.left - cell.right <= 15 and cell.page == value.page
    return beside and cell.row != value.row and abs(cell.middle - value.middle) < 1.1 and not shared_width(cell, value)


def _label(cell: Cell, text: str, family: str, closeness: float) -> Label | None:
    every = mentions(text)
    found = tuple(mention for mention in every if mention.family == family and not _is_part(mention, every))
    return Label(cell, text, found, closeness) if found else None


def _length(mention: Mention) -> int:
    return mention.end - mention.start


def _is_part(mention: Mention, every: Sequence[Mention]) -> bool:
    """Whether a phrase is but a part of the name of a number: `GST` in `GST No`, `credit` in `Credit note no`."""
    return mention.family == "amounts" and any(
        other.start <= mention.start and mention.end <= other.end and _length(other) > _length(mention)
        for other in every
        if other.concept in NAMES_OF_NUMBERS
    )
