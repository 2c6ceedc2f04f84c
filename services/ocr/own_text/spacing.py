"""Words whose letters stand apart, as in headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from services.ocr.own_text.stretches import Row, Stretch

_SPACED = re.compile(r"(?<!\S)(?:[^\W\d_]\s+){3,}[^\W\d_](?!\S)")
"""Four single letters, one after the other."""

WIDEST = 0.9
"""The gap between letters of a word, in sizes of the type; what stands farther apart are single letters."""

WORD = 1.6
"""A gap is one between words that is so many times as wide as the one between letters."""

LONGEST = 20
"""Letters of the longest word that is believed: where none is parted, nobody knows where words end."""


def are_spaced(rows: Iterable[Row]) -> bool:
    """Whether some row has such words."""
    return any(_SPACED.search(row.text) for row in rows)


def joined(rows: Sequence[Row]) -> list[Row]:
    """Rows of characters with the blanks between such letters taken out."""
    return [_joined(row) if _SPACED.search(row.text) else row for row in rows]


def _joined(row: Row) -> Row:
    parts = list(row.parts)
    for match in reversed(list(_SPACED.finditer(row.text))):
        words = _words([part for part in parts[match.start() : match.end()] if not part.text.isspace()])
        if words and max(map(len, words)) <= LONGEST:
            parts[match.start() : match.end()] = _parted(words)
    return replace(row, parts=tuple(parts))


def _words(letters: Sequence[Stretch]) -> list[list[Stretch]]:
    gaps = [after.start - before.end for before, after in pairwise(letters)]
    usual = median(gaps)
    if not 0 < usual <= WIDEST * letters[0].size:
        return []
    words = [[letters[0]]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if gap > WORD * usual:
            words.append([])
        words[-1].append(letter)
    return words


def _parted(words: Sequence[Sequence[Stretch]]) -> list[Stretch]:
    found = list(words[0])
    for before, word in pairwise(words):
        found.append(before[-1]._replace(text=" ", start=before[-1].end, end=word[0].start))
        found.extend(word)
    return found
