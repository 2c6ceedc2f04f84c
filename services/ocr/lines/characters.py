"""What was read of a line, character by character: its text, its confidence, its words and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Character:
    """`middle` is where it was seen, as a fraction of the line's length."""

    text: str
    probability: float
    middle: float


Characters = tuple[Character, ...]
"""Of one line, in logical order."""


@dataclass(frozen=True, slots=True)
class Span:
    """A word, and where in the line it starts and ends, as fractions of the line's length."""

    text: str
    confidence: float
    start: float
    end: float


def text(characters: Characters) -> str:
    """As it stands in the line."""
    return "".join(character.text for character in characters)


def confidence(characters: Characters) -> float:
    """The mean of the characters' probabilities, as in PaddleOCR; 0 where there are none."""
    return sum(character.probability for character in characters) / max(1, len(characters))


def spans(characters: Characters) -> Iterator[Span]:
    """The words, in the order of `characters`, and where they stand in the line, whichever way their script runs.

    Characters part half-way between the middles of neighbours in the line; the outermost reach to its ends.
    """
    edges = _edges([character.middle for character in characters])
    start = 0
    for end in range(len(characters) + 1):
        if end == len(characters) or characters[end].text.isspace():
            if word := characters[start:end]:
                lefts, rights = zip(*edges[start:end], strict=True)
                yield Span(text(word), confidence(word), min(lefts), max(rights))
            start = end + 1


def _edges(middles: Sequence[float]) -> list[tuple[float, float]]:
    """Where each character starts and ends."""
    places = sorted(range(len(middles)), key=middles.__getitem__)
    inner = [(middles[place] + middles[other]) / 2 for place, other in pairwise(places)]
    found = zip(places, pairwise([0.0, *inner, 1.0]), strict=True) if places else ()
    return [edges for _, edges in sorted(found)]
