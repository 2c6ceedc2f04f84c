"""What payment and tax codes on a bill say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar, Protocol, TypeVar

from services.document.findings import Kind
from services.document.model import Document
from services.extractors import Field, barcodes
from services.extractors._commerce.codes import beside
from services.extractors._commerce.codes.beside import Same, Told, Value, equal, joined
from services.extractors._commerce.reading.evidence import Check
from services.extractors._commerce.reading.sameness import same_name, same_number, same_tax_number
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.schemes.model import Meaning

CENT = Decimal("0.01")

ANNULLED, NORMAL = "A", "N"
"""States of Portuguese bills in their codes."""

IN_FORCE = "state in code = N"

WARNING_OF_ANNULMENT = "CODE_ANNULLED: a code says that the bill was annulled."

PAYMENTS = frozenset({"epc", "swiss-qr-bill", "upi", "emvco", "it-pagopa"})
"""Schemes that say what is to be paid, which may be less than the bill's total."""

NOT_BILLS = frozenset({"gs1", "gs1-digital-link", "aamva", "bcbp", "in-aadhaar"})

NOT_PRINTED = frozenset({"de-kassensichv", "ru-fns"})
"""Schemes whose number is one of the cash register's, and not the one by which the bill goes."""


def same_sum(one: Value, other: Value) -> bool:
    """Equal amounts. Whether those of credit notes and refunds have a sign is a matter of habit."""
    return abs(one) == abs(other) if isinstance(one, Decimal) and isinstance(other, Decimal) else one == other


SAME: Mapping[str, Same] = {
    "total": same_sum,
    "tax": same_sum,
    "currency": equal,
    "date": equal,
    "iban": equal,
    "vendor_tax_id": same_tax_number,
    "buyer_tax_id": same_tax_number,
    "invoice_number": same_number,
    "receipt_number": same_number,
}
"""Fields in which print and code are held against each other. Names of firms are written in too many ways."""

AMONG: Mapping[str, Same] = {"vendor": same_name}
"""Fields in which codes alone are held against each other."""


T = TypeVar("T", bound="Bill")


class Bill(Protocol):
    """A receipt or an invoice, whose members are fields under the names that both have."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def validation(self) -> tuple[Check, ...]: ...


def with_codes(bill: T, document: Document, kind: Kind[tuple[Barcode, ...]]) -> T:
    """The bill with what its codes say, and whether print says it too. `kind` is that of a glance at its pages."""
    members = {one.name: getattr(bill, one.name) for one in fields(bill)}
    own = {name: value for name, value in members.items() if value is None or isinstance(value, Field)}
    codes = _codes(document, kind)
    said = [one for code in codes for one in _said(code, own)]
    changed, checks = joined(own, said, SAME, AMONG)
    return replace(bill, **changed, validation=(*bill.validation, *checks, *_annulments(codes)))


def warnings(bill: Bill) -> tuple[str, ...]:
    """In which fields the bill's codes disagree with its print and with each other, what breaks their rules, and
    whether they say that it was annulled."""
    annulled = any(check.rule == IN_FORCE for check in bill.validation)
    return (*beside.warnings(bill.validation, (*SAME, *AMONG)), *((WARNING_OF_ANNULMENT,) if annulled else ()))


def _annulments(codes: Sequence[Barcode]) -> Iterator[Check]:
    """A check that does not hold for each code by which its bill was annulled."""
    for code in codes:
        if code.meaning and code.meaning.scheme == "pt-at" and code.meaning.details.get("state") == ANNULLED:
            yield Check(IN_FORCE, ANNULLED, NORMAL, False)


def _codes(document: Document, kind: Kind[tuple[Barcode, ...]]) -> Sequence[Barcode]:
    """Those of bills, tax codes before payment codes; each once, though the full extractor has found it too."""
    pages = [page.findings.found for page in document.pages]
    found = [code for page in pages for one in (barcodes.FOUND, kind) for code in page.of(one) or ()]
    bills = {code.raw: code for code in reversed(found) if code.meaning and code.meaning.scheme not in NOT_BILLS}
    return sorted(bills.values(), key=lambda code: bool(code.meaning and code.meaning.scheme in PAYMENTS))


def _said(code: Barcode, own: Mapping[str, Field | None]) -> Iterator[Told]:
    if code.meaning:
        members = _members(code.meaning, own)
        yield from (Told(name, value, code) for name, value in members.items() if value is not None)


def _members(meaning: Meaning, own: Mapping[str, Field | None]) -> Mapping[str, Value | None]:
    """What a scheme says under the names that bills have; a sum to be paid that print calls due is no total."""
    number = None if meaning.scheme in NOT_PRINTED else meaning.number
    total = _total(meaning, own.get("total"))
    if meaning.scheme in PAYMENTS and _is(own.get("amount_due"), total):
        total = None
    return {
        "total": _as_printed(total, own.get("total")) if total else None,
        "tax": _as_printed(meaning.tax, own.get("tax")),
        "currency": meaning.currency,
        "date": meaning.date,
        "vendor": meaning.seller,
        "vendor_tax_id": meaning.seller_id,
        "buyer_tax_id": meaning.buyer_id,
        "invoice_number": number,
        "receipt_number": number,
        "iban": meaning.iban,
    }


def _total(meaning: Meaning, printed: Field | None) -> Decimal | None:
    """The code's sum, with the tip that it asks for where print has it with that."""
    total, fixed, percent = meaning.total, meaning.details.get("tip_amount"), meaning.details.get("tip_percent")
    tip = fixed if isinstance(fixed, Decimal) else None
    if total is not None and isinstance(percent, Decimal):
        tip = (total * percent / 100).quantize(CENT, ROUND_HALF_UP)
    return total + tip if total is not None and tip is not None and _is(printed, total + tip) else total


def _as_printed(value: Decimal | None, printed: Field | None) -> Decimal | None:
    """What a code gives back as print has it: with a minus, or on a credit note without one."""
    plain = printed is not None and isinstance(printed.value, Decimal) and printed.value > 0
    return abs(value) if value is not None and plain else value


def _is(field: Field | None, value: Decimal | None) -> bool:
    return bool(field and value is not None and isinstance(field.value, Decimal) and same_sum(field.value, value))
