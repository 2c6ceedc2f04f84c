"""Rows of one paragraph, item or heading as one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from unicodedata import east_asian_width

from services.document.paragraphs import Row, has_columns

ROOM = 3
"""Characters beside the next row's first word for which a row has room that ends early."""

SHORT, RAGGED = 40, 2
"""Characters of rows, as of an address, that stand for themselves if they are shorter than others by so many."""

SENTENCE_WORDS = 4
"""Of a row that goes on in lower case in the next one, wherever it ends: a ragged margin, and no line of an address."""

VERSE_ROWS, VERSE_CHARACTERS = 3, 50
"""Rows of verse, and characters of one: short rows of different length that all begin with a capital stay as they
are."""

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")
_COMPLETED = re.compile(r"(?:and|or|to|et|ou|y|e|o|i)\s")
"""What a word that is completed by a later one goes on with: `pre- and post-war`."""


def joined(rows: Sequence[Row], edge: float = 0.0) -> str:
    """One text, with a line feed only after rows that end before they had to, as in an address: `edge`, or the widest.

    Where a row in the middle of a sentence ends early the margin is ragged, and no other that ends there ends a line.
    Words parted by a hyphen at a row's end are whole again, with the hyphen where it is their own; ideographs stand
    without spaces.
    """
    if _is_verse(rows):
        return "\n".join(row.text for row in rows)
    edge = max(edge, *(row.right for row in rows))
    ragged = min((row.right for row, after in pairwise(rows) if _goes_on(row.text, after.text)), default=inf)
    text = rows[0].text
    for row, after in pairwise(rows):
        is_end = row.right < ragged and not _is_parted(row, after) and _ends_early(row, after, edge)
        text = f"{text}\n{after.text}" if is_end else _joint(text, after.text, row.lines[-1].keeps_hyphen)
    return text


def _is_verse(rows: Sequence[Row]) -> bool:
    if len(rows) < VERSE_ROWS or any(len(row.text) > VERSE_CHARACTERS or not row.text[:1].isupper() for row in rows):
        return False
    ends = [row.right for row in rows[:-1]]
    character = (rows[0].right - rows[0].left) / len(rows[0].text)
    return max(ends) - min(ends) > RAGGED * character and not any(row.text.endswith("-") for row in rows)


def _ends_early(row: Row, after: Row, edge: float) -> bool:
    """Whether it is a short one, or the first word of the next row would have had its place in this one."""
    if has_columns(row) and has_columns(after):
        return True
    word, _, rest = after.text.partition(" ")
    character = (after.right - after.left) / max(1, len(after.text))
    is_short = len(row.text) <= SHORT and row.right + RAGGED * character < edge
    return is_short or (bool(rest) and row.right + (len(word) + ROOM) * character < edge)


def _is_parted(row: Row, after: Row) -> bool:
    """Whether a word goes on in the next row, wherever this one ends."""
    return bool(_HYPHEN.search(row.text)) and after.text[:1].islower() and not (has_columns(row) and has_columns(after))


def _goes_on(text: str, after: str) -> bool:
    """Whether the second row is in the middle of a sentence that the first one began."""
    return after[:1].islower() and (text[-1:].isalpha() or text[-1:] == ",") and len(text.split()) >= SENTENCE_WORDS


def _joint(text: str, after: str, keeps_hyphen: bool) -> str:
    if _HYPHEN.search(text) and after[:1].islower():
        if keeps_hyphen:
            return f"{text} {after}" if _COMPLETED.match(after) else text + after
        return _HYPHEN.sub("", text) + after
    both_wide = all(east_asian_width(one) in "WF" for one in text[-1:] + after[:1])
    return text + after if both_wide else f"{text} {after}"
