"""The forms in which dates are printed: in numbers, with the name of the month, with characters, as weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from services.extractors._commerce.reading.calendars import ERAS, GREGORIAN, MINGUO, OFFSETS
from services.extractors._commerce.reading.lexicon import months

SEPARATORS = r"[-/.–—]"
CLOCK = r"(?=\d{1,2}:\d{2})"
YEAR = r"(?:19|20)\d\d|25[4-9]\d"
"""In four digits, Buddhist ones as well."""

AMOUNT = re.compile(r"\D?\d{1,6}(?:[.,]\d{1,3})?\D?")
"""A number with one mark, which is no day: most cells of a long table."""

LETTERS = re.compile(r"[^\W\d_]+")


class Form(NamedTuple):
    """Where a date is printed, and year, month and day by what it may be: an order, or "iso" or "named" without doubt.

    `weak`: it may well be no date.
    """

    start: int
    end: int
    parts: Mapping[str, tuple[str, str, str]]
    weak: bool = False


def forms(folded: str, *, months_only: bool = False, calendar: str = GREGORIAN) -> Iterator[Form]:
    """All that look like dates in a folded text, the surer ones first; they may overlap, or be no day that exists."""
    if not any(map(str.isdigit, folded)) or (not months_only and AMOUNT.fullmatch(folded)):
        return
    named = not months().keys().isdisjoint(LETTERS.findall(folded)) or not folded.isascii()
    yield from _year_first(folded)
    yield from _in_characters(folded, calendar)
    yield from _weeks(folded)
    if named:
        yield from _named(folded)
    yield from _numeric(folded)
    if months_only:
        yield from _months(folded, named)
        yield from _spaced(folded)
    yield from _compact(folded)


def _form(match: re.Match[str], kind: str, year: str, month: str, day: str, weak: bool = False) -> Form:
    return Form(*match.span(), {kind: (year, month, day)}, weak)


def _year_first(text: str) -> Iterator[Form]:
    sep = r"\s?(?:[-/.–]|年|년)\s?"
    pattern = rf"(?<!\d)({YEAR}){sep}(\d{{1,2}})\s?(?:[-/.–]|月|월)\s?(\d{{1,2}})(?:日|일|(?!\d)|{CLOCK})"
    for match in re.finditer(pattern, text):
        yield _form(match, "iso", match[1], match[2], match[3])


def _in_characters(text: str, calendar: str) -> Iterator[Form]:
    """Years of an era, of the republic, or of two digits before their character; and days in Vietnamese words."""
    eras = "|".join(sorted(ERAS, key=len, reverse=True))
    pattern = rf"(?<![a-z])({eras})\s?(\d{{1,2}}|元)\s?[年.]\s?(\d{{1,2}})\s?[月.]\s?(\d{{1,2}})日?(?!\d)"
    for match in re.finditer(pattern, text):
        year = ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        yield _form(match, "iso", str(year), match[3], match[4])
    for match in re.finditer(r"民[國国]\s?(\d{2,3})[年./]\s?(\d{1,2})[月./]\s?(\d{1,2})日?", text):
        yield _form(match, "iso", str(int(match[1]) - OFFSETS[MINGUO]), match[2], match[3])
    if calendar == MINGUO:
        for match in re.finditer(r"(?<!\d)(1\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:日|(?!\d))", text):
            yield _form(match, "iso", match[1], match[2], match[3])
    for match in re.finditer(r"(?<!\d)(\d{2})年\s?(\d{1,2})月\s?(\d{1,2})日", text):
        yield _form(match, "iso", match[1], match[2], match[3])
    for match in re.finditer(rf"(\d{{1,2}})\s?thang\s?(\d{{1,2}})\s?nam\s?({YEAR})", text):
        yield _form(match, "iso", match[3], match[2], match[1])


def _weeks(text: str) -> Iterator[Form]:
    """A day of a week: ISO 8601, 4.1.4."""
    for match in re.finditer(r"(?<!\w)(20\d\d)-?w(\d{2})-?([1-7])(?!\w)", text):
        try:
            day = date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
        yield _form(match, "iso", f"{day.year:04d}", str(day.month), str(day.day))


def _named(text: str) -> Iterator[Form]:
    name, gap = _month_names(), r"[\s\-/.,'’]{0,3}(?:de[l]?\s|of\s)?"
    year = rf"({YEAR}|\d\d)(?!\d)"
    day = r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th|er|[oaº°])?"
    for match in re.finditer(rf"{day}{gap}({name}){gap}{year}", text):
        yield _form(match, "named", match[3], _month(match[2]), match[1])
    for match in re.finditer(rf"({name})[\s.\-]{{0,2}}([0-3]?\d)(?:st|nd|rd|th)?[\s,.\-/]{{1,3}}{year}", text):
        yield _form(match, "named", match[3], _month(match[1]), match[2])
    first = rf"(?<!\d)({YEAR})(?:\s?m\.)?[\s\-/.]{{0,2}}({name})[\s\-/.]{{0,2}}([0-3]?\d)(?!\d)"
    for match in re.finditer(first, text):
        yield _form(match, "named", match[1], _month(match[2]), match[3])


def _numeric(text: str) -> Iterator[Form]:
    year = rf"({YEAR}|\d\d)(?:(?!\d)|{CLOCK})"
    for match in re.finditer(rf"(?<![\d.,/])(\d{{1,2}})\s?({SEPARATORS})\s?(\d{{1,2}})\s?\2\s?{year}", text):
        first, second, third = match[1], match[3], match[4]
        parts = {"dmy": (third, second, first), "mdy": (third, first, second)}
        if len(third) == 2 and len(first) == 2:
            parts["ymd"] = (first, second, third)
        yield Form(*match.span(), parts)


def _months(text: str, named: bool) -> Iterator[Form]:
    if named:
        for match in re.finditer(rf"({_month_names()})[\s\-/.,'’]{{0,3}}({YEAR}|\d\d)(?!\d)", text):
            yield _form(match, "named", match[2], _month(match[1]), "0")
    pattern = r"(?<![\d/.\-])(0?[1-9]|1[0-2])\s?[-/.]\s?(20\d\d|[2-4]\d)(?![\d/\-%]|\.\d)"
    for match in re.finditer(pattern, text):
        yield _form(match, "iso", match[2], match[1], "0", weak=len(match[2]) == 2)
    for match in re.finditer(r"(?<![\d/.\-])(20\d\d)\s?[-/.年]\s?(0[1-9]|1[0-2])(?![\d/.\-])", text):
        yield _form(match, "iso", match[1], match[2], "0")


def _spaced(text: str) -> Iterator[Form]:
    """Numbers with blanks between them."""
    for match in re.finditer(r"(?<![\d.,])([0-3]\d) ([01]\d) (20\d\d|[1-4]\d)(?![\d.,])", text):
        yield _form(match, "dmy", match[3], match[2], match[1], weak=True)
    for match in re.finditer(r"(?<!\d)(?<!\d[ .,/:])(0[1-9]|1[0-2]) {1,3}(20[2-4]\d)(?![\d.,]| \d)", text):
        yield _form(match, "iso", match[2], match[1], "0", weak=True)
    for match in re.finditer(r"(?<!\d)(?<!\d[ .,/:])(20[2-4]\d) {1,3}(0[1-9]|1[0-2])(?![\d.,]| \d)", text):
        yield _form(match, "iso", match[1], match[2], "0", weak=True)


def _compact(text: str) -> Iterator[Form]:
    for match in re.finditer(r"(?<![\d.,/\-])([0-3]\d)([01]\d)(20[0-4]\d)(?![\d.,])", text):
        yield _form(match, "dmy", match[3], match[2], match[1], weak=True)
    for match in re.finditer(r"(?<![\d.,/\-])(20[0-4]\d)([01]\d)([0-3]\d)(?![\d.,])", text):
        yield _form(match, "iso", match[1], match[2], match[3], weak=True)


@cache
def _month_names() -> str:
    return "(?<![a-z])(?:" + "|".join(sorted(map(re.escape, months()), key=len, reverse=True)) + r")(?![a-z])"


def _month(name: str) -> str:
    return str(months()[name])
