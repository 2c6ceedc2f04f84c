"""Machine-readable zones made up for tests, and pictures of documents that carry them.

The zones are put together here from ICAO 9303, not with the code under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from services.document.model import Line, Quad

FONT = Path(__file__).parent / "fonts" / "OCRB.otf"
STATES = ("D<<", "FRA", "IND", "USA", "UTO", "XXA", "CHE", "GBR", "NGA")
VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


def digit(text: str) -> str:
    return str(sum(VALUES[character] * weight for character, weight in zip(text, cycle((7, 3, 1)), strict=False)) % 10)


@dataclass(frozen=True)
class Made:
    """A valid zone and what it says."""

    kind: str
    lines: tuple[str, ...]
    number: str
    surname: str
    given: str


def _filled(text: str, length: int) -> str:
    return text[:length].ljust(length, "<")


def _checked(text: str) -> str:
    return text + digit(text)


def _name(surname: str, given: str, length: int) -> str:
    return _filled(surname.replace(" ", "<") + "<<" + given.replace(" ", "<"), length)


def passport(state: str, surname: str, given: str, number: str, born: str, sex: str, expires: str, more: str) -> Made:
    second = (
        _checked(_filled(number, 9)) + state + _checked(born) + sex + _checked(expires) + _checked(_filled(more, 14))
    )
    second += digit(second[:10] + second[13:20] + second[21:43])
    return Made("TD3", (f"P<{state}" + _name(surname, given, 39), second), number, surname, given)


def card(state: str, surname: str, given: str, number: str, born: str, sex: str, expires: str, more: str) -> Made:
    first = f"I<{state}" + _checked(_filled(number, 9)) + _filled(more, 15)
    second = _checked(born) + sex + _checked(expires) + state + "<" * 11
    second += digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    return Made("TD1", (first, second, _name(surname, given, 30)), number, surname, given)


def folder(state: str, surname: str, given: str, number: str, born: str, sex: str, expires: str, more: str) -> Made:
    second = _checked(_filled(number, 9)) + state + _checked(born) + sex + _checked(expires) + _filled(more, 7)
    second += digit(second[:10] + second[13:20] + second[21:35])
    return Made("TD2", (f"I<{state}" + _name(surname, given, 31), second), number, surname, given)


def visa(state: str, surname: str, given: str, number: str, born: str, sex: str, expires: str, more: str) -> Made:
    second = _checked(_filled(number, 9)) + state + _checked(born) + sex + _checked(expires) + _filled(more, 16)
    return Made("MRVA", (f"V<{state}" + _name(surname, given, 39), second), number, surname, given)


def small_visa(state: str, surname: str, given: str, number: str, born: str, sex: str, expires: str, more: str) -> Made:
    second = _checked(_filled(number, 9)) + state + _checked(born) + sex + _checked(expires) + _filled(more, 8)
    return Made("MRVB", (f"V<{state}" + _name(surname, given, 31), second), number, surname, given)


# Names whose letters no filler is taken for at their end, short enough for the smallest format.
_names = st.sampled_from(
    ["ERIKSSON", "NGUYEN", "SAINT JOHN", "MUELLER", "ROSSI", "DE LA ROSA", "YILMAZ", "IYER", "WU", "OBI", "BJOERK"]
)
_given = st.sampled_from(["ANNA MARIA", "JO", "THI HOA", "PRIYA", "JEAN PAUL", "X AE", "OLGA", "IMMANUEL", "BORIS"])
_days = st.dates(date(1930, 1, 1), date(2020, 12, 31))
_expiries = st.dates(date(2024, 1, 1), date(2035, 12, 31))
# Without I, O, Q and Z, as States number their documents so as not to be misread, and without G, which no check digit
# tells from 6.
_numbers = st.text("ABCDEFHJKLMNPRSTUVWXY0123456789", min_size=6, max_size=9)

zones = st.builds(
    lambda make, state, surname, given, number, born, sex, expires, more: make(
        state, surname, given, number, born.strftime("%y%m%d"), sex, expires.strftime("%y%m%d"), more
    ),
    st.sampled_from([passport, card, folder, visa, small_visa]),
    st.sampled_from(STATES),
    _names,
    _given,
    _numbers,
    _days,
    st.sampled_from("MF<"),
    _expiries,
    st.one_of(st.just(""), st.text("0123456789", min_size=3, max_size=7)),
)
"""Any of the formats of ICAO 9303."""


def as_read(lines: Sequence[str], confidence: float = 0.99) -> list[Line]:
    """Lines as a page's reading has them, 20 pixels high and 16 a character, one every 40."""
    return [
        Line(text, confidence, Quad((50, y), (50 + 16 * len(text), y), (50 + 16 * len(text), y + 20), (50, y + 20)))
        for y, text in zip(range(500, 1000, 40), lines, strict=False)
    ]


def picture(
    lines: Sequence[str], size: int = 24, turn: float = 0, noise: float = 0, blur: float = 0
) -> NDArray[np.uint8]:
    """A document with some text and a zone in OCR-B, `size` pixels to the em, turned clockwise by `turn` degrees."""
    font, small = ImageFont.truetype(str(FONT), size), ImageFont.load_default(size * 2 // 3)
    width, height = round(font.getlength(lines[0])) + 4 * size, 12 * size + 2 * size * len(lines)
    image = Image.new("RGB", (width, height), (226, 232, 222))
    draw = ImageDraw.Draw(image)
    draw.rectangle((2 * size, size, 7 * size, 8 * size), (150, 130, 120))
    for row, text in enumerate(("REPUBLIC OF UTOPIA", "Travel document / Document de voyage", "Home Office")):
        draw.text((8 * size, (1 + 2 * row) * size), text, (40, 50, 90), small)
    for row, text in enumerate(lines):
        draw.text((2 * size, (10 + 2 * row) * size), text, (25, 25, 30), font)
    image = image.filter(ImageFilter.GaussianBlur(blur))
    image = image.rotate(-turn, Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 80, 70))
    grain = np.random.default_rng(7).normal(0, noise, (image.height, image.width, 1))
    return np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)


TODAY = date(2026, 6, 1)
"""On which zones are read in tests."""

ERIKSSON = passport("UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "740812", "F", "300415", "ZE184226B")
"""The example of ICAO 9303 part 4, with another day of expiry."""
