"""Portuguese fiscal documents: Autoridade Tributaria e Aduaneira, Especificacoes Tecnicas do Codigo QR, version 1.2,
after Portaria 195/2020. Fields of one or two signs, a colon and a value, with asterisks between them."""

from __future__ import annotations

import re
from decimal import Decimal

from services.extractors.barcodes.schemes._values import amount, day, said, single
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "pt-at"
HEAD = re.compile(r"A:\d{9}\*B:[^*]*\*C:[^*]*\*D:")
NO_BUYER = "999999990"
"""What stands for a buyer who gave no tax number."""

CREDIT_NOTE = "NC"
"""The type of documents whose sums, printed and coded without a sign, are given back."""


def read(content: Content) -> Meaning | None:
    """The document, from A (the seller's tax number) to S."""
    if not HEAD.match(content.text):
        return None
    pairs = (pair.partition(":") for pair in content.text.split("*"))
    said_by, errors = single((name, value) for name, _, value in pairs)
    buyer = said_by.get("B")
    sign = -1 if said_by.get("D") == CREDIT_NOTE else 1
    return Meaning(
        SCHEME,
        total=_signed(amount(said_by.get("O")), sign),
        tax=_signed(amount(said_by.get("N")), sign),
        currency="EUR",
        date=day(said_by.get("F"), "%Y%m%d"),
        seller_id=said_by.get("A"),
        buyer_id=None if buyer == NO_BUYER else said(buyer),
        number=said(said_by.get("G")),
        reference=said(said_by.get("H")),
        details={
            "type": said(said_by.get("D")),
            "state": said(said_by.get("E")),
            "buyer_country": said(said_by.get("C")),
            "withheld": amount(said_by.get("P")),
            "stamp_duty": amount(said_by.get("M")),
            "certificate": said(said_by.get("R")),
            "other": said(said_by.get("S")),
        },
        errors=errors,
    )


def _signed(value: Decimal | None, sign: int) -> Decimal | None:
    return None if value is None else sign * value
