"""The words of a line: those that the engine placed, or the line's text parted by the width of its characters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from re import finditer
from unicodedata import combining, east_asian_width

from services.document.model import Line, Word
from services.document.rows import runs_leftwards


def words_of(line: Line) -> tuple[Word, ...]:
    """In the order of the text. Scripts without spaces have one word a line, as the engines give them."""
    if " ".join(word.text for word in line.words).split() == line.text.split() and line.words:
        return line.words
    return tuple(_shared_out(line))


def _shared_out(line: Line) -> Iterator[Word]:
    ends = [0.0, *accumulate(map(width_of, line.text))]
    leftwards = runs_leftwards([line])
    for match in finditer(r"\S+", line.text):
        start, end = (ends[place] / (ends[-1] or 1.0) for place in match.span())
        part = line.quad.stretch(1 - end, 1 - start) if leftwards else line.quad.stretch(start, end)
        yield Word(match[0], line.confidence, part)


def width_of(character: str) -> float:
    """In half widths: Chinese, Japanese and Korean characters have two, marks over others have none."""
    if combining(character):
        return 0.0
    return 2.0 if east_asian_width(character) in "WF" else 1.0
