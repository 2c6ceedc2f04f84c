"""What the codes of a label say of it: expiry, batch, serial number, weight, price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from services.document.model import Document
from services.extractors import Field, barcodes
from services.extractors._commerce.codes import beside
from services.extractors._commerce.codes.beside import Told, Value, equal, joined
from services.extractors._commerce.reading.evidence import Check
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.schemes.model import Meaning

GRAMS = 1000


def from_codes(document: Document, printed: Mapping[str, Field | None]) -> tuple[dict[str, Field], tuple[Check, ...]]:
    """The fields of a label that its codes change, and whether they say what is printed.

    A weight is held against print only where that is in kilograms or grams too.
    """
    found = [code for page in document.pages for code in page.findings.found.of(barcodes.FOUND) or ()]
    said = [one for code in found for one in _said(code, printed)]
    return joined(printed, said, SAME)


def warnings(checks: Iterable[Check]) -> tuple[str, ...]:
    """In which fields the label's codes disagree with its print and with each other, and what breaks their rules."""
    return beside.warnings(checks, (*SAME, *FROM_CODES_ALONE))


def _said(code: Barcode, printed: Mapping[str, Field | None]) -> Iterator[Told]:
    if code.meaning and code.meaning.scheme.startswith("gs1"):
        members = _members(code.meaning, printed)
        yield from (Told(name, value, code) for name, value in members.items() if value is not None)


def _members(meaning: Meaning, printed: Mapping[str, Field | None]) -> Mapping[str, Value | None]:
    """Days are texts, as those of labels are, which may have no day."""
    expires, made = meaning.expiry_date or meaning.best_before, meaning.production_date
    return {
        "expiry_date": expires.isoformat() if expires else None,
        "manufacture_date": made.isoformat() if made else None,
        "batch": meaning.batch,
        "serial": meaning.serial,
        **_weight(meaning.weight_kg, printed),
        "price": meaning.price,
        "currency": meaning.currency,
    }


def _weight(kilograms: Decimal | None, printed: Mapping[str, Field | None]) -> Mapping[str, Value | None]:
    """In the unit that is printed, if it is one of weight; with its own where none is."""
    unit = printed.get("unit")
    if kilograms is None or (unit and unit.value not in ("kg", "g")):
        return {}
    if unit:
        return {"quantity": kilograms if unit.value == "kg" else kilograms * GRAMS}
    return {"quantity": kilograms, "unit": "kg"} if not printed.get("quantity") else {}


def _same_day(one: Value, other: Value) -> bool:
    """Months are compared where one of the two has no day."""
    first, second = str(one), str(other)
    length = min(len(first), len(second))
    return first[:length] == second[:length]


SAME = {"expiry_date": _same_day, "manufacture_date": _same_day, "batch": equal, "quantity": equal, "price": equal}
"""Fields in which print and code are held against each other."""

FROM_CODES_ALONE = ("serial", "unit", "currency")
"""Fields in which codes alone are held against each other."""
