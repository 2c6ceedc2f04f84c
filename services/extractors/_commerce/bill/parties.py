"""Who issued a document: name and address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.extractors import Field
from services.extractors._commerce.bill.addresses import POSTAL, address_cells, mended
from services.extractors._commerce.bill.letterhead import Letterhead, alnum
from services.extractors._commerce.bill.names import Name, names
from services.extractors._commerce.reading.evidence import joined
from services.extractors._commerce.reading.geometry import Cell, Sheet, with_whole_lines

LEAST_SCORE = 0.55
"""A name with less evidence is not reported."""


def issuer(sheet: Sheet) -> Name | None:
    """The best candidate; None where nothing on the page looks like the issuer's name."""
    page = Letterhead(with_whole_lines(sheet))
    best = max(names(page), key=lambda name: name.score, default=None)
    return best if best and best.score >= LEAST_SCORE else None


def vendor(name: Name | None) -> Field | None:
    """The name as a field."""
    if name is None:
        return None
    return joined(_tidy(name.text), list(name.parts), 0.45 + 0.4 * min(name.score, 1.3))


def address(sheet: Sheet, name: Name | None) -> Field | None:
    """The lines below or beside the name, wherever it is printed, that read like an address."""
    if name is None:
        return None
    page = Letterhead(with_whole_lines(sheet))
    cells = next((cells for cell in _places(page, name) if (cells := address_cells(page.sheet, cell))), None)
    if not cells:
        return None
    sure = any(POSTAL.search(text) for _, text in cells) and len(cells) > 1
    return joined(mended(" ".join(text for _, text in cells)), cells, 0.92 if sure else 0.8)


def _places(page: Letterhead, name: Name) -> Iterator[Cell]:
    """The lines that are the name, or start with it, as under a logo; those of buyers left out."""
    yield name.last
    called = alnum(name.text)
    yield from (
        cell for cell in page.sheet.cells if alnum(cell.text).startswith(called) and id(cell) not in page.bought
    )


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:-–*")
