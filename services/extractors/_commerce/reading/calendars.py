"""Years as they are counted and shortened: two digits, Buddhist, Japanese by era, Taiwanese."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

EARLIEST, LATEST = 1980, 2079

AHEAD_YEARS = 20
"""How far ahead a year of two digits may be: nothing keeps longer. One that is later is of the century before."""

GREGORIAN, BUDDHIST, MINGUO = "gregorian", "buddhist", "minguo"
"""Minguo is Taiwan's, which counts from the founding of the republic."""

OFFSETS = {BUDDHIST: 543, MINGUO: -1911}
"""What a year is ahead of the Gregorian."""

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "令": 2018, "平": 1988, "昭": 1925, "r": 2018, "h": 1988}
"""Japanese eras and the year before their first."""

CALENDARS = {"TH": BUDDHIST, "TW": MINGUO}
"""By country."""


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


def day_of(year: str, month: str, day: str, calendar: str, this_year: int) -> Day | None:
    """The day of printed numbers, a month where `day` is 0; None where there is no such day."""
    full = _full(year, calendar, this_year)
    if not EARLIEST <= full <= LATEST:
        return None
    try:
        date(full, int(month), int(day) or 1)
    except ValueError:
        return None
    return Day(full, int(month), int(day))


def _full(year: str, calendar: str, this_year: int) -> int:
    """The Gregorian year of a printed one: of its possible meanings that which is nearest to today."""
    number = int(year)
    if len(year) > 3:
        return number - OFFSETS[BUDDHIST] if number > 2500 else number
    years = [_recent(number, this_year)] if len(year) < 3 else []
    if calendar == BUDDHIST and len(year) == 2:
        years.append(2500 + number - OFFSETS[BUDDHIST])
    if calendar == MINGUO and len(year) == 3:
        years.append(number - OFFSETS[MINGUO])
    return min(years, key=lambda full: abs(full - this_year), default=0)


def _recent(number: int, this_year: int) -> int:
    return 2000 + number if 2000 + number <= this_year + AHEAD_YEARS else 1900 + number
