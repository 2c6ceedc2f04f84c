"""Dates of two-digit years in element strings: GS1 General Specifications, sections 3.4 and 7.12."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def day(text: str, today: date | None = None) -> date | None:
    """The day of YYMMDD; day 00 is the last one of its month. None where there is no such day.

    The century is that in which the year is at most 50 years ahead of `today` and less than 50 behind it; `today` is
    the system's day where it is not given.
    """
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return None
    short, month, number = int(text[:2]), int(text[2:4]), int(text[4:])
    year = _year(short, (today or date.today()).year)
    if not 1 <= month <= 12 or number > monthrange(year, month)[1]:
        return None
    return date(year, month, number or monthrange(year, month)[1])


def _year(short: int, now: int) -> int:
    ahead = short - now % 100
    century = now - now % 100
    return century + short + (-100 if ahead >= 51 else 100 if ahead <= -50 else 0)
