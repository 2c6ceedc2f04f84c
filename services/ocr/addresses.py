"""Blocks of short lines that are whole by themselves: postal addresses, and what stands beside them in letters.

Their lines are as short and as level as cells. What tells them is that a name comes first and that a street or a town
with its number follows, in whatever order: labels of a form have no numbers, values none but numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST_LINES, MOST_LINES, LONGEST = 3, 8, 48
"""Lines of an address, and characters of one."""

_NUMBERED = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{2})")
_DATE = re.compile(r"\d{1,4}[./ -]\s?(?:\d{1,2}|[^\W\d_]{3,9})[./ -]\s?\d{2,4}")
_AMOUNT = re.compile(r"[-+]?\W?\d[\d.,' ]*\W?|.*\d[.,]\d\d\D{0,4}")
_TOLD = re.compile(r"[^\W\d_][^:]{1,28}:\s*\S")
_TITLE_WORDS = 2


def is_address(texts: Sequence[str]) -> bool:
    """Whether these lines, one below the other, are a name with a street or a town, perhaps under a title."""
    if not LEAST_LINES <= len(texts) <= MOST_LINES or any(len(text) > LONGEST for text in texts):
        return False
    if any(text.rstrip().endswith(":") for text in texts[1:]) or any(map(_AMOUNT.fullmatch, texts)):
        return False
    title = len(texts[0].split()) <= _TITLE_WORDS
    return any(map(_is_name, texts[: 1 + title])) and any(map(_is_numbered, texts[1:]))


def _is_name(text: str) -> bool:
    return len(text.split()) > 1 and text[:1].isupper() and not any(map(str.isdigit, text))


def _is_numbered(text: str) -> bool:
    return bool(_NUMBERED.match(text)) and not _DATE.search(text) and not _TOLD.match(text)


def tells_itself(texts: Sequence[str]) -> bool:
    """Whether each line is a date or says what it is, as `Our ref: 2291` does."""
    return len(texts) > 1 and all(_TOLD.match(text) or _DATE.search(text) for text in texts)
