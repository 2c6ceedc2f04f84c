"""From a scanned element string to its elements: GS1 General Specifications, release 26, section 7.8."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.extractors._gtin import checked
from services.extractors.barcodes.gs1.dates import day
from services.extractors.barcodes.gs1.dictionary import Component, Entry, entry_at

SEPARATOR = "\x1d"
"""What a scanner sends for FNC1 between elements."""

ALPHABETS = {
    "N": re.compile(r"[0-9]+"),
    "X": re.compile(r"[!\"%-?A-Z_a-z]+"),
    "Y": re.compile(r"[#\-/0-9A-Z]+"),
    "Z": re.compile(r"[-0-9A-Z_a-z=]+"),
}
"""Characters of each kind of component: General Specifications, section 7.11; RFC 4648 for the last one."""


class Element(NamedTuple):
    """An AI and its data."""

    ai: str
    data: str


class Elements(NamedTuple):
    """The elements up to the first that breaks a rule; `complete` says that there is none such."""

    found: tuple[Element, ...]
    complete: bool


def elements(text: str) -> Elements:
    """The elements of what a symbol of GS1 says."""
    found: list[Element] = []
    place = 0
    while place < len(text):
        entry = entry_at(text, place)
        data = _data(entry, text, place + len(entry.ai)) if entry else ""
        if not entry or not fits(entry, data):
            return Elements(tuple(found), False)
        found.append(Element(entry.ai, data))
        place += len(entry.ai) + len(data)
        place += text.startswith(SEPARATOR, place)
    return Elements(tuple(found), bool(found))


def _data(entry: Entry, text: str, start: int) -> str:
    """Up to the separator; of a predefined length, so many characters."""
    rest = text[start : start + entry.longest] if entry.fixed else text[start:]
    return rest.partition(SEPARATOR)[0]


def fits(entry: Entry, data: str) -> bool:
    """Whether data are such as the AI has."""
    parts = list(_parts(entry.components, data))
    right = all(_right(part, text) for part, text in parts)
    return right and sum(len(text) for _, text in parts) == len(data) > 0


def _parts(components: Sequence[Component], data: str) -> Iterator[tuple[Component, str]]:
    place = 0
    for part in components:
        text = data[place : place + part.most]
        if text or not part.optional:
            yield part, text
        place += len(text)


def _right(part: Component, text: str) -> bool:
    if len(text) < part.least or not ALPHABETS[part.kind].fullmatch(text):
        return False
    return all(_RULES[rule](text) for rule in part.rules if rule in _RULES)


_RULES: Mapping[str, Callable[[str], bool]] = {
    "csum": checked,
    "yymmd0": lambda text: day(text) is not None,
    "yymmdd": lambda text: day(text) is not None and not text.endswith("00"),
    "nonzero": lambda text: int(text) > 0,
    "zero": lambda text: int(text) == 0,
}
"""The syntax tests that are made. What the others test changes nothing in how an element is read."""
