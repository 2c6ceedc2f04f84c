"""Spaces between numbers that a recogniser saw faintly and then left out: "2026-03-14 17:42" in narrow type.

Two letters tell by themselves, or by the word list, whether a word ends between them; two digits do not. But where they
touch hardly anything is seen between them, so a faint space counts.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence

import numpy as np

from services.ocr.lines.characters import Characters, text
from services.ocr.ppocr.likelihood import Lattice
from services.ocr.ppocr.spelling import Edit

FAINTEST = 0.02
"""The least probability of a space that is proposed. Between the digits of 444 pairs that touch in drawn numbers it was
below .0003 in 99 of 100; where spaces of a seventh to a quarter of the type's size were lost, the median was .08."""

DIGITS = re.compile("[0-9]{2}")

PRIOR = 5.0
"""For a space between two digits, as a natural logarithm: one seen with .03 and more is put in."""


def lost_spaces(characters: Characters, looks: Sequence[Lattice], space: int) -> Iterator[Edit]:
    """The spaces between digits that were seen, but not read. `space` is its class."""
    middles, line = [character.middle for character in characters], text(characters)
    places = sorted({bisect(middles, middle) for look in looks for middle in _seen(look, space)})
    yield from (Edit((place, place, " "), PRIOR) for place in places if _parts_numbers(line, place))


def _parts_numbers(line: str, place: int) -> bool:
    """Whether there are digits before and behind, and no letters up to the next spaces: codes are set loosely."""
    start, end = line.rfind(" ", 0, place) + 1, line.find(" ", place)
    token = line[start : end if end >= 0 else len(line)]
    return bool(DIGITS.fullmatch(line[max(0, place - 1) : place + 1])) and not any(map(str.isalpha, token))


def _seen(look: Lattice, space: int) -> list[float]:
    """Where, as fractions of the line's length."""
    steps = np.flatnonzero(((look.classes == space) & (look.probabilities >= FAINTEST)).any(axis=1))
    return [(step + 0.5) / look.length for step in steps.tolist()]
