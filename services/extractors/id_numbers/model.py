"""Identity numbers, and what is known of each kind of them. Neither representations nor errors hold a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.document.model import Quad


@dataclass(frozen=True, slots=True, repr=False)
class IdNumber:
    """`type` is `PAN AADHAAR DRIVING_LICENCE PASSPORT UDYAM`. `value` has no spaces, and hyphens in UDYAM's only.

    One that is printed with all but its last four digits `masked` has these for its value, and is never valid, as
    nothing can be checked. `raw` is what was read. `valid` is false where a check fails. `page` counts from 1. `bbox`
    is in pixels of the image of the lines.
    """

    type: str
    value: str
    raw: str
    valid: bool
    confidence: float
    page: int
    bbox: Quad
    masked: bool = False

    @property
    def hidden(self) -> str:
        """All but the last four characters hidden, as it may be shown or logged."""
        return "X" * (len(self.value) - 4) + self.value[-4:] if not self.masked else f"XXXXXXXX{self.value}"

    def __repr__(self) -> str:
        return f"IdNumber(type={self.type!r}, value={self.hidden!r}, valid={self.valid})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a number: its label before it or above it; words of such a document anywhere on the page, or no
    words at all but a card's (`bare`); its check; its parts standing apart as they are printed. And against it: another
    label, and so many `corrected` characters."""

    label: bool
    context: bool
    bare: bool
    valid: bool
    grouped: bool
    foreign: bool
    corrected: int


NONE = re.compile(r"(?!)")
"""Found nowhere."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a number is called before it or above it (`label`); what its document says of itself (`issuer`) and what it
    is titled (`title`); and what is called alike and is another thing (`other`)."""

    label: re.Pattern[str]
    issuer: re.Pattern[str]
    title: re.Pattern[str] = NONE
    other: re.Pattern[str] = NONE


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of number. The groups of `shape`, joined, are of `letters`: `A` for a letter, `0` for a digit.

    `is_valid` takes the joined groups and the day; `belief` is the share of its confidence that a number keeps, 0 where
    it is none. A `distinct` shape is hardly ever another number's on a page with words of its document.
    """

    type: str
    shape: re.Pattern[str]
    letters: str
    names: Names
    is_valid: Callable[[str, date], bool]
    belief: Callable[[Evidence], float]
    form: Callable[[str], str] = str
    unlike: re.Pattern[str] | None = None
    distinct: bool = False
    masked: bool = False
