"""Russian receipts: FNS, order ED-7-20/662 of 2020 (formats of fiscal documents), table of the QR code's requisites:
`t=<time>&s=<total>&fn=<fiscal drive>&i=<document>&fp=<fiscal sign>&n=<kind>`"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from services.extractors.barcodes.schemes._values import amount, day, said, single
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "ru-fns"
SHAPE = re.compile(r"(?:(?:t|s|fn|i|fp|n)=[0-9T.,]*(?:&|$)){6}", re.ASCII)
KINDS = {"1": "sale", "2": "refund", "3": "purchase", "4": "refund of a purchase"}
TIMES = ("%Y%m%dT%H%M%S", "%Y%m%dT%H%M")


def read(content: Content) -> Meaning | None:
    """The receipt; `number` is that of the fiscal document on its drive."""
    text = content.text.strip()
    if not SHAPE.fullmatch(text):
        return None
    pairs = parse_qsl(text, max_num_fields=6)
    said_by, errors = single(pairs)
    if not {"t", "s", "fn", "i", "fp"} <= {name for name, _ in pairs}:
        return None
    return Meaning(
        SCHEME,
        total=amount(said_by.get("s")),
        currency="RUB",
        date=day(said_by.get("t"), *TIMES),
        number=said(said_by.get("i")),
        reference=said(said_by.get("fp")),
        details={"drive": said_by.get("fn"), "time": said_by.get("t"), "kind": KINDS.get(said_by.get("n", ""))},
        errors=errors,
    )
