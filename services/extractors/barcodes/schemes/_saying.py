"""What elements mean, in the names that all schemes share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from urllib.parse import unquote

from services.extractors._currencies import BY_NUMBER
from services.extractors._iban import is_iban
from services.extractors.barcodes.gs1.dates import day
from services.extractors.barcodes.gs1.elements import Element
from services.extractors.barcodes.schemes.model import Detail, Meaning

COUNTED = ("31", "32", "33", "34", "35", "36", "39")
"""AIs of measures and amounts, whose last digit counts decimals."""

MOST_SHOWN = 4


def saying(scheme: str, found: Sequence[Element], url: str | None = None) -> Meaning:
    """The meaning of elements. `details` has every element's data by its AI, as it stands in the code.

    What is told twice with two values (General Specifications, section 4.14, has no AI twice) is an error, and means
    nothing.
    """
    kinds = dict.fromkeys(map(_kind, found))
    told = {kind: list(dict.fromkeys(one for one in found if _kind(one) == kind)) for kind in kinds}
    errors = tuple(_contradiction(elements) for elements in told.values() if len(elements) > 1)
    single = [elements[0] for elements in told.values() if len(elements) == 1]
    said = dict(single)
    family = {ai[:3]: (ai, data) for ai, data in single if len(ai) == 4 and ai[0] == "3"}
    price, currency = _money(family, "392", "393")
    total, paid_in = _money(family, "390", "391")
    details: Mapping[str, Detail] = {ai: data for elements in told.values() for ai, data in _listed(elements)}
    return Meaning(
        scheme,
        total=total,
        currency=currency or paid_in,
        date=day(said.get("7007", "")[:6]),
        seller_id=said.get("415") or said.get("414"),
        reference=said.get("8020") or said.get("400"),
        iban=_account(said.get("8007")),
        gtin=said.get("01") or said.get("8006", "")[:14] or None,
        batch=said.get("10"),
        serial=said.get("21"),
        expiry_date=day(said.get("17", "")) or day(said.get("7003", "")[:6]),
        best_before=day(said.get("15", "")),
        production_date=day(said.get("11", "")) or day(said.get("8008", "")[:6]),
        weight_kg=_measure(family, "310"),
        price=price,
        url=url or said.get("8200"),
        name=_name(said),
        address=_unquoted(said.get("7257")),
        details=details,
        errors=errors,
    )


def _kind(element: Element) -> str:
    """What an element tells: its AI, without the digit that counts decimals."""
    return element.ai[:3] if element.ai.startswith(COUNTED) and len(element.ai) == 4 else element.ai


def _contradiction(elements: Sequence[Element]) -> str:
    shown = ", ".join(f"({ai}){data}" for ai, data in elements[:MOST_SHOWN])
    return f"an element is there {len(elements)} times with different values: {shown}"


def _listed(elements: Sequence[Element]) -> Iterator[tuple[str, str]]:
    """Each AI once, with all that it says."""
    for ai in dict.fromkeys(element.ai for element in elements):
        yield ai, " | ".join(data for own, data in elements if own == ai)


def _account(text: str | None) -> str | None:
    return text if text and is_iban(text) else None


def _measure(family: Mapping[str, tuple[str, str]], kind: str) -> Decimal | None:
    """A number whose decimals the last digit of its AI counts."""
    ai, data = family.get(kind, ("", ""))
    return Decimal(data).scaleb(-int(ai[3])) if data else None


def _money(family: Mapping[str, tuple[str, str]], plain: str, foreign: str) -> tuple[Decimal | None, str | None]:
    """An amount, and its currency where the AI is the one that names it."""
    ai, data = family.get(foreign, ("", ""))
    if data:
        return Decimal(data[3:]).scaleb(-int(ai[3])), BY_NUMBER.get(data[:3])
    return _measure(family, plain), None


def _name(said: Mapping[str, str]) -> str | None:
    """Of a person, from AIs 7253 to 7256."""
    parts = [unquote(said[ai]) for ai in ("7254", "7253", "7255") if ai in said]
    return _unquoted(said.get("7256")) or " ".join(parts) or None


def _unquoted(text: str | None) -> str | None:
    return unquote(text.replace("+", " ")) if text else None
