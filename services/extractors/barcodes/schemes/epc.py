"""SEPA credit transfers (GiroCode): European Payments Council, EPC069-12, version 3.1 of 2022, and version 2.1 before.

Twelve rows at most: service tag BCD, version, character set, SCT or INST, BIC, name, IBAN, amount, purpose, structured
reference, text, note to the payer. The amount is EUR and 0.01 to 999999999.99, with a point before its decimals.
"""

from __future__ import annotations

import re
from decimal import Decimal

from services.extractors._iban import is_creditor_reference, is_iban
from services.extractors.barcodes.schemes._amounts import Form, amount, shown
from services.extractors.barcodes.schemes._values import said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "epc"
CHARACTER_SETS = {
    "1": "utf-8",
    "2": "iso8859-1",
    "3": "iso8859-2",
    "4": "iso8859-4",
    "5": "iso8859-5",
    "6": "iso8859-7",
    "7": "iso8859-10",
    "8": "iso8859-15",
}
HEAD = re.compile(rb"BCD\r?\n00[12]\r?\n([1-8])\r?\n(?:SCT|INST)\r?(?:\n|$)")
AMOUNT = Form(
    re.compile(r"EUR(\d{1,9}(?:\.\d{1,2})?)", re.ASCII),
    "EUR and 0.01 to 999999999.99 with two decimals at most",
    Decimal("0.01"),
)
ROWS = 12


def read(content: Content) -> Meaning | None:
    """A transfer whose rows are read in the character set that it names."""
    head = HEAD.match(content.data)
    if not head:
        return None
    text = content.data.decode(CHARACTER_SETS[head[1].decode()], errors="replace")
    rows = [row.strip("\r") for row in text.split("\n")][:ROWS]
    rows += [""] * (ROWS - len(rows))
    bic, name, iban, sum_, purpose, reference, remittance, note = rows[4:]
    asked = amount(sum_.strip(), AMOUNT)
    if not is_iban(iban):
        return None
    right = not reference.startswith("RF") or is_creditor_reference(reference)
    wrong = () if right else (f"the check digits of the reference '{shown(reference)}' are wrong",)
    return Meaning(
        SCHEME,
        total=asked.value,
        currency="EUR",
        seller=said(name),
        reference=(said(reference) if right else None) or said(remittance),
        iban=iban.replace(" ", ""),
        details={"bic": said(bic), "purpose": said(purpose), "text": said(remittance), "note": said(note)},
        errors=(*asked.errors, *wrong),
    )
