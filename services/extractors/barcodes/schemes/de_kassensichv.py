"""German cash register receipts: KassenSichV paragraph 6, in the form of DFKA and DSFinV-K, version 2.4, appendix I,
with the process data of BMF's application decree on paragraph 146a AO, version 2.0.

`V0;<register>;<process type>;<process data>;<transaction>;<signature count>;<start>;<end>;<algorithm>;<time
format>;<signature>;<public key>`
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from services.extractors.barcodes.schemes._values import amount, iso_day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "de-kassensichv"
PARTS = 12
RECEIPT = "Kassenbeleg-V1"
SALE = "Beleg"
RATES = ("general", "reduced", "average_10_7", "average_5_5", "zero")
"""Rates whose gross sums follow each other, with 0.00 for those that are not on the receipt."""


def read(content: Content) -> Meaning | None:
    """The receipt. Only a sale has a total; trials, orders and interrupted ones have none."""
    parts = content.text.strip().split(";")
    if parts[0] != "V0" or len(parts) < PARTS:
        return None
    kind, sums, payments = _process(parts[2], parts[3])
    known = [one for one in sums if one is not None]
    sale = kind == SALE and len(known) == len(RATES)
    return Meaning(
        SCHEME,
        total=sum(known, Decimal()) if sale else None,
        currency="EUR",
        date=iso_day(parts[7]) or iso_day(parts[6]),
        number=said(parts[4]),
        details={
            "register": said(parts[1]),
            "process": said(parts[2]),
            "kind": kind or None,
            "payments": payments or None,
            "signature_count": said(parts[5]),
            "start": said(parts[6]),
            "end": said(parts[7]),
            "signature": "not checked",
            **(dict(zip(RATES, known, strict=True)) if sale else {}),
        },
    )


def _process(kind: str, data: str) -> tuple[str, Sequence[Decimal | None], str]:
    """What kind of receipt it is, its gross sums by rate, and its payments as they are written."""
    parts = data.split("^")
    if kind != RECEIPT or len(parts) < 3:
        return "", (), ""
    return parts[0], [amount(one) for one in parts[1].split("_")], parts[2]
