"""When a document was issued and is due."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.extractors import Field
from services.extractors._commerce.reading.calendars import CALENDARS, GREGORIAN, Day
from services.extractors._commerce.reading.dates import Reading, readings, usual_order
from services.extractors._commerce.reading.evidence import Check, Rule, field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Label, Span, Values, label_of
from services.extractors._commerce.reading.notation import Notation
from services.extractors._commerce.reading.places import order_priors

CLOCK = re.compile(r"\d{1,2}:\d{2}")
LEAST_SCORE = 0.2
"""A date with less evidence is not reported."""


@dataclass(frozen=True)
class Dated:
    """A date on the page, read in the document's usual order, and its label. `again`: it is printed more than once."""

    reading: Reading
    day: Day
    cell: Cell
    label: Label | None
    again: bool
    timed: bool

    @property
    def names(self) -> frozenset[str]:
        return self.label.concepts if self.label else frozenset()


@dataclass(frozen=True)
class Issue:
    """The date of the document and the date by which it is to be paid."""

    date: Field | None = None
    due_date: Field | None = None
    checks: tuple[Check, ...] = ()


def issue(sheet: Sheet, notation: Notation) -> Issue:
    """The dates of a document, each None where none is printed as such."""
    dates = dated(sheet, notation)
    if not dates:
        return Issue()
    best = max(dates, key=lambda dated: (_issued(dated), -dated.cell.row))
    if _issued(best) < LEAST_SCORE:
        best = _only(dates) or best
    due = max(dates, key=lambda dated: (_due(dated), -dated.cell.row))
    issued = best if _issued(best) >= LEAST_SCORE or best is _only(dates) else None
    payable = due if _due(due) >= LEAST_SCORE else None
    return Issue(
        date=_field(issued, _issued(issued)) if issued else None,
        due_date=_field(payable, _due(payable)) if payable else None,
        checks=tuple(_checks(issued, payable)),
    )


def _checks(issued: Dated | None, due: Dated | None) -> Iterator[Check]:
    """A bill cannot be due before there is one."""
    if issued and due and issued.day.date and due.day.date:
        yield Check(Rule.DUE_AFTER_ISSUE, issued.day.date, due.day.date, issued.day <= due.day)


def _only(dates: Sequence[Dated]) -> Dated | None:
    """The one date that is not that of payment, if there is just one, such as a delivery's."""
    others = [dated for dated in dates if "due" not in dated.names and not dated.reading.weak and not _in_range(dated)]
    return others[0] if len({dated.day for dated in others}) == 1 else None


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
        )
        for (cell, reading), day, span in zip(found, days, spans, strict=True)
    )


def _timed(sheet: Sheet, cell: Cell) -> bool:
    """Whether a time of day stands in the same row."""
    return bool(CLOCK.search(sheet.rows[cell.row].text))


def _issued(dated: Dated) -> float:
    """How much speaks for this being the date of the document."""
    closeness = dated.label.weight if dated.label else 0.0
    named = 1.0 if "issued" in dated.names else 0.85 if "date" in dated.names else 0.0
    evidence = (
        (named * closeness, named > 0),
        (0.3, not dated.label),
        (0.25, dated.timed),
        (0.1, dated.again),
        (0.1, dated.cell.depth < 0.4),
        (0.2, "time" in dated.names),
        (-0.7, "due" in dated.names),
        (-0.6, "other_date" in dated.names and "issued" not in dated.names),
        (-0.2, dated.reading.weak),
        (-0.3, _in_range(dated)),
    )
    return sum(weight for weight, holds in evidence if holds)


def _in_range(dated: Dated) -> bool:
    """Whether it is one end of a period."""
    rest, head = dated.cell.text[dated.reading.end :], dated.cell.text[: dated.reading.start]
    return bool(re.match(r"\s?(?:-|–|to|until|bis|au|al|a)\s+\w", rest) or re.search(r"\d\s?[-–]\s?$", head))


def _due(dated: Dated) -> float:
    return (dated.label.weight if dated.label and "due" in dated.names else 0.0) - 0.3 * dated.reading.weak


def _field(dated: Dated, score: float) -> Field | None:
    day = dated.day.date
    trust = 0.7 + 0.23 * min(score, 1.1)
    return field(day, dated.cell, dated.reading.start, dated.reading.end, trust) if day else None
