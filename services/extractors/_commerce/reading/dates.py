"""Dates in any form, and what numeric ones mean.

`03/04/2018` is read both ways. Which one holds is decided for all dates of a document together: by those that leave no
doubt, by dates printed twice, by the country, and by which reading brings the document's dates close to each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.extractors._commerce.reading.calendars import GREGORIAN, Day, day_of
from services.extractors._commerce.reading.date_forms import forms
from services.extractors._commerce.reading.lexicon import fold

ORDERS = ("dmy", "mdy", "ymd")
"""Of numeric dates. The first is the one where nothing speaks for another."""

NEAR_DAYS = 180
"""Dates of one document are mostly nearer to each other."""

MOST_SURE_DATES = 50
"""Dates without doubt that others are compared with."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A date printed at `start` to `end` of a text, with what it means by order. `weak`: it may well be no date."""

    start: int
    end: int
    meanings: Mapping[str, Day]
    weak: bool = False

    @property
    def sure(self) -> Day | None:
        """What it means if all orders agree."""
        days = set(self.meanings.values())
        return days.pop() if len(days) == 1 else None

    def by(self, order: str) -> Day:
        """What it means in an order, or else in the first that it can be read in."""
        return self.meanings.get(order) or next(iter(self.meanings.values()))


def readings(text: str, *, months_only: bool = False, calendar: str = GREGORIAN) -> tuple[Reading, ...]:
    """The dates of a text from left to right. With `months_only`, months without a day as well, as on labels.

    `calendar` is the one that years of two or three digits may be in besides the Gregorian.
    """
    return _readings(text, months_only, calendar, date.today().year)


@lru_cache(maxsize=8192)
def _readings(text: str, months_only: bool, calendar: str, this_year: int) -> tuple[Reading, ...]:
    found: list[Reading] = []
    for form in forms(fold(text), months_only=months_only, calendar=calendar):
        meanings = {
            order: day for order, numbers in form.parts.items() if (day := day_of(*numbers, calendar, this_year))
        }
        if meanings and not any(form.start < other.end and other.start < form.end for other in found):
            found.append(Reading(form.start, form.end, meanings, form.weak))
    return tuple(sorted(found, key=lambda reading: reading.start))


def usual_order(all_readings: Iterable[Reading], priors: Mapping[str, float]) -> str:
    """The order in which a document writes its numeric dates. `priors` add to the votes of its dates.

    Two-digit years come first only where a prior says that they may.
    """
    dates = [reading for reading in all_readings if not reading.weak]
    sure = {reading.sure for reading in dates if reading.sure and set(reading.meanings) & {"iso", "named"}}
    near = _near_order(dates, sure)
    orders = [order for order in ORDERS if order != "ymd" or "ymd" in priors or near == "ymd"]
    votes = Counter({order: int(10 * priors.get(order, 0)) + 15 * (order == near) for order in ORDERS})
    for reading in dates:
        numeric = [order for order in orders if order in reading.meanings]
        if len(numeric) == 1:
            votes[numeric[0]] += 60
        for order in numeric:
            votes[order] += 30 * (len(numeric) > 1 and not reading.sure and reading.meanings[order] in sure)
    return max(ORDERS, key=lambda order: (votes[order], -ORDERS.index(order)))


def _near_order(dates: Sequence[Reading], sure: Collection[Day]) -> str | None:
    """The only order that brings doubtful dates within half a year of those without doubt, or else of each other."""
    anchors = [day.date for day in sorted(sure)[-MOST_SURE_DATES:] if day.date]
    doubtful = [reading for reading in dates if not reading.sure]
    if anchors:
        near = [order for order in ORDERS if any(_near(reading.meanings.get(order), anchors) for reading in doubtful)]
    else:
        near = [order for order in ORDERS if _span_is_short([reading.meanings.get(order) for reading in doubtful])]
    return near[0] if len(near) == 1 else None


def _span_is_short(days: Sequence[Day | None]) -> bool:
    """Whether all are days, more than one, within half a year."""
    found = {day.date for day in days if day and day.date}
    return len(found) > 1 and None not in days and (max(found) - min(found)).days < NEAR_DAYS


def _near(day: Day | None, anchors: Sequence[date]) -> bool:
    return bool(day and day.date) and min(abs((day.date - other).days) for other in anchors) < NEAR_DAYS  # type: ignore
