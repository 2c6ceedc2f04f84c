"""Bulgarian receipts: Naredba N-18 of 2006, annex 1, on the two-dimensional code of fiscal receipts:
`<fiscal memory>*<receipt>*<day>*<time>*<total>`"""

from __future__ import annotations

import re
from datetime import date

from services.extractors.barcodes.schemes._values import amount, day
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "bg-fiscal"
SHAPE = re.compile(r"(\d{8})\*(\d{1,10})\*(\d{4}-\d{2}-\d{2})\*(\d{2}:\d{2}:\d{2})\*(\d{1,12}[.,]\d{2})", re.ASCII)
EURO = date(2026, 1, 1)


def read(content: Content) -> Meaning | None:
    """The receipt; its currency is the lev before the euro came."""
    match = SHAPE.fullmatch(content.text.strip())
    issued = day(match[3], "%Y-%m-%d") if match else None
    if not match or not issued:
        return None
    return Meaning(
        SCHEME,
        total=amount(match[5]),
        currency="BGN" if issued < EURO else "EUR",
        date=issued,
        number=match[2],
        details={"fiscal_memory": match[1], "time": match[4]},
    )
