"""Text, confidence and word boxes from the best class of every step (CTC best path, Graves et al. 2006)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLANK = 0


@dataclass(frozen=True, slots=True)
class Character:
    """`middle` is where it was seen, as a fraction of the line's length."""

    text: str
    probability: float
    middle: float


Steps = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The likeliest classes of every step, the best first, and their probabilities, both steps x kept."""

Characters = tuple[Character, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A word, and where in the line it starts and ends, as fractions of the line's length."""

    text: str
    confidence: float
    start: float
    end: float


def stitched(parts: Sequence[Steps], shared: int) -> Steps:
    """One line's steps of those of its parts, each of which sees `shared` steps of the one before again.

    They are joined in the middle of the longest run that both take for blank, mostly a gap between words: a character
    at the edge of a part may be seen by one of them half.
    """
    classes, probabilities = parts[0]
    for more, their_probabilities in parts[1:]:
        joint = _middle_of_longest_run((classes[-shared:, 0] == BLANK) & (more[:shared, 0] == BLANK))
        kept = len(classes) - shared + joint
        classes = np.concatenate((classes[:kept], more[joint:]))
        probabilities = np.concatenate((probabilities[:kept], their_probabilities[joint:]))
    return classes, probabilities


def _middle_of_longest_run(flags: NDArray[np.bool_]) -> int:
    """Of the true ones; of all where there are none."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False]))))
    if not len(edges):
        return len(flags) // 2
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int(starts[longest] + ends[longest]) // 2


def decode(
    best: NDArray[np.int32], probability: NDArray[np.float32], alphabet: Sequence[str], length: float
) -> Characters:
    """Runs of one class are one character, the blank is none, and white space around the line is dropped.

    `length` is the line's, in steps. A run counts with the probability of its first step, as in PaddleOCR.
    """
    starts = np.flatnonzero(np.concatenate(([True], best[1:] != best[:-1])))
    ends = np.append(starts[1:], len(best))
    kept = best[starts] != BLANK
    middles = np.minimum((starts + ends) / 2 / length, 1.0)
    classes = best[starts[kept]].tolist()
    rows = zip(classes, probability[starts[kept]].tolist(), middles[kept].tolist(), strict=True)
    return _stripped([Character(alphabet[index], chance, middle) for index, chance, middle in rows])


def _stripped(characters: Sequence[Character]) -> Characters:
    inked = [place for place, character in enumerate(characters) if not character.text.isspace()]
    return tuple(characters[inked[0] : inked[-1] + 1]) if inked else ()


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
    inner = [(middles[one] + middles[other]) / 2 for one, other in pairwise(places)]
    found = zip(places, pairwise([0.0, *inner, 1.0]), strict=True) if places else ()
    return [edges for _, edges in sorted(found)]
