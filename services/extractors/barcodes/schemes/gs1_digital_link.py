"""GS1 Digital Links: GS1 Digital Link Standard, URI Syntax, release 1.6.

An address of any domain, with anything before the key in its path: `/01/<GTIN>/10/<batch>?17=<expiry>`. Keys, what may
qualify them in which order, and what may stand in the query are those of GS1's syntax dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, unquote_plus, urlsplit

from services.extractors.barcodes.gs1.dictionary import Entry, entries
from services.extractors.barcodes.gs1.elements import Element, fits
from services.extractors.barcodes.schemes._saying import saying
from services.extractors.barcodes.schemes._values import MOST_PARAMETERS
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "gs1-digital-link"
GTIN = "01"
GTIN_LENGTHS = (8, 12, 13, 14)
"""Digits with which a GTIN may be written; it has zeros before it then."""

MOST_SEGMENTS = 60


def read(content: Content) -> Meaning | None:
    """The elements of path and query. None where the path has no key, or anything of either breaks a rule."""
    text = content.text.strip()
    if not re.match(r"https?://[^\s/]+/\S+$", text, re.IGNORECASE):
        return None
    try:
        address = urlsplit(text)
    except ValueError:
        return None
    identified = _identified(address.path)
    described = list(_described(address.query))
    if not identified or None in described:
        return None
    return saying(SCHEME, [*identified, *(element for element in described if element)], text)


def _identified(path: str) -> Sequence[Element]:
    """The key nearest to the end of the path with which all that follows is in order."""
    segments = path.rstrip("/").split("/")[1:]
    if len(segments) > MOST_SEGMENTS:
        return ()
    starts = range(len(segments) - 2, -1, -1)
    found = (_elements(segments[start:]) for start in starts if segments[start] in entries())
    return next((element for element in found if element), ())


def _elements(segments: Sequence[str]) -> Sequence[Element]:
    """A key and its qualifiers; nothing where these segments are no such pairs."""
    names, values = segments[::2], segments[1::2]
    key = entries().get(names[0])
    if not key or not key.key or len(names) != len(values) or not _in_order(key, names[1:]):
        return ()
    found = [_element(ai, unquote(value)) for ai, value in zip(names, values, strict=True)]
    return [element for element in found if element] if all(found) else ()


def _in_order(key: Entry, names: Sequence[str]) -> bool:
    return not names or any(_is_part(names, sequence) for sequence in key.qualifiers)


def _is_part(names: Sequence[str], sequence: Sequence[str]) -> bool:
    """Whether these names stand in a sequence, in its order, though others of it may be left out."""
    rest = iter(sequence)
    return all(name in rest for name in names)


def _element(ai: str, value: str) -> Element | None:
    entry = entries().get(ai)
    data = value.zfill(14) if ai == GTIN and len(value) in GTIN_LENGTHS else value
    return Element(ai, data) if entry and fits(entry, data) else None


def _described(query: str) -> Iterator[Element | None]:
    """The attributes in a query, None for one that is wrong. Parameters whose names are no numbers are none."""
    for pair in re.split("[&;]", query)[:MOST_PARAMETERS]:
        name, _, value = pair.partition("=")
        if name.isdecimal() and name.isascii():
            entry = entries().get(name)
            yield _element(name, unquote_plus(value)) if entry and entry.attribute else None
