"""Boarding passes: IATA Resolution 792, Bar Coded Boarding Pass, version 8 (Implementation Guide, 7th edition).

Fields of fixed width: the mandatory ones, once for the passenger and once for each leg, each followed by as many
conditional ones as two hexadecimal digits say. Days are numbered within a year that is not said.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from services.extractors.barcodes.schemes._values import said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "bcbp"
SHAPE = re.compile(
    r"M([1-9])([A-Z' /.-]{20})([E ])([A-Z0-9 ]{7})([A-Z]{3})([A-Z]{3})([A-Z0-9 ]{3})([0-9]{4}[A-Z ]|[0-9 ]{5})"
    r"([0-9 ]{3})([A-Z ])([A-Z0-9 ]{4})([A-Z0-9 ]{5})(.)([0-9A-F]{2})",
    re.ASCII,
)
"""Legs, name, electronic ticket, booking, from, to, carrier, flight, day, class, seat, sequence, status, size."""

CONDITIONAL = re.compile(r">[1-9][0-9A-F]{2}.{3}(\d{4}|\d{3} | {4})", re.ASCII)
"""Version, size, passenger, where checked in and issued, then the day of issue: last digit of the year, day in it."""


def read(content: Content) -> Meaning | None:
    """The first leg. Its day is a date where the code says when the pass was issued."""
    match = SHAPE.match(content.text)
    if not match:
        return None
    issued = CONDITIONAL.match(content.text, match.end())
    return Meaning(
        SCHEME,
        date=_day(match[9], issued[1] if issued else "", date.today()),
        name=said(match[2]),
        reference=said(match[4]),
        details={
            "legs": int(match[1]),
            "from": match[5],
            "to": match[6],
            "carrier": said(match[7]),
            "flight": said(match[8].lstrip("0")),
            "day_of_year": said(match[9]),
            "class": said(match[10]),
            "seat": said(match[11].lstrip("0")),
            "sequence": said(match[12].lstrip("0")),
        },
    )


def _day(flown: str, issued: str, today: date) -> date | None:
    """The day of the flight, on the day of issue or later; the decade is the nearest to today."""
    if not (issued.isdecimal() and len(issued) == 4 and flown.isdecimal()):
        return None
    decade = today.year - today.year % 10
    years = [start + int(issued[0]) for start in (decade - 10, decade, decade + 10)]
    year = min(years, key=lambda year: abs(year - today.year))
    year += int(flown) < int(issued[1:])
    found = date(year, 1, 1) + timedelta(days=int(flown) - 1)
    return found if found.year == year else None
