"""Dates in any form, and what numeric ones mean.

`03/04/2018` is read both ways. Which one holds is decided for all dates of a document together: by those that leave no
doubt, by dates printed twice, by the country, and by which reading brings the document's dates close to each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from services.extractors._commerce.reading.lexicon import fold, months

EARLIEST, LATEST = 1980, 2079
ORDERS = ("dmy", "mdy", "ymd")
"""Of numeric dates. The first is the one where nothing speaks for another."""

MOST_SURE_DATES = 50
"""Dates without doubt that others are compared with."""

SEPARATORS = r"[-/.–—]"
CLOCK = r"(?=\d{1,2}:\d{2})"
ERAS = {"令和": 2018, "平成": 1988, "r": 2018}
"""Japanese eras and the year before their first."""


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A date, or a month where `day` is 0."""

    year: int
    month: int
    day: int = 0

    @property
    def iso(self) -> str:
        """ISO 8601, of reduced precision for a month."""
        return f"{self.year:04d}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")

    @property
    def date(self) -> date | None:
        return date(self.year, self.month, self.day) if self.day else None


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


def readings(text: str, *, months_only: bool = False) -> tuple[Reading, ...]:
    """The dates of a text from left to right. With `months_only`, months without a day as well, as on labels."""
    folded = fold(text)
    found: list[Reading] = []
    for reading in _all(folded, months_only):
        if not any(reading.start < other.end and other.start < reading.end for other in found):
            found.append(reading)
    return tuple(sorted(found, key=lambda reading: reading.start))


def usual_order(all_readings: Iterable[Reading], priors: Mapping[str, float]) -> str:
    """The order in which a document writes its numeric dates. `priors` add to the votes of its dates.

    Two-digit years come first only where a prior says that they may.
    """
    dates = [reading for reading in all_readings if not reading.weak]
    votes: Counter[str] = Counter()
    for order in ORDERS:
        votes[order] += int(10 * priors.get(order, 0))
    sure = {reading.sure for reading in dates if reading.sure and set(reading.meanings) & {"iso", "named"}}
    for reading in dates:
        numeric = [order for order in ORDERS if order in reading.meanings and (order != "ymd" or "ymd" in priors)]
        if len(numeric) == 1:
            votes[numeric[0]] += 60
        for order in numeric:
            votes[order] += 30 * (len(numeric) > 1 and not reading.sure and reading.meanings[order] in sure)
    votes = votes + _close(dates, sure)
    return max(ORDERS, key=lambda order: (votes[order], -ORDERS.index(order)))


def _close(dates: Sequence[Reading], sure: Collection[Day]) -> Counter[str]:
    """A vote for the order that brings doubtful dates within half a year of those without doubt, if only one does."""
    anchors = [day.date for day in sorted(sure)[-MOST_SURE_DATES:] if day.date]
    doubtful = [reading for reading in dates if not reading.sure]
    near = {
        order
        for order in ORDERS
        if anchors and any(_near(reading.meanings.get(order), anchors) for reading in doubtful)
    }
    return Counter({order: 15 for order in near} if len(near) == 1 else {})


def _near(day: Day | None, anchors: Sequence[date]) -> bool:
    return bool(day and day.date) and min(abs((day.date - other).days) for other in anchors) < 180  # type: ignore


# Forms


def _all(text: str, months_only: bool) -> Iterator[Reading]:
    yield from _year_first(text)
    yield from _named(text)
    yield from _numeric(text)
    if months_only:
        yield from _months(text)
        yield from _spaced(text)
    yield from _compact(text)


def _year_first(text: str) -> Iterator[Reading]:
    sep = r"\s?(?:[-/.–]|年|년)\s?"
    pattern = rf"(?<!\d)((?:19|20)\d\d){sep}(\d{{1,2}})\s?(?:[-/.–]|月|월)\s?(\d{{1,2}})(?:日|일|(?!\d)|{CLOCK})"
    for match in re.finditer(pattern, text):
        yield from _reading(match, {"iso": (match[1], match[2], match[3])})
    for match in re.finditer(r"(令和|平成|(?<![a-z])r)\s?(\d{1,2})[年.]\s?(\d{1,2})[月.]\s?(\d{1,2})", text):
        yield from _reading(match, {"iso": (str(ERAS[match[1]] + int(match[2])), match[3], match[4])})


def _named(text: str) -> Iterator[Reading]:
    name, gap = _month_names(), r"[\s\-/.,'’]{0,3}(?:de[l]?\s|of\s)?"
    year = r"((?:19|20)\d\d|\d\d)(?!\d)"
    day = r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th|er|[oaº°])?"
    for match in re.finditer(rf"{day}{gap}({name}){gap}{year}", text):
        yield from _reading(match, {"named": (match[3], _month(match[2]), match[1])})
    for match in re.finditer(rf"({name})[\s.\-]{{0,2}}([0-3]?\d)(?:st|nd|rd|th)?[\s,.\-/]{{1,3}}{year}", text):
        yield from _reading(match, {"named": (match[3], _month(match[1]), match[2])})
    for match in re.finditer(rf"(?<!\d)((?:19|20)\d\d)[\s\-/.]{{0,2}}({name})[\s\-/.]{{0,2}}([0-3]?\d)(?!\d)", text):
        yield from _reading(match, {"named": (match[1], _month(match[2]), match[3])})


def _numeric(text: str) -> Iterator[Reading]:
    year = rf"((?:19|20)\d\d|\d\d)(?:(?!\d)|{CLOCK})"
    for match in re.finditer(rf"(?<![\d.,/])(\d{{1,2}})\s?({SEPARATORS})\s?(\d{{1,2}})\s?\2\s?{year}", text):
        first, second, third = match[1], match[3], match[4]
        parts = {"dmy": (third, second, first), "mdy": (third, first, second)}
        if len(third) == 2 and len(first) == 2:
            parts["ymd"] = (first, second, third)
        yield from _reading(match, parts)


def _months(text: str) -> Iterator[Reading]:
    for match in re.finditer(rf"({_month_names()})[\s\-/.,'’]{{0,3}}((?:19|20)\d\d|\d\d)(?!\d)", text):
        yield from _reading(match, {"named": (match[2], _month(match[1]), "0")})
    for match in re.finditer(r"(?<![\d/.\-])(0?[1-9]|1[0-2])\s?[-/.]\s?(20\d\d|[2-4]\d)(?![\d/\-%]|\.\d)", text):
        weak = len(match[2]) == 2
        yield from _reading(match, {"iso": (match[2], match[1], "0")}, weak=weak)
    for match in re.finditer(r"(?<![\d/.\-])(20\d\d)\s?[-/.年]\s?(0[1-9]|1[0-2])(?![\d/.\-])", text):
        yield from _reading(match, {"iso": (match[1], match[2], "0")})


def _spaced(text: str) -> Iterator[Reading]:
    for match in re.finditer(r"(?<![\d.,])([0-3]\d) ([01]\d) (20\d\d|[1-4]\d)(?![\d.,])", text):
        yield from _reading(match, {"dmy": (match[3], match[2], match[1])}, weak=True)


def _compact(text: str) -> Iterator[Reading]:
    for match in re.finditer(r"(?<![\d.,/\-])([0-3]\d)([01]\d)(20[0-4]\d)(?![\d.,])", text):
        yield from _reading(match, {"dmy": (match[3], match[2], match[1])}, weak=True)
    for match in re.finditer(r"(?<![\d.,/\-])(20[0-4]\d)([01]\d)([0-3]\d)(?![\d.,])", text):
        yield from _reading(match, {"iso": (match[1], match[2], match[3])}, weak=True)


def _reading(match: re.Match[str], parts: Mapping[str, tuple[str, str, str]], weak: bool = False) -> Iterator[Reading]:
    meanings = {order: day for order, numbers in parts.items() if (day := _day(*numbers))}
    if meanings:
        yield Reading(*match.span(), meanings, weak)


def _day(year: str, month: str, day: str) -> Day | None:
    """None where there is no such day."""
    full = int(year) if len(year) > 2 else 2000 + int(year) if int(year) < 80 else 1900 + int(year)
    if not EARLIEST <= full <= LATEST:
        return None
    try:
        date(full, int(month), int(day) or 1)
    except ValueError:
        return None
    return Day(full, int(month), int(day))


@cache
def _month_names() -> str:
    return "(?<![a-z])(?:" + "|".join(sorted(map(re.escape, months()), key=len, reverse=True)) + r")(?![a-z])"


def _month(name: str) -> str:
    return str(months()[name])
