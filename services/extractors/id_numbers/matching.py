"""From the text of a page to the numbers of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from services.extractors.id_numbers import labels
from services.extractors.id_numbers.labels import Said
from services.extractors.id_numbers.model import Evidence, IdNumber, Kind
from services.extractors.id_numbers.sheet import Sheet, column_above, source

MOST_CORRECTED_CHARACTERS = 2
"""Characters of one number that may have been mistaken for what looks like them."""

LABEL_ROWS = 2
"""Rows above a number in which its label may stand."""

BEFORE = 1000
"""Characters before a number in which its label is looked for: a text layer may have lines without end."""


def numbers(kind: Kind, page: Sheet, today: date) -> Iterator[IdNumber]:
    context = bool(kind.context.search(page.text))
    for match in kind.shape.finditer(page.text):
        written = "".join(match.groups())
        number = _corrected(written, kind.letters)
        if not number or (kind.unlike and kind.unlike.fullmatch(written.upper())):
            continue
        valid = kind.is_valid(number, today)
        corrected = _differing(written.upper(), number)
        belief = kind.belief(_evidence(kind, page, match, context=context, valid=valid, corrected=corrected))
        if belief:
            sure, box = source(page, match.start(), match.end())
            yield IdNumber(kind.type, kind.form(number), match[0], valid, sure * belief, page.number, box, kind.masked)


_TO_DIGIT = str.maketrans(dict(zip("OQDILZSB", "00011258", strict=True)))
_TO_LETTER = str.maketrans(dict(zip("01258", "OIZSB", strict=True)))


def _corrected(written: str, letters: str) -> str:
    """With a letter at every `A` and a digit at every `0`. Empty where too much would have to be changed for that."""
    pairs = zip(written.upper(), letters, strict=True)
    number = "".join(_fitting(character, kind) for character, kind in pairs)
    fits = all(character.isalpha() == (kind == "A") for character, kind in zip(number, letters, strict=True))
    return number if fits and _differing(written.upper(), number) <= MOST_CORRECTED_CHARACTERS else ""


def _fitting(character: str, kind: str) -> str:
    if kind == "A":
        return character.translate(_TO_LETTER) if character.isdigit() else character
    return character.translate(_TO_DIGIT)


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _evidence(kind: Kind, page: Sheet, match: re.Match[str], *, context: bool, valid: bool, corrected: int) -> Evidence:
    before = match.string[max(0, match.start() - BEFORE) : match.start()].split("\n")
    called = labels.beside(before[-1], kind.label, any_word=not kind.distinct)
    over = labels.above(column_above(page, match.start()), kind.label) if called is Said.NOTHING else called
    near = called is not Said.FOREIGN and bool(kind.label.search("\n".join(before[-1 - LABEL_ROWS :])))
    spaced, hyphened = (sign in match[0].strip() and "\n" not in match[0] for sign in " -")
    return Evidence(
        label=over is Said.OWN or (near and over is not Said.FOREIGN),
        context=context,
        valid=valid,
        grouped=spaced or (hyphened and context),
        foreign=over is Said.FOREIGN,
        corrected=corrected,
    )
