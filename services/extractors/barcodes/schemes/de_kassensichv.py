"""German cash register receipts: KassenSichV paragraph 6, in the form of DFKA and DSFinV-K, version 2.4, appendix I,
with the process data of BMF's application decree on paragraph 146a AO, version 2.0.

`V0;<register>;<process type>;<process data>;<transaction>;<signature count>;<start>;<end>;<algorithm>;<time
format>;<signature>;<public key>`

Register and process data may have semicolons in them, as orders have between what is ordered (`Bestellung-V1`). So the
fields are found from both ends, and the kinds of processes that there are tell where the register ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from services.extractors.barcodes.schemes._values import amount, iso_day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "de-kassensichv"
RECEIPT = "Kassenbeleg-V1"
TYPES = (RECEIPT, "Bestellung-V1", "SonstigerVorgang")
SHAPE = re.compile(
    rf"V0;(?:(.+?);({'|'.join(TYPES)})|([^;]*);([^;]*));"
    r"(.*);(\d+);(\d+);([\d-]+T[^;]*);([\d-]+T[^;]*)(?:;[^;]*){4,}",
    re.ASCII | re.DOTALL,
)
"""Register and known type, or register and type; process data, transaction, signature count, start and end."""

SALE = "Beleg"
RATES = ("general", "reduced", "average_10_7", "average_5_5", "zero")
"""Rates whose gross sums follow each other, with 0.00 for those that are not on the receipt."""


def read(content: Content) -> Meaning | None:
    """The receipt. Only a sale has a total; trials, orders and interrupted ones have none."""
    match = SHAPE.fullmatch(content.text.strip())
    if not match:
        return None
    register, process = match[1] or match[3], match[2] or match[4]
    transaction, count, start, end = match.group(6, 7, 8, 9)
    kind, sums, payments = _process(process, match[5])
    known = [one for one in sums if one is not None]
    sale = kind == SALE and len(known) == len(RATES)
    return Meaning(
        SCHEME,
        total=sum(known, Decimal()) if sale else None,
        currency="EUR",
        date=iso_day(end) or iso_day(start),
        number=said(transaction),
        details={
            "register": said(register),
            "process": said(process),
            "kind": kind or None,
            "payments": payments or None,
            "signature_count": said(count),
            "start": said(start),
            "end": said(end),
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
