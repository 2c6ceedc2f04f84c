"""One line as it was recognised, brought to the length and the alphabets of its format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from services.extractors.mrz.characters import (
    DIGITS,
    FILLER,
    IN_FILLERS,
    LETTERS,
    TO_DIGIT,
    TO_FILLER,
    TO_LETTER,
    TO_RUSSIAN,
    TO_SEX,
    TURNED,
)

MOST_EDITS = 8
"""Fillers that may be missing or too many in a line: recognisers lose count in long runs."""


class Change(NamedTuple):
    """One character and what it can only be. `place` counts from 0."""

    place: int
    read: str
    corrected: str


class Settled(NamedTuple):
    """A line in which every character is in its alphabet, but for so many `violations`."""

    text: str
    changes: tuple[Change, ...]
    violations: int


def fitted(text: str, length: int) -> Iterator[tuple[str, int]]:
    """The ways to bring a normalised line to a length, the likeliest first, with the characters put in or left out.

    Fillers are put into one of the runs of fillers, or taken from it; one character may be left out at an end, where
    the edge of a page was read as one. Nothing where it is too far off.
    """
    missing = length - len(text)
    if missing == 0:
        yield text, 0
    elif abs(missing) <= MOST_EDITS:
        for start, size in _runs(text):
            if size + missing >= 1:
                yield text[:start] + FILLER * (size + missing) + text[start + size :], abs(missing)
        if missing == -1:
            yield text[:-1], 1
            yield text[1:], 1


def _runs(text: str) -> list[tuple[int, int]]:
    """Where runs of fillers start, and how long they are; the longest first, of equal ones the last."""
    found = [(match.start(), match.end() - match.start()) for match in re.finditer(f"{FILLER}+", text)]
    return sorted(found, key=lambda run: (-run[1], -run[0]))


def settled(text: str, mask: str) -> Settled:
    """Every character of a line as one that its mask allows, where the mask leaves one that looks like it.

    `mask` is one of `layouts.Layout.masks`, as long as `text`.
    """
    fitting = [_ALPHABETS[kind](character) for character, kind in zip(text, mask, strict=True)]
    result = "".join(character or read for character, read in zip(fitting, text, strict=True))
    result = result.replace(TURNED, FILLER)
    return Settled(result, changes(text, result), sum(not character for character in fitting))


def changes(read: str, corrected: str) -> tuple[Change, ...]:
    """Where two lines of equal length differ."""
    pairs = enumerate(zip(read, corrected, strict=True))
    return tuple(Change(place, printed, other) for place, (printed, other) in pairs if printed != other)


def without_stray_letters(names: str) -> str:
    """Names, and nothing but fillers behind them, though some were read as letters.

    Three fillers in a row end the names, and so do two after the given names have begun, but for single letters that
    may be given names (ICAO 9303 part 3, 4.6). Three times the same letter of those that fillers are read as, with
    nothing but fillers around it up to the end, is no name either; then that letter beside a filler is none as well.
    """
    for letter in TO_FILLER:
        names = _with_noise_removed(names, letter)
    match = re.match(f"(.+?{2 * FILLER}.+?){2 * FILLER}[{''.join(IN_FILLERS)}{FILLER}]*$", names)
    end = match.end(1) if match else names.find(3 * FILLER)
    return names if end < 0 else names[:end].ljust(len(names), FILLER)


def may_end_earlier(names: str) -> bool:
    """Whether a given name behind the first may be fillers that were read as letters: one letter, once or repeated."""
    given = names.partition(2 * FILLER)[2].strip(FILLER)
    later = re.split(f"{FILLER}+", given)[1:]
    return any(len(set(name)) == 1 and name[0] in IN_FILLERS for name in later)


def _with_noise_removed(names: str, letter: str) -> str:
    kept = names.rstrip(FILLER + letter)
    if names[len(kept) :].count(letter) < 3:
        return names
    pair = 2 * FILLER
    parted = re.sub(f"(?:{letter}{FILLER}|{FILLER}{letter})", pair, kept, count=1) if pair not in kept else kept
    parted = parted.replace(2 * letter, pair, 1) if pair not in parted else parted
    return parted.ljust(len(names), FILLER)


def state(code: str, known: frozenset[str]) -> str:
    """A State's three places: of codes that look like `code` the one that is `known`, else itself.

    `code` has passed its mask, so that a D read as 0 has become an O.
    """
    if code.rstrip(FILLER) in known:
        return code
    if all(character in TO_FILLER or character == FILLER for character in code[1:]) and code[0] in "DO":
        return "D<<"
    return next((other for other in _with_d(code) if other in known), code)


def _with_d(code: str) -> Iterator[str]:
    return (code[:place] + "D" + code[place + 1 :] for place, letter in enumerate(code) if letter == "O")


def _one_of(allowed: frozenset[str], look_alike: Mapping[str, str]) -> Callable[[str], str]:
    """Gives an allowed character for one that was read, or nothing where none looks like it."""
    return lambda character: character if character in allowed else look_alike.get(character, "")


_ALPHABETS: Mapping[str, Callable[[str], str]] = {
    "L": _one_of(LETTERS, TO_LETTER),
    "l": _one_of(LETTERS | {FILLER}, TO_LETTER),
    "D": _one_of(DIGITS, TO_DIGIT),
    "d": _one_of(DIGITS | {FILLER}, TO_DIGIT),
    "t": _one_of(LETTERS | DIGITS | {FILLER}, {}),
    "r": _one_of(LETTERS | frozenset("2346789") | {FILLER}, TO_RUSSIAN),
    "x": _one_of(LETTERS | DIGITS | {FILLER}, {}),
    "s": _one_of(frozenset("MFX") | {FILLER}, TO_SEX),
}
"""What a place of a mask makes of a character."""
