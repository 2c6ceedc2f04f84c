"""Indian identity numbers: PAN, Aadhaar, driving licence, passport and UDYAM registration.

A number is found by its shape, believed by what stands around it, and checked as far as it can be. What has the shape
of a number that needs a label, and none, is left out: an order number is no Aadhaar because it has twelve digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from config import Settings
from services.document.findings import Kind
from services.document.model import Document, Line
from services.extractors import Extractor, OnDocument
from services.extractors.id_numbers.kinds import KINDS
from services.extractors.id_numbers.matching import numbers
from services.extractors.id_numbers.model import IdNumber
from services.extractors.id_numbers.sheet import sheet

REQUIRES: tuple[str, ...] = ()
FOUND = Kind("id_numbers", tuple[IdNumber, ...])

CARDS = ("id_card",)
"""The extractor of what stands on the card beside the number."""


def build(settings: Settings) -> Extractor:
    """Looks at the text only; no settings of its own."""
    return Extractor(document=OnDocument(FOUND, _of_document), brings=CARDS)


def _of_document(document: Document) -> tuple[IdNumber, ...]:
    return tuple(number for page in document.pages for number in find(page.lines, page.number))


def find(lines: Sequence[Line], number: int = 1, today: date | None = None) -> tuple[IdNumber, ...]:
    """The numbers among the lines of page `number`, valid ones first, then the surest, each once.

    `today` decides which years of issue have been; it is the system's day where it is not given.
    """
    page = sheet(lines, number)
    found = [number for kind in KINDS for number in numbers(kind, page, today or date.today())]
    ranked = sorted(found, key=lambda number: (number.valid, number.confidence))
    return tuple({(number.type, number.value): number for number in ranked}.values())[::-1]
