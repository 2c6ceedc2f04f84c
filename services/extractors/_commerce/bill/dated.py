"""The dates on a bill, with what stands beside them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from services.extractors._commerce.reading.calendars import CALENDARS, GREGORIAN, Day
from services.extractors._commerce.reading.clauses import clause
from services.extractors._commerce.reading.dates import Reading, readings, usual_order
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Label, Span, Values, label_of
from services.extractors._commerce.reading.lexicon import mentions
from services.extractors._commerce.reading.notation import Notation
from services.extractors._commerce.reading.places import order_priors

CLOCK = re.compile(r"\d{1,2}:\d{2}")


@dataclass(frozen=True)
class Dated:
    """A date on the page, read in the document's usual order, and its label.

    `again`: it is printed more than once. `timed`: a time of day stands in its row. `foreign`: words stand before it
    that nobody here knows.
    """

    reading: Reading
    day: Day
    cell: Cell
    label: Label | None
    again: bool
    timed: bool
    foreign: bool = False

    @property
    def names(self) -> frozenset[str]:
        """What its label says."""
        return self.label.concepts if self.label else frozenset()

    @property
    def clause(self) -> str:
        """The part of the line that it stands in."""
        return clause(self.cell.text, self.reading.start, self.reading.end)

    @property
    def in_range(self) -> bool:
        """Whether it is one end of a period."""
        rest, head = self.cell.text[self.reading.end :], self.cell.text[: self.reading.start]
        return bool(re.match(r"\s?(?:-|–|to|until|bis|au|al|a)\s+\w", rest) or re.search(r"\d\s?[-–]\s?$", head))


def dated(sheet: Sheet, notation: Notation) -> tuple[Dated, ...]:
    """All full dates, in reading order."""
    country = notation.origin.country
    calendar = CALENDARS.get(country.code, GREGORIAN) if country else GREGORIAN
    found = [(cell, reading) for cell in sheet.cells for reading in readings(cell.text, calendar=calendar)]
    order = usual_order([reading for _, reading in found], order_priors(sheet, notation))
    spans = [Span(cell, reading.start, reading.end) for cell, reading in found]
    values = Values(tuple(spans))
    days = [reading.by(order) for _, reading in found]
    times = Counter(days)
    return tuple(
        Dated(
            reading=reading,
            day=day,
            cell=cell,
            label=label_of(sheet, span, values, "dates"),
            again=times[day] > 1,
            timed=_timed(sheet, cell),
            foreign=_is_foreign(cell, reading),
        )
        for (cell, reading), day, span in zip(found, days, spans, strict=True)
    )


def _timed(sheet: Sheet, cell: Cell) -> bool:
    """Whether a time of day stands in the same row."""
    return bool(CLOCK.search(sheet.rows[cell.row].text))


def _is_foreign(cell: Cell, reading: Reading) -> bool:
    """Whether a text before a date labels it in words of which none is known."""
    before = cell.text[: reading.start].rstrip()
    letters = sum(map(str.isalpha, before))
    return letters > 2 and not before.endswith((",", "-")) and not mentions(before)
