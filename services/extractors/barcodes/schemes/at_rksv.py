"""Austrian cash register receipts: Registrierkassensicherheitsverordnung, BGBl. II 410/2015, annex, no. 10 and 12, with
the ministry's Detailspezifikation, version 1.2.

`_R1-AT1_<register>_<receipt>_<time>_<five gross sums by rate>_<turnover>_<certificate>_<chain>_<signature>`

The time tells where register and receipt end, whose names may have underscores in them; the receipt is the last part
then.
"""

from __future__ import annotations

import re
from decimal import Decimal

from services.extractors.barcodes.schemes._values import amount, iso_day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "at-rksv"
SHAPE = re.compile(
    r"_R1-AT\d{1,2}_(.*)_([^_]*)_(\d{4}-\d\d-\d\dT[\d:]+)((?:_[^_]*){5})_([^_]*)_([^_]*)_([^_]*)_([^_]*)(?:_.*)?",
    re.ASCII | re.DOTALL,
)
"""Register, receipt, time, five sums, turnover, certificate, chain, signature."""

RATES = ("normal", "reduced_1", "reduced_2", "zero", "special")
"""Sets of rates whose gross sums follow each other: 20, 10, 13, 0 and 19 % when the rules were made."""


def read(content: Content) -> Meaning | None:
    """The receipt with the sum of its rates."""
    match = SHAPE.fullmatch(content.text.strip())
    if not match:
        return None
    sums = [amount(part) for part in match[4].split("_")[1:]]
    known = [one for one in sums if one is not None]
    if len(known) < len(RATES):
        return None
    return Meaning(
        SCHEME,
        total=sum(known, Decimal()),
        currency="EUR",
        date=iso_day(match[3]),
        number=said(match[2]),
        details={
            "register": said(match[1]),
            "time": said(match[3]),
            "certificate": said(match[6]),
            "signature": "not checked",
            **dict(zip(RATES, known, strict=True)),
        },
    )
