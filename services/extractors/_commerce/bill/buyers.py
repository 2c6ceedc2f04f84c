"""Whom a bill is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.extractors import Field
from services.extractors._commerce.bill.addresses import PHONE, address_score
from services.extractors._commerce.bill.letterhead import Letterhead, buyer_label
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet, lines_below
from services.extractors._commerce.reading.lexicon import Mention, covered, fold, mentions

DELIVERY = re.compile(r"\b(?:ship|deliver|attn|attention|liefer|livr|entrega|spedi|lever|dostaw)")
"""Labels of who receives the goods, or reads the letter; folded."""

NOT_NAMES = frozenset(
    {"parties.title", "parties.contact", "parties.registration", "parties.buyer", "parties.seller", "parties.address"}
    | {"numbers.number", "numbers.other_number", "dates.date", "dates.issued", "dates.due", "columns.description"}
    | {"columns.quantity", "columns.amount", "columns.price", "amounts.total", "amounts.method", "names.title"}
)
SURE, LESS_SURE = 0.9, 0.75
"""Trust in who is billed, and in who is only said to get the goods."""


def buyer(page: Letterhead) -> Field | None:
    """The name behind, beside or below a label of buyers; None without one."""
    named = [(cell, label) for cell in page.sheet.cells if (label := buyer_label(cell))]
    ranked = sorted(named, key=lambda found: bool(DELIVERY.search(_folded(*found))))
    found = ((cell, label, name) for cell, label in ranked if (name := next(_names(page.sheet, cell, label), None)))
    for cell, label, (own, start) in found:
        text = own.text[start:].strip(" :,;.")
        trust = LESS_SURE if DELIVERY.search(_folded(cell, label)) else SURE
        return field(text, own, start, len(own.text), trust)
    return None


def _folded(cell: Cell, label: Mention) -> str:
    return fold(cell.text[label.start : label.end])


def _names(sheet: Sheet, cell: Cell, label: Mention) -> Iterator[tuple[Cell, int]]:
    """Texts that may be the name, and where each starts in its line."""
    places = [(cell, label.end)] if any(map(str.isalnum, cell.text[label.end :])) else []
    if not places:
        beside = [other for other in sheet.rows[cell.row].cells if other.left >= cell.right - 0.5][:1]
        places = [(other, 0) for other in (*lines_below(sheet, cell, 1), *beside)]
    for other, start in places:
        start += len(other.text[start:]) - len(other.text[start:].lstrip(" :：.-"))
        if _may_be_name(other.text[start:]):
            yield other, start


def _may_be_name(text: str) -> bool:
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    if letters < 3 or digits > letters or len(text) > 70 or text.endswith(":") or ":" in text[:25]:
        return False
    if address_score(text) >= 1.7 or readings(text) or PHONE.search(text) or "@" in text:
        return False
    return covered(text, NOT_NAMES) < 0.5 and not any(
        mention.start == 0 and mention.family in ("numbers", "dates", "columns") for mention in mentions(text)
    )
