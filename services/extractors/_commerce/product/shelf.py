"""When goods were made and until when they keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.reading.calendars import Day
from services.extractors._commerce.reading.dates import Reading, readings, usual_order
from services.extractors._commerce.reading.entries import notation_of
from services.extractors._commerce.reading.evidence import Check, Rule, field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Label, Span, Values, label_of
from services.extractors._commerce.reading.places import order_priors


class ShelfLife(NamedTuple):
    """Dates in ISO 8601, of reduced precision (`2027-08`) where no day is printed."""

    expiry: Field | None
    manufactured: Field | None
    checks: tuple[Check, ...]


LONGEST_PAST, LONGEST_AHEAD = 4, 10
"""Years that dates of goods on sale lie back or ahead at most."""


class _Dated(NamedTuple):
    cell: Cell
    reading: Reading
    day: Day
    sure: bool
    label: Label | None


def shelf_life(page: Sheet) -> ShelfLife:
    """The dates of a label, each None where none is printed as such."""
    dates = _dates(page)
    expiry = _expiry(dates)
    made = next((dated for dated in dates if _is(dated, "manufactured") and dated is not expiry), None)
    return ShelfLife(_field(expiry), _field(made), tuple(_checks(made, expiry)))


def _dates(page: Sheet) -> list[_Dated]:
    found = [(cell, reading) for cell in page.cells for reading in readings(cell.text, months_only=True)]
    order = usual_order([reading for _, reading in found], order_priors(page, notation_of(page)))
    spans = [Span(cell, reading.start, reading.end) for cell, reading in found]
    values = Values(tuple(spans))
    labels = [label_of(page, span, values, "goods") for span in spans]
    return [
        _Dated(cell, reading, *_day(reading, order), label)
        for (cell, reading), label in zip(found, labels, strict=True)
    ]


def _day(reading: Reading, order: str) -> tuple[Day, bool]:
    """What a date means, and whether that is sure: the year first where goods would be years too old otherwise."""
    usual, turned, year = reading.by(order), reading.meanings.get("ymd"), date.today().year
    old = usual.year < year - LONGEST_PAST
    if turned and old and 0 <= turned.year - year + LONGEST_PAST <= LONGEST_PAST + LONGEST_AHEAD:
        return turned, False
    return usual, True


def _is(dated: _Dated, concept: str) -> bool:
    return dated.label is not None and concept in dated.label.concepts


def _expiry(dates: Sequence[_Dated]) -> _Dated | None:
    """The date labelled so; else the last of those that no other label claims, if it is printed as a date is."""
    best = max(dates, key=_expires, default=None)
    return best if best and _expires(best) > 0 else None


def _expires(dated: _Dated) -> float:
    """How much speaks for an expiry: the label, and that it is later than other dates."""
    named = dated.label.weight if dated.label and "expiry" in dated.label.concepts else 0.0
    lateness = dated.day.year / 1e4 + dated.day.month / 1e6
    evidence = (
        (1.0 * named, named > 0),
        (0.3, not named),
        (-1.0, _is(dated, "manufactured") and not named),
        (-0.4, dated.reading.weak and not named),
        (0.05, dated.day.day > 0),
    )
    return sum(weight for weight, holds in evidence if holds) + lateness - 0.2


def _field(dated: _Dated | None) -> Field | None:
    if dated is None:
        return None
    return field(
        dated.day.iso, dated.cell, dated.reading.start, dated.reading.end, 0.95 if dated.label and dated.sure else 0.7
    )


def _checks(made: _Dated | None, expiry: _Dated | None) -> Iterator[Check]:
    """Nothing expires before it is made; months are compared where one of the two has no day."""
    if made and expiry:
        length = min(len(made.day.iso), len(expiry.day.iso))
        holds = made.day.iso[:length] <= expiry.day.iso[:length]
        yield Check(Rule.MADE_BEFORE_EXPIRY, made.day.iso, expiry.day.iso, holds)
