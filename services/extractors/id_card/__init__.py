"""Indian identity cards: what PAN and Aadhaar cards and driving licences say beside their number.

Comes along wherever identity numbers are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from config import Settings
from services.document.findings import Kind
from services.document.model import Document, Line
from services.extractors import Extractor, OnDocument
from services.extractors.id_card.model import IdCard
from services.extractors.id_card.reading import card
from services.extractors.id_numbers import find
from services.extractors.id_numbers.sheet import sheet

REQUIRES: tuple[str, ...] = ()
FOUND = Kind("id_card", IdCard)

CARDS = {
    "PAN": re.compile(r"income *tax *dep|permanent *account|आयकर", re.IGNORECASE),
    "AADHAAR": re.compile(
        r"gov\w{0,9}\.? *of *india|uidai|unique *ident|भारत *सरकार|^\W*(?:a{1,3}dh{1,3}a{1,3}r|आधार)\W*$",
        re.IGNORECASE | re.MULTILINE,
    ),
    "DRIVING_LICENCE": re.compile(r"driving *licen[cs]e|\bd\.?l\.? *no|motor *vehicle", re.IGNORECASE),
}
"""Kinds of numbers whose cards are read, and what a page with such a card says: others print the numbers too."""

PAPERS = re.compile(
    r"\b(?:applica(?:nt|tion)|invoice|receipt|challan|nominee|loan|salary|agreement|acknowledg\w*|tax *return|statement"
    r"|scheme|beneficiary)\b|आवेदन|रसीद",
    re.IGNORECASE,
)
"""What forms and letters say that quote a number of a PAN or an Aadhaar card, and the cards do not."""


def build(settings: Settings) -> Extractor:
    """Looks at the text only; no settings of its own."""
    return Extractor(document=OnDocument(FOUND, _of_document))


def _of_document(document: Document) -> IdCard:
    found = (read(page.lines, page.number) for page in document.pages)
    return next((one for one in found if one.type), IdCard())


def read(lines: Sequence[Line], number: int = 1, today: date | None = None) -> IdCard:
    """The card that page `number` shows, by its surest number; `today` is as in `id_numbers.find`."""
    page = sheet(lines, number)
    found = (one.type for one in find(lines, number, today))
    kind = next((name for name in found if _is_card(name, page.text)), None)
    return card(page, kind) if kind else IdCard()


def _is_card(kind: str, text: str) -> bool:
    quoted = kind != "DRIVING_LICENCE" and PAPERS.search(text)
    return kind in CARDS and bool(CARDS[kind].search(text)) and not quoted
