"""Austrian cash register receipts: Registrierkassensicherheitsverordnung, BGBl. II 410/2015, annex, no. 10 and 12, with
the ministry's Detailspezifikation, version 1.2.

`_R1-AT1_<register>_<receipt>_<time>_<five gross sums by rate>_<turnover>_<certificate>_<chain>_<signature>`
"""

from __future__ import annotations

import re
from decimal import Decimal

from services.extractors.barcodes.schemes._values import amount, iso_day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "at-rksv"
HEAD = re.compile(r"_R1-AT\d{1,2}_")
PARTS = 13
RATES = ("normal", "reduced_1", "reduced_2", "zero", "special")
"""Sets of rates whose gross sums follow each other: 20, 10, 13, 0 and 19 % when the rules were made."""


def read(content: Content) -> Meaning | None:
    """The receipt with the sum of its rates."""
    text = content.text.strip()
    parts = text.split("_")[1:]
    if not HEAD.match(text) or len(parts) < PARTS:
        return None
    sums = [amount(part) for part in parts[4:9]]
    known = [one for one in sums if one is not None]
    if len(known) < len(RATES):
        return None
    return Meaning(
        SCHEME,
        total=sum(known, Decimal()),
        currency="EUR",
        date=iso_day(parts[3]),
        number=said(parts[2]),
        details={
            "register": said(parts[1]),
            "time": said(parts[3]),
            "certificate": said(parts[10]),
            "signature": "not checked",
            **dict(zip(RATES, known, strict=True)),
        },
    )
