"""Characters from the best class of every step (CTC best path, Graves et al. 2006)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.ocr.lines.characters import Character, Characters

BLANK = 0


Steps = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The likeliest classes of every step, the best first, and their probabilities, both steps x kept."""


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
