"""Lines read with a knowledge of words, and where a tier wants it, looked at several times.

What was read is corrected where words of the language are nearly as likely as what was read, and common enough
(`spelling`): a recogniser knows letters better than words. Where a line is looked at in several widths, each reading is
judged by all that was seen, by the mean of its log-likelihoods: the confidence of the look that it came from says too
little about the others. Nothing is read that was not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from statistics import fmean

import numpy as np

from services.ocr.lexicon import Lexicon
from services.ocr.lines.characters import Character, Characters, confidence, text
from services.ocr.lines.crops import Crop
from services.ocr.ppocr.crops import COARSE, crop, filled_up
from services.ocr.ppocr.likelihood import Lattice, Places, best_path, log_likelihoods, places
from services.ocr.ppocr.narrowing import at_width, narrowed
from services.ocr.ppocr.ordinals import ordinals
from services.ocr.ppocr.recognition import Recogniser
from services.ocr.ppocr.spaces import lost_spaces
from services.ocr.ppocr.spelling import Edit, changed, edits

FILLER = "<"
"""Fills machine-readable lines (ICAO 9303), whose letters stand too close to be read better when narrower."""

BONUS = 0.6
"""For every character of a reading, as a natural logarithm: CTC favours short ones, and a narrow look loses thin marks
and spaces. Hannun et al. (Deep Speech, 2014) give one per word."""

CROWDED, DOUBTFUL = 1.5, 0.8
"""Steps a character, and confidence, below which a narrow look at a line does not count."""

RAISED = re.compile(r"\d(?:[^\W\d_]{1,3}|[™®ⁿ°'’][a-z]?)(?!\w)")
"""A number with what may be the raised ending of an ordinal, read right or wrong."""

WEIGHT = 0.7
"""Of words' frequencies beside likelihoods, both as natural logarithms."""


Aligned = tuple[Lattice, Places]
"""One look at a line, and where in it the line's characters stand."""


@dataclass(frozen=True, slots=True)
class Literacy:
    """What lines are judged by: the recogniser's characters by class, the classes by character, and words if any."""

    alphabet: Sequence[str]
    classes: Mapping[str, int]
    lexicon: Lexicon | None

    def labels(self, line: str) -> list[int]:
        """The classes of a line's characters."""
        return [self.classes[character] for character in line]


class RescoringRecogniser:
    """A recogniser that weighs words, and looks at lines in `widths`, shares of their own width, the first of them 1.

    With `narrows`, lines are looked at once, as narrow as their characters allow (`narrowing`), and those that were too
    narrow then once more as they are. Not for several threads.
    """

    cut = staticmethod(partial(crop, share=COARSE))

    def __init__(
        self,
        recogniser: Recogniser,
        lexicon: Lexicon | None,
        widths: Sequence[float] = (1.0,),
        *,
        narrows: bool = False,
    ) -> None:
        classes = {character: index for index, character in enumerate(recogniser.alphabet)}
        self._recogniser = recogniser
        self._literacy = Literacy(recogniser.alphabet, classes, lexicon)
        self._widths = widths
        self._narrows = narrows

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line, in the order of `crops`."""
        looks = self._narrow_looks(crops) if self._narrows else self._looks(crops)
        return [reconsidered(looks[line :: len(crops)], self._literacy) for line in range(len(crops))]

    def _looks(self, crops: Sequence[Crop]) -> list[Lattice]:
        """All lines in the first width, then all in the next."""
        return self._recogniser.lattices([stretched(crop, width) for width in self._widths for crop in crops])

    def _narrow_looks(self, crops: Sequence[Crop]) -> list[Lattice]:
        tried = [narrowed(crop) for crop in crops]
        looks = self._recogniser.lattices(tried)
        again = [place for place, crop in enumerate(crops) if tried[place] is not crop and self._is_lost(looks[place])]
        for place, look in zip(again, self._recogniser.lattices([crops[place] for place in again]), strict=True):
            looks[place] = look
        return looks

    def _is_lost(self, look: Lattice) -> bool:
        """Whether a line turns out to have been too narrow, or has what needs its full width.

        Machine-readable lines have no words to go by, and raised endings of numbers are small.
        """
        seen = best_path(look, self._literacy.alphabet)
        line = text(seen)
        crowded = look.length < CROWDED * len(seen)
        return crowded or confidence(seen) < DOUBTFUL or FILLER in line or bool(RAISED.search(line))


def stretched(crop: Crop, width: float) -> Crop:
    """The same line, at a share of its width. It covers the same part of the page."""
    if width == 1:
        return crop
    filled = max(1, round(crop.filled * width))
    return at_width(crop, filled, filled_up(filled, COARSE))


def reconsidered(looks: Sequence[Lattice], literacy: Literacy) -> Characters:
    """The best reading of a line that was looked at once or more. Characters are as probable as on average."""
    line = _likeliest(looks, literacy)
    characters = _located(looks, line, literacy)
    if literacy.lexicon is None:
        return characters
    proposed = [
        *edits(characters, looks, literacy.alphabet, literacy.lexicon),
        *_of_numbers(line, characters, looks, literacy),
    ]
    made = _gaining(line, proposed, looks, literacy) if proposed else []
    return _located(looks, _edited(line, made), literacy) if made else characters


def _of_numbers(line: str, characters: Characters, looks: Sequence[Lattice], literacy: Literacy) -> Iterator[Edit]:
    """What only numbers may need. Machine-readable lines have no spaces."""
    yield from ordinals(line)
    if FILLER not in line:
        yield from lost_spaces(characters, looks, literacy.classes[" "])


def _likeliest(looks: Sequence[Lattice], literacy: Literacy) -> str:
    """Of the readings that the single looks gave, the one that all together find likeliest."""
    readings = list(dict.fromkeys(text(best_path(look, literacy.alphabet)) for look in looks))
    if len(readings) == 1 or FILLER in readings[0]:
        return readings[0]
    labels = [literacy.labels(reading) for reading in readings]
    likelihoods = np.mean([log_likelihoods(look, labels) for look in looks], axis=0)
    best = readings[int(np.argmax(likelihoods + BONUS * np.array([len(reading) for reading in readings])))]
    return readings[0] if _lost_marks(best, readings[0]) else best


def _lost_marks(line: str, first: str) -> bool:
    """Whether nothing but marks and spaces is missing: of those in a row a narrow look loses some."""
    return len(line) < len(first) and _letters_and_digits(line) == _letters_and_digits(first)


def _letters_and_digits(line: str) -> str:
    return "".join(filter(str.isalnum, line))


def _gaining(line: str, proposed: Sequence[Edit], looks: Sequence[Lattice], literacy: Literacy) -> list[Edit]:
    """The edits that make the line better, of those that touch the same characters the best."""
    aligned = [(look, places(look, literacy.labels(line))) for look in looks]
    if not all(first < end for _, found in aligned for first, end in found):
        return []  # a look with fewer steps than characters cannot judge them
    gains = [
        (gain, edit)
        for span, group in groupby(proposed, key=lambda edit: edit.change[:2])
        for gain, edit in _weighed(line, span, list(group), aligned, literacy)
    ]
    made: list[Edit] = []
    for gain, edit in sorted(gains, key=lambda pair: -pair[0]):
        if gain > 0 and all(_is_apart(edit, other) for other in made):
            made.append(edit)
    return made


def _weighed(
    line: str, span: tuple[int, int], group: Sequence[Edit], aligned: Sequence[Aligned], literacy: Literacy
) -> Iterator[tuple[float, Edit]]:
    """What edits of the same characters gain. Only the steps of these and of their neighbours are looked at."""
    start, end = max(0, span[0] - 1), min(len(line), span[1] + 1)
    before, behind = line[start : span[0]], line[span[1] : end]
    spelt = [line[span[0] : span[1]], *(edit.change[2] for edit in group)]
    labels = [literacy.labels(before + spelling + behind) for spelling in spelt]
    likelihoods = np.mean([log_likelihoods(_part(*look, start, end), labels) for look in aligned], axis=0)
    for edit, likelihood in zip(group, likelihoods[1:], strict=True):
        yield float(likelihood - likelihoods[0]) + WEIGHT * edit.prior, edit


def _part(look: Lattice, found: Places, start: int, end: int) -> Lattice:
    """The steps of some of a line's characters; those before the first and after the last belong to them."""
    first = found[start][0] if start else 0
    last = found[end - 1][1] if end < len(found) else len(look.classes)
    return Lattice(look.classes[first:last], look.probabilities[first:last], last - first)


def _edited(line: str, made: Sequence[Edit]) -> str:
    for edit in sorted(made, key=lambda edit: -edit.change[0]):
        line = changed(line, edit.change)
    return line


def _is_apart(one: Edit, other: Edit) -> bool:
    return one.change[1] <= other.change[0] or other.change[1] <= one.change[0]


def _located(looks: Sequence[Lattice], line: str, literacy: Literacy) -> Characters:
    """The line's characters, where the first look has them."""
    if len(looks) == 1:
        return _located_in(looks[0], line, literacy)
    found = [_located_in(look, line, literacy) for look in looks]
    return tuple(
        replace(same[0], probability=fmean(character.probability for character in same))
        for same in zip(*found, strict=True)
    )


def _located_in(look: Lattice, line: str, literacy: Literacy) -> Characters:
    own = best_path(look, literacy.alphabet)
    if text(own) == line:
        return own
    labels = literacy.labels(line)
    found = zip(line, labels, places(look, labels), strict=True)
    return tuple(_character(look, letter, label, *steps) for letter, label, steps in found)


def _character(look: Lattice, letter: str, label: int, first: int, end: int) -> Character:
    """With the highest probability that it has at its steps."""
    steps = slice(first, max(end, first + 1))
    hits = look.probabilities[steps][look.classes[steps] == label]
    probability = hits.max() if hits.size else look.probabilities[steps, -1:].max(initial=0.0)
    return Character(letter, float(probability), min(1.0, (first + end) / 2 / look.length))
