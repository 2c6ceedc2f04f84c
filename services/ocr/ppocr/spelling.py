"""Known words that an unknown word may really be, made of what the recogniser also saw in its place.

A word is a run of Latin letters. One that touches a digit or a sign of codes and addresses is none, and none is shorter
than three letters, so numbers, codes and machine-readable lines stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from math import isnan

import numpy as np
from numpy.typing import NDArray

from services.ocr.lexicon import Lexicon
from services.ocr.lines.characters import Characters, text
from services.ocr.ppocr.ctc import BLANK
from services.ocr.ppocr.likelihood import Lattice

WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]+(?:['’][A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]+)*")
CODE = re.compile(r"[\d@\\_<>=#*+]")
"""Marks a token, what stands between two spaces, as no word."""

SHORTEST, LONG = 3, 6
"""Letters of the shortest word that is looked at, and of the shortest in which two letters may be wrong, that may be
wrong although it is known, or that may have been torn in two."""

LONGEST_CHARACTERS = 30
"""Longer runs of letters are no words: lines whose spaces were all lost, rulings, stamps."""

RARE = -15.0
"""Long words that are rarer (3 in 10 million) are looked at although they are known: lists have misspellings."""

SEEN = 1e-3
"""The least probability of a class that counts as seen."""

MANY = 80
"""Changes beyond which pairs of them are not tried: their number grows with the square."""

MOST_CLASSES = 4
"""Classes that are tried in one place."""

Change = tuple[int, int, str]
"""Characters from the first to before the second become the text."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a line, and what the words' frequencies say for it, as a difference of natural logarithms."""

    change: Change
    prior: float


def changed(line: str, change: Change) -> str:
    """The line after the change."""
    start, end, replacement = change
    return line[:start] + replacement + line[end:]


def edits(characters: Characters, seen: Sequence[Lattice], alphabet: Sequence[str], lexicon: Lexicon) -> Iterator[Edit]:
    """All changes of one word, or of two into one, that give known words. What was `seen` decides on letters."""
    line = text(characters)
    words = [word for word in WORD.finditer(line) if not _is_code(word, line)]
    if doubtful := [word for word in words if _is_doubtful(word[0], lexicon)]:
        sightings = _Sightings.of(seen, alphabet)
        for word in doubtful:
            yield from _known(_respelt(word, characters, sightings), line, lexicon)
    yield from _known([_joined(*pair) for pair in pairwise(words) if _are_torn(*pair, lexicon)], line, lexicon)


def _is_code(word: re.Match[str], line: str) -> bool:
    start, end = line.rfind(" ", 0, word.start()) + 1, line.find(" ", word.end())
    return bool(CODE.search(line, start, end if end >= 0 else len(line)))


def _is_doubtful(word: str, lexicon: Lexicon) -> bool:
    if not SHORTEST <= len(word) <= LONGEST_CHARACTERS:
        return False
    frequency = lexicon.log_frequencies([word])[0]
    return bool(np.isnan(frequency) or (len(word) >= LONG and frequency < RARE))


def _are_torn(one: re.Match[str], other: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether two words look like the parts of one: abbreviations that stand together do not."""
    lengths = len(one[0]), len(other[0])
    if one.string[one.end() : other.start()] != " " or min(lengths) < 2 or sum(lengths) < LONG:
        return False
    return bool(np.isnan(lexicon.log_frequencies([one[0], other[0]])).any())


def _joined(one: re.Match[str], other: re.Match[str]) -> Change:
    return one.start(), other.end(), one[0] + other[0]


@dataclass(frozen=True, slots=True)
class _Sightings:
    """Classes other than the blank that were seen in any look: where, as a fraction of the line, and how probable."""

    middles: NDArray[np.float64]
    letters: Sequence[str]
    probabilities: NDArray[np.float32]

    @staticmethod
    def of(seen: Sequence[Lattice], alphabet: Sequence[str]) -> _Sightings:
        found = [_sighted(lattice) for lattice in seen]
        middles, classes, probabilities = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.argsort(middles, kind="stable")
        return _Sightings(middles[order], [alphabet[index] for index in classes[order]], probabilities[order])

    def between(self, start: float, end: float) -> list[str]:
        """The likeliest characters that were seen there, at most MOST_CLASSES of them."""
        first, last = np.searchsorted(self.middles, (start, end))
        best: dict[str, float] = {}
        for letter, probability in zip(self.letters[first:last], self.probabilities[first:last].tolist(), strict=True):
            best[letter] = max(probability, best.get(letter, 0.0))
        return sorted(best, key=lambda letter: -best[letter])[:MOST_CLASSES]


def _sighted(lattice: Lattice) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float32]]:
    steps, kept = np.nonzero((lattice.probabilities >= SEEN) & (lattice.classes != BLANK))
    middles = np.asarray((steps + 0.5) / lattice.length, dtype=np.float64)
    return middles, lattice.classes[steps, kept], lattice.probabilities[steps, kept]


def _respelt(word: re.Match[str], characters: Characters, sightings: _Sightings) -> list[Change]:
    """The word as a whole with one letter changed, or two where it is long, or parted in two."""
    single = list(_changes(word, characters, sightings))
    spelt = {changed(word[0], change) for change in single}
    if len(word[0]) >= LONG and len(single) <= MANY:
        spelt |= {changed(changed(word[0], late), early) for early in single for late in single if _apart(early, late)}
    return [(word.start(), word.end(), spelling) for spelling in sorted(spelt - {word[0]}) if _fits(spelling, word[0])]


def _changes(word: re.Match[str], characters: Characters, sightings: _Sightings) -> Iterator[Change]:
    """One character of the word left out, replaced, or put in, by places in the word."""
    middles = _surrounded(word, characters)
    edges = [(middle + other) / 2 for middle, other in pairwise(middles)]
    for place, own in enumerate(word[0]):
        yield place, place + 1, ""
        for letter in sightings.between(edges[place], edges[place + 1]):
            if letter != own and WORD.fullmatch(letter):
                yield place, place + 1, letter
    for place in range(len(word[0]) + 1):
        for letter in sightings.between(middles[place], middles[place + 1]):
            if letter == " " or WORD.fullmatch(letter):
                yield place, place, letter


def _surrounded(word: re.Match[str], characters: Characters) -> list[float]:
    """The middles of the word's characters, and of those before and behind it or else the line's ends."""
    start, end = word.span()
    before = characters[start - 1].middle if start else 0.0
    behind = characters[end].middle if end < len(characters) else 1.0
    return [before, *(character.middle for character in characters[start:end]), behind]


def _apart(early: Change, late: Change) -> bool:
    """Whether the second begins behind the first, so that both can be made, the later one first."""
    return late[0] >= early[1] and late[:2] != early[:2] and " " not in early[2] + late[2]


def _fits(new: str, old: str) -> bool:
    """Whether the new spelling's capitals are no odder than the old one's, and its parts are words of their own."""
    parts = new.split(" ")
    return all(len(part) > 1 or part in ("a", "A", "I") for part in parts) and (
        not _is_regular(old) or all(_is_regular(part) for part in parts)
    )


def _is_regular(word: str) -> bool:
    return word.isupper() or word[1:].islower() or len(word) == 1


def _known(changes: Sequence[Change], line: str, lexicon: Lexicon) -> Iterator[Edit]:
    """Those that give known words only."""
    words = [replacement.split(" ") for _, _, replacement in changes]
    frequencies = iter(lexicon.log_frequencies([word for some in words for word in some]).tolist())
    for change, some in zip(changes, words, strict=True):
        share = sum(islice(frequencies, len(some)))
        if not isnan(share):
            yield Edit(change, share - _share(line[change[0] : change[1]], lexicon))


def _share(words: str, lexicon: Lexicon) -> float:
    return float(np.nan_to_num(lexicon.log_frequencies(words.split(" ")), nan=lexicon.unknown).sum())
