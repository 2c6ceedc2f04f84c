"""Who issued a document, for whom, and where to pay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.extractors import Field
from services.extractors._commerce.bill.addresses import POSTAL, address_cells, mended
from services.extractors._commerce.bill.buyers import buyer
from services.extractors._commerce.bill.letterhead import Letterhead, alnum
from services.extractors._commerce.bill.names import Name, names
from services.extractors._commerce.bill.tax_ids import tax_ids
from services.extractors._commerce.reading.evidence import field, joined
from services.extractors._commerce.reading.geometry import Cell, Sheet, with_whole_lines
from services.extractors._iban import ibans

LEAST_SCORE = 0.55
"""A name with less evidence is not reported."""

CHECKED = 0.99
"""Trust in a number whose check digits are right."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Seller and buyer of a bill, and where to pay; None where not printed."""

    vendor: Field | None = None
    address: Field | None = None
    vendor_tax_id: Field | None = None
    buyer: Field | None = None
    buyer_tax_id: Field | None = None
    iban: Field | None = None


def parties(sheet: Sheet) -> Parties:
    """Everything about the parties of a document."""
    page = Letterhead(with_whole_lines(sheet))
    name = _issuer(page)
    numbers = tax_ids(page)
    return Parties(
        vendor=_vendor(name),
        address=_address(page, name),
        vendor_tax_id=numbers.vendor,
        buyer=buyer(page),
        buyer_tax_id=numbers.buyer,
        iban=_iban(page.sheet),
    )


def _issuer(page: Letterhead) -> Name | None:
    """The best candidate; None where nothing on the page looks like the issuer's name."""
    best = max(names(page), key=lambda name: name.score, default=None)
    return best if best and best.score >= LEAST_SCORE else None


def _vendor(name: Name | None) -> Field | None:
    """The name as a field."""
    if name is None:
        return None
    return joined(_tidy(name.text), list(name.parts), 0.45 + 0.4 * min(name.score, 1.3))


def _address(page: Letterhead, name: Name | None) -> Field | None:
    """The lines below or beside the name, wherever it is printed, that read like an address."""
    if name is None:
        return None
    cells = next((cells for cell in _places(page, name) if (cells := address_cells(page.sheet, cell))), None)
    if not cells:
        return None
    sure = any(POSTAL.search(text) for _, text in cells) and len(cells) > 1
    return joined(mended(" ".join(text for _, text in cells)), cells, 0.92 if sure else 0.8)


def _iban(sheet: Sheet) -> Field | None:
    """The first account number whose check digits are right, without blanks."""
    found = ((cell, *span) for cell in sheet.cells for span in ibans(cell.text))
    cell, start, end = next(found, (None, 0, 0))
    return field(cell.text[start:end].replace(" ", ""), cell, start, end, CHECKED) if cell else None


def _places(page: Letterhead, name: Name) -> Iterator[Cell]:
    """The lines that are the name, or start with it, as under a logo; those of buyers left out."""
    yield name.last
    called = alnum(name.text)
    yield from (
        cell for cell in page.sheet.cells if alnum(cell.text).startswith(called) and id(cell) not in page.bought
    )


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:-–*")
