"""Swiss payment parts: SIX, Swiss Implementation Guidelines QR-bill, version 2.3 (and 2.0 to 2.2).

Rows in fixed order from SPC on. Amounts are 0.00 (for what is not to be paid) to 999999999.99, with two decimals and no
zeros before; currencies are CHF and EUR. What follows `//S1` among the bill information is Swico's: Syntax definition
S1, version 1.2 of 2018.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.extractors._iban import is_creditor_reference, is_iban
from services.extractors.barcodes.schemes._amounts import Form, amount, shown
from services.extractors.barcodes.schemes._values import day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "swiss-qr-bill"
LEAST_ROWS, MOST_ROWS = 28, 40
"""Rows that a bill has at least, unstructured message and trailer not counted, and that are looked at."""

CREDITOR, DEBTOR = 5, 20
"""Where their addresses begin, seven rows each: type, name, two of the address, postal code, town, country."""

AMOUNT, CURRENCY, REFERENCE = 18, 19, 28
"""Where these stand; the kind of reference is before it."""

FORM = Form(
    re.compile(r"((?:0|[1-9]\d{0,8})\.\d{2})", re.ASCII), "0.00 to 999999999.99 with two decimals and no zeros before"
)
CURRENCIES = ("CHF", "EUR")
COUNTRIES = ("CH", "LI")
CARRIES = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
"""The table of modulo 10, recursive (annex B of the guidelines)."""

SWICO = re.compile(r"(?<!\\)/(\d\d)/((?:[^/\\]|\\.)*)")


def read(content: Content) -> Meaning | None:
    """A bill of version 02 with its creditor's account."""
    rows = [row.strip() for row in content.text.split("\n")[:MOST_ROWS]]
    if len(rows) < LEAST_ROWS or rows[0] != "SPC" or not rows[1].startswith("02") or not is_iban(rows[3]):
        return None
    rows += [""] * (MOST_ROWS - len(rows))
    billed = _swico(rows[31])
    asked, currency = amount(rows[AMOUNT], FORM), rows[CURRENCY]
    account, kind, reference = rows[3].replace(" ", ""), rows[REFERENCE - 1], rows[REFERENCE]
    holds = {
        f"the currency '{shown(currency)}' is neither CHF nor EUR": currency in CURRENCIES,
        f"the account '{account}' is neither Swiss nor of Liechtenstein": account.startswith(COUNTRIES),
        f"the check digits of the reference '{shown(reference)}' are wrong": _is_reference(kind, reference),
    }
    return Meaning(
        SCHEME,
        total=asked.value,
        currency=currency if currency in CURRENCIES else None,
        date=day(billed.get("11"), "%y%m%d"),
        seller=said(rows[CREDITOR]),
        seller_id=_tax_number(billed.get("30", "")),
        number=billed.get("10"),
        reference=said(reference) if _is_reference(kind, reference) else None,
        iban=account if account.startswith(COUNTRIES) else None,
        name=said(rows[DEBTOR + 1]),
        address=_address(rows[CREDITOR - 1 : CREDITOR + 6]),
        details={
            "reference_type": said(kind),
            "message": said(rows[29]),
            "debtor_address": _address(rows[DEBTOR : DEBTOR + 7]),
            "customer_reference": billed.get("20"),
            "vat_date": billed.get("31"),
            "vat": billed.get("32"),
            "import_vat": billed.get("33"),
            "conditions": billed.get("40"),
        },
        errors=(*asked.errors, *(error for error, right in holds.items() if not right)),
    )


def _is_reference(kind: str, text: str) -> bool:
    """Whether the check digits are right: of QR references modulo 10, recursive; of others ISO 11649."""
    if kind == "SCOR":
        return is_creditor_reference(text)
    if kind != "QRR" or not re.fullmatch(r"\d{27}", text, re.ASCII):
        return kind != "QRR"
    carry = 0
    for digit in text[:-1]:
        carry = CARRIES[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(text[-1])


def _address(rows: Sequence[str]) -> str | None:
    """In one line, from type and name to country: S is structured, K has two lines of text."""
    kind, _, one, two, code, town, country = rows
    street = f"{one} {two}".strip() if kind == "S" else ", ".join(filter(None, (one, two)))
    place = f"{code} {town}".strip()
    return said(", ".join(filter(None, (street, place, country))))


def _swico(text: str) -> Mapping[str, str]:
    """Swico's values by their two digits; none where the bill information is of another syntax."""
    if not text.startswith("//S1/"):
        return {}
    return {tag: re.sub(r"\\(.)", r"\1", value) for tag, value in SWICO.findall(text)}


def _tax_number(digits: str) -> str | None:
    """Switzerland's UID, written CHE-123.456.789."""
    if not re.fullmatch(r"\d{9}", digits):
        return digits or None
    return f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}"
