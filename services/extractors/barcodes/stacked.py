"""Rows of Codablock F, which is not read: each row is a Code 128 of its own, with a number before its data.

Rows stand close below each other, begin and end at the same places, and are numbered (AIM Europe, Uniform Symbology
Specification Codablock F, 1995): the first says how many there are, the others which one they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.extractors.barcodes.regions import Floats

Code = tuple[str, Floats]
"""Text and corners (4 x 2, from the top left of the symbol) of a Code 128."""

FLUSH, CLOSE = 0.03, 0.5
"""How far ends may be apart, of the length; and rows, of their height."""

FIRST_A, LATER_A, LATER_C = 64, 10, 42
"""Added to the row's number in sets A and B, to the count of the first row there, and to the number in set C."""

MOST_ROWS = 44


def row_of_stack(text: str, corners: Floats, codes: Sequence[Code]) -> bool:
    """Whether this Code 128 is one of numbered rows. `codes` are all of the page, this one among them."""
    flush = [code for code in codes if _flush(corners, code[1])]
    stack = _near(corners, flush)
    ordered = sorted(stack, key=lambda row: _down(corners, row[1]))
    pairs = list(zip(ordered, ordered[1:], strict=False))
    return any(_follow(pair[0], other[0]) or _follow(other[0], pair[0]) for pair, other in pairs)


def _near(corners: Floats, flush: Sequence[Code]) -> list[Code]:
    """Those that hang together with these corners, each close to the next."""
    kept: list[Code] = []
    found = [code for code in flush if code[1] is corners]
    while found:
        kept += found
        rest = [code for code in flush if not any(code is other for other in kept)]
        found = [row for row in rest if any(_close(other[1], row[1]) for other in kept)]
    return kept


def _frame(corners: Floats) -> tuple[Floats, Floats, float, float]:
    """Directions along and across a symbol, its length and its height."""
    along = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
    length = float(np.hypot(*along)) or 1.0
    along = along / length
    height = float(np.hypot(*(corners[3] + corners[2] - corners[0] - corners[1]))) / 2
    return along, np.array([-along[1], along[0]]), length, height


def _flush(corners: Floats, other: Floats) -> bool:
    along, _, length, _ = _frame(corners)
    starts = abs(float((other[0] + other[3] - corners[0] - corners[3]) @ along) / 2)
    ends = abs(float((other[1] + other[2] - corners[1] - corners[2]) @ along) / 2)
    return max(starts, ends) < FLUSH * length + 2


def _down(corners: Floats, other: Floats) -> float:
    """How far below, in pixels."""
    _, across, _, _ = _frame(corners)
    return float((other.mean(axis=0) - corners.mean(axis=0)) @ across)


def _close(corners: Floats, other: Floats) -> bool:
    heights = _frame(corners)[3], _frame(other)[3]
    gap = abs(_down(corners, other)) - sum(heights) / 2
    return gap < CLOSE * min(heights) + 3


def _follow(text: str, other: str) -> bool:
    """Whether another row's number is the next one."""
    return bool({number + 1 for number in _numbers(text)} & _numbers(other))


def _numbers(text: str) -> set[int]:
    """What the first characters of a row may say its number is, from 0."""
    found = set()
    if text[:2].isdecimal():
        value = int(text[:2])
        found |= {0} if value < MOST_ROWS else set()
        found |= {value - LATER_C} if value > LATER_C else set()
    if text:
        value = _value(text[0])
        found |= {0} if value >= FIRST_A else set()
        found |= {value - LATER_A} if LATER_A < value <= LATER_A + 6 else set()
        found |= {value - 2 * LATER_A} if value > 2 * LATER_A + 6 else set()
    return found


def _value(sign: str) -> int:
    """Of a sign in set B of Code 128, or in set A for control characters."""
    return ord(sign) - 32 if ord(sign) >= 32 else ord(sign) + 64
