"""Parts of sentences: what belongs to an amount or a date in running text."""

from __future__ import annotations

import re

SEPARATOR = re.compile(r"[;•|]|,(?!\d)|(?<=[^\W\d_]{6})\.(?=\s+[^\W\d_])|(?<=\d)\.(?=\s+[A-ZÄÖÜ])|\s/\s")
"""A comma or a point with a digit behind it belongs to a number, and a point behind a short word to an abbreviation."""


def clause(text: str, start: int, end: int) -> str:
    """The part of a text around `start` to `end`, from the separator before to the one behind."""
    before = [match.end() for match in SEPARATOR.finditer(text, 0, start)]
    behind = SEPARATOR.search(text, end)
    return text[before[-1] if before else 0 : behind.start() if behind else len(text)]
