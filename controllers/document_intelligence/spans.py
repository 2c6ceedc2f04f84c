"""Offsets into a document's content, in the unit that the client counts text by."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

Span = Mapping[str, int]
Widths = Callable[[str], Iterable[int]]
"""For each code point, by how many units the count goes on."""

ZWJ = "\u200d"
VIRAMA = 9
"""Unicode's combining class of signs that join two consonants."""


def utf16(text: str) -> Iterator[int]:
    return (2 if ord(character) > 0xFFFF else 1 for character in text)


def code_points(text: str) -> Iterator[int]:
    return (1 for _ in text)


def text_elements(text: str) -> Iterator[int]:
    """User-perceived characters, by most of UAX #29: marks, joiners, the halves of flags and CR LF add nothing."""
    before, flags = "", 0
    for character in text:
        is_flag = 0x1F1E6 <= ord(character) <= 0x1F1FF
        flags = flags + 1 if is_flag else 0
        joined = (
            _extends(character) or before == ZWJ or (before, character) == ("\r", "\n") or (is_flag and not flags % 2)
        )
        yield 0 if joined and before else 1
        before = character


def _extends(character: str) -> bool:
    is_mark = unicodedata.category(character) in ("Mn", "Me", "Mc")
    return is_mark or character == ZWJ or 0x1F3FB <= ord(character) <= 0x1F3FF


UNITS: Mapping[str, Widths] = {
    "textElements": text_elements,
    "unicodeCodePoint": code_points,
    "utf16CodeUnit": utf16,
}
"""By the names of `stringIndexType`."""


class Content:
    """A text, and where its parts stand in it."""

    def __init__(self, text: str, unit: str) -> None:
        self.text = text
        self._at = [0, *accumulate(UNITS[unit](text))]

    def span(self, start: int, end: int) -> Span:
        """Of the code points from `start` to `end`."""
        return {"offset": self._at[start], "length": self._at[end] - self._at[start]}

    @property
    def whole(self) -> Span:
        return self.span(0, len(self.text))


def found(text: str, parts: Iterable[str], start: int = 0) -> Iterator[tuple[int, int]]:
    """Where the parts stand in the text one after another. One that is not there has no length, where it was sought."""
    for part in parts:
        at = text.find(part, start)
        yield (at, at + len(part)) if at >= 0 else (start, start)
        start = at + len(part) if at >= 0 else start
