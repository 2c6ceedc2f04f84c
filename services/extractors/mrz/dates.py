"""Dates of two-digit years (ICAO 9303 part 3, 4.8): the century is the reader's to decide."""

from __future__ import annotations

from datetime import date

CENTURIES = (1900, 2000, 2100)


def birth(printed: str, latest: date) -> date | None:
    """The last such day up to `latest`, the earlier of today and the document's expiry. None where there is none.

    Who is a hundred years old or more is taken to be a hundred years younger.
    """
    return max((day for day in _days(printed) if day <= latest), default=None)


def expiry(printed: str, today: date) -> date | None:
    """Such a day nearest to today. None where there is none, as where a part of it is unknown."""
    return min(_days(printed), key=lambda day: abs(day - today), default=None)


def _days(printed: str) -> list[date]:
    if not printed.isdecimal():
        return []
    year, month, day = (int(printed[place : place + 2]) for place in (0, 2, 4))
    return [found for century in CENTURIES if (found := _day(century + year, month, day))]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
