"""The numbers by which tax offices know seller and buyer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.bill.letterhead import Letterhead
from services.extractors._commerce.bill.numbers import JOINT
from services.extractors._commerce.reading import notation
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet, lines_below
from services.extractors._commerce.reading.lexicon import TOKEN, ascii_digits, fold

TABLE = Path(notation.__file__).with_name("tax_numbers.toml")

NUMBER = re.compile(
    r"(?:[A-Z]{1,3}[ -]?)?[A-Z&Ñ]{0,5}\d(?:[A-Z0-9]|[./-](?=[A-Z0-9]))*"
    r"(?:(?<![A-Z0-9]{5}) [A-Z]?\d{1,4}[A-Z]?(?![A-Za-z0-9/.:,-]))*(?: ?RT ?\d{4})?"
)
LEAST, MOST = 7, 20
"""Letters and digits of a number."""

LEAST_DIGITS = 6
BELOW_BUYER = 9
"""Lines below the label of a buyer in which a number is still the buyer's."""

LABELLED, SHAPED = 0.93, 0.85
"""Trust in a number behind its label, and in one that its form shows."""


class _Found(NamedTuple):
    cell: Cell
    start: int
    end: int
    trust: float
    bought: bool


@dataclass(frozen=True, slots=True)
class TaxIds:
    """One number of each party, without blanks; None where none is printed."""

    vendor: Field | None = None
    buyer: Field | None = None


def tax_ids(page: Letterhead) -> TaxIds:
    """The first number of each party: one for VAT by its form before others, which may be national ones beside it."""
    found = sorted(_numbers(page), key=lambda number: not _forms().fullmatch(_text(number)))
    bought = [number for number in found if number.bought]
    sold = [number for number in found if not number.bought and _text(number) not in map(_text, bought)]
    return TaxIds(_field(sold), _field(bought))


def _field(found: Sequence[_Found]) -> Field | None:
    if not found:
        return None
    first = found[0]
    return field(re.sub(r"\s", "", _text(first)), first.cell, first.start, first.end, first.trust)


def _text(found: _Found) -> str:
    return ascii_digits(found.cell.text)[found.start : found.end]


def _numbers(page: Letterhead) -> Iterator[_Found]:
    bought = _bought(page)
    for cell in page.sheet.cells:
        text = ascii_digits(cell.text)
        if sum(map(str.isdigit, text)) >= LEAST_DIGITS:
            yield from (
                _Found(cell, *match.span(), SHAPED, id(cell) in bought or _says_buyer(text[: match.start()]))
                for match in _forms().finditer(text)
            )
        for start, end in _labels(cell.text):
            theirs = id(cell) in bought or _says_buyer(cell.text[:start]) or _says_buyer(cell.text[end : end + 12])
            yield from (_Found(*place, LABELLED, theirs) for place in _values(page.sheet, cell, end))


def _bought(page: Letterhead) -> frozenset[int]:
    """The ids of cells that belong to a buyer, some lines farther down than a name and an address reach."""
    below = (
        other
        for cell in page.sheet.cells
        if id(cell) in page.bought
        for other in lines_below(page.sheet, cell, BELOW_BUYER)
    )
    return page.bought | {id(cell) for cell in below if any(True for _ in _labels(cell.text))}


def _values(sheet: Sheet, cell: Cell, start: int) -> Iterator[tuple[Cell, int, int]]:
    """The number behind a label, or where that ends its line, beside or below it."""
    start = _behind(cell.text, start)
    if start < len(cell.text):
        yield from _number_at(cell, start)
        return
    beside = [other for other in sheet.rows[cell.row].cells if other.left > cell.left][:1]
    for other in beside or list(lines_below(sheet, cell, 1)):
        yield from _number_at(other, _behind(other.text, 0))


def _behind(text: str, start: int) -> int:
    joint = JOINT.match(fold(text), start)
    return joint.end() if joint else start


def _number_at(cell: Cell, start: int) -> Iterator[tuple[Cell, int, int]]:
    text = ascii_digits(cell.text)
    match = NUMBER.match(text, start) or NUMBER.match(text.upper(), start)
    if match and _is_number(match.group()):
        yield cell, match.start(), match.end()


def _is_number(text: str) -> bool:
    characters = sum(map(str.isalnum, text))
    dated = any(not reading.weak for reading in readings(text))
    return LEAST <= characters <= MOST and sum(map(str.isdigit, text)) >= LEAST_DIGITS and not dated


def _says_buyer(text: str) -> bool:
    words = " ".join(TOKEN.findall(fold(text)))
    return any(f" {word} " in f" {words} " for word in _table()["buyers"])


# Labels


def _labels(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers are named; of several names for one the longest."""
    folded, end = fold(text), 0
    tokens = list(TOKEN.finditer(folded))
    for place, token in enumerate(tokens):
        if token.start() < end:
            continue
        for words in _phrases().get(token.group(), ()):
            run = tokens[place : place + len(words)]
            if tuple(word.group() for word in run) == words:
                end = run[-1].end()
                yield token.start(), end
                break
    for label in _table()["within"]:
        if (start := text.find(label)) >= 0:
            yield start, start + len(label)


@cache
def _phrases() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Labels by their first word, the longest first; short ones with points between their letters as well."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for label in _table()["labels"]:
        words = tuple(TOKEN.findall(fold(label)))
        spelled = [tuple(words[0])] if len(words) == 1 and 2 < len(words[0]) < 6 else []
        for phrase in (words, *spelled):
            found.setdefault(phrase[0], []).append(phrase)
    return {first: sorted(phrases, key=len, reverse=True) for first, phrases in found.items()}


@cache
def _forms() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_table()['forms'])})(?![A-Za-z0-9])")


@cache
def _table() -> Mapping[str, Sequence[str]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
