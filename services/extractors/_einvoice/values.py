"""Values out of a tree of elements, by paths of names, and a note of every one that is not what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from services.document.markup import Element

CENT = Decimal("0.01")
"""What amounts of an invoice are rounded to."""

MOST_DIGITS = 24
WIDE = Context(prec=3 * MOST_DIGITS)
"""For products and quotients of two such numbers, which may have more digits than decimals usually keep."""

MOST_FLAWS = 50
MOST_SHOWN = 4
LONGEST_CHARACTERS = 1000
"""Characters of a text that are kept."""

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_DAY_102 = re.compile(r"(\d{4})(\d{2})(\d{2})")

Path = str
"""Names of elements below each other, parted by `/`."""


def every(at: Element | None, path: Path) -> Iterator[Element]:
    """The elements at a path, in order."""
    if at is None:
        return
    name, _, rest = path.partition("/")
    for child in at.children:
        if child.name == name:
            yield from every(child, rest) if rest else [child]


def first(at: Element | None, path: Path) -> Element | None:
    """The first element at a path."""
    return next(every(at, path), None)


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """To a multiple of `step`, halves away from nought, however large it is."""
    return value.quantize(step, ROUND_HALF_UP, WIDE)


class Values:
    """Reads, and keeps what could not be read in `flaws`.

    Of elements that are there several times though there may be one, it takes that in the place `turn` (from 0), or the
    last; `most` is how many there were at most.
    """

    def __init__(self, turn: int = 0) -> None:
        self.flaws: list[str] = []
        self.most = 1
        self._turn = turn

    def note(self, flaw: str) -> None:
        """Of many flaws the first are enough."""
        if len(self.flaws) < MOST_FLAWS:
            self.flaws.append(flaw)

    def one(self, at: Element | None, path: Path) -> Element | None:
        """The element where there may be one at most."""
        return self.chosen(list(every(at, path)), path)

    def chosen(self, found: Sequence[Element], called: str) -> Element | None:
        """The one of these elements, of which there may be one at most."""
        if len(found) > 1:
            self.most = max(self.most, len(found))
            texts = list(dict.fromkeys(plain(element)[:MOST_DIGITS] for element in found))[:MOST_SHOWN]
            differ = f": {', '.join(texts)}" if len(texts) > 1 else ""
            self.note(f"schema: {called} is there {len(found)} times{differ}")
        return found[min(self._turn, len(found) - 1)] if found else None

    def text(self, at: Element | None, path: Path) -> str:
        """White space collapsed, empty where there is none."""
        return plain(self.one(at, path))

    def amount(self, at: Element | None, path: Path) -> Decimal | None:
        """A decimal of XML Schema: a point, no groups, no exponent."""
        return self.number(self.one(at, path))

    def paid_in(self, summed: Element | None, currency: str, *others: str) -> None:
        """Notes amounts of a group that name another currency than that of the invoice, `others` left out."""
        for element in summed.children if summed else ():
            named = element.attributes.get("currencyID", currency)
            if currency and named != currency and element.name not in others:
                self.note(
                    f"schema: {element.name} is in {named[:MOST_DIGITS]}, the invoice in {currency[:MOST_DIGITS]}"
                )

    def number(self, element: Element | None) -> Decimal | None:
        """The decimal that an element holds."""
        if element is None:
            return None
        written = element.text.strip()
        if not _DECIMAL.fullmatch(written) or len(written) > MOST_DIGITS:
            self.note(f"schema: {element.name} is no number")
            return None
        return Decimal(written)

    def day(self, at: Element | None, path: Path) -> date | None:
        """A date of XML Schema, or of UN/CEFACT's format 102."""
        element = self.one(at, path)
        if element is None:
            return None
        pattern = _DAY_102 if "format" in element.attributes else _DAY
        found = pattern.fullmatch(element.text)
        if found and element.attributes.get("format", "102") == "102":
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                pass
        self.note(f"schema: {path} is no date")
        return None


def plain(element: Element | None) -> str:
    """The text of an element, white space collapsed."""
    return " ".join(element.text.split())[:LONGEST_CHARACTERS] if element else ""


def joined(parts: Iterator[str] | list[str]) -> str:
    """What there is of some texts, parted by commas."""
    return ", ".join(filter(None, parts))
