"""From the text of a page to the numbers of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.extractors.id_numbers import labels
from services.extractors.id_numbers.labels import Said
from services.extractors.id_numbers.model import Evidence, IdNumber, Kind
from services.extractors.id_numbers.sheet import APART, Columns, Sheet, source
from services.extractors.id_numbers.words import ON_BACKS, ON_CARDS, WORD

MOST_CORRECTED_CHARACTERS = 2
"""Characters of one number that may have been mistaken for what looks like them."""

LABEL_ROWS = 2
"""Rows above a number in which its label may stand."""

BEFORE = 1000
"""Characters before a number in which its label is looked for: a text layer may have lines without end."""


def numbers(kind: Kind, page: Sheet, today: date) -> Iterator[IdNumber]:
    surroundings: _Surroundings | None = None
    for match in kind.shape.finditer(page.text):
        written = "".join(match.groups())
        number = _corrected(written, kind.letters)
        if not number or (kind.unlike and kind.unlike.fullmatch(written.upper())):
            continue
        surroundings = surroundings or _Surroundings.of(kind, page)
        valid = kind.is_valid(number, today)
        corrected = _differing(written.upper(), number)
        if belief := kind.belief(_evidence(kind, surroundings, match, valid=valid, corrected=corrected)):
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


def _evidence(kind: Kind, around: _Surroundings, match: re.Match[str], *, valid: bool, corrected: int) -> Evidence:
    before = match.string[max(0, match.start() - BEFORE) : match.start()].split("\n")
    said = _said(kind, around, match.start(), before[-1])
    rows = (cell for row in before[-1 - LABEL_ROWS : -1] for cell in row[-BEFORE:].split(APART))
    ends = (cell[-labels.LONGEST_CHARACTERS :] for cell in rows)
    near = said is Said.NOTHING and any(labels.is_title(end, kind.names.label, kind.names.other) for end in ends)
    spaced, hyphened = (sign in match[0].strip() and "\n" not in match[0] for sign in " -")
    return Evidence(
        label=said is Said.OWN or near,
        context=around.context,
        bare=around.bare,
        valid=valid,
        grouped=spaced or (hyphened and around.context),
        foreign=said is Said.FOREIGN,
        corrected=corrected,
    )


def _said(kind: Kind, around: _Surroundings, start: int, before: str) -> Said:
    """Of the labels the nearest that is told as one counts, then the head of the column, then any words before it."""
    said = labels.beside(before, kind.names)
    head = around.columns.head(start)
    if said is Said.NOTHING:
        said = labels.above(head.text, kind.names)
    strict = not (kind.distinct and around.context)
    if said is Said.NOTHING and strict:
        any_words = labels.words_in_line(before) or (
            (head.in_table or not around.is_back)
            and (labels.words_before(before) or labels.any_words(head.text, kind.names))
        )
        return Said.FOREIGN if any_words else said
    return said


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a whole page says of one kind of number: whether it is of such numbers (`context`), the back of a card
    (`is_back`), or has no words but a card's (`bare`)."""

    columns: Columns
    context: bool
    is_back: bool
    bare: bool

    @classmethod
    def of(cls, kind: Kind, page: Sheet) -> _Surroundings:
        text, names = kind.names.other.sub(" ", page.text), kind.names
        issued = bool(names.issuer.search(text))
        context = issued or _is_titled(kind, page)
        is_back = issued and bool(ON_BACKS.search(text))
        return cls(Columns(page), context, is_back, _is_bare(text, kind))


def _is_bare(text: str, kind: Kind) -> bool:
    return bool(ON_CARDS.search(text)) or not WORD.search(kind.shape.sub("", text))


def _is_titled(kind: Kind, page: Sheet) -> bool:
    """Whether a line names such numbers. One that has its own says nothing of others."""
    names = kind.names
    if kind.distinct:
        rows = (row for row in page.text.split("\n") if not kind.shape.search(row))
        return any(names.title.search(names.other.sub(" ", row)) for row in rows)
    short = (line.text for line in page.lines if len(line.text) <= labels.LONGEST_CHARACTERS)
    return any(labels.is_title(text, names.title, names.other) for text in short)
