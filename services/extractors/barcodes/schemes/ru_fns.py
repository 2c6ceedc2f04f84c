"""Russian receipts: FNS, order ED-7-20/662 of 2020 (formats of fiscal documents), table of the QR code's requisites:
`t=<time>&s=<total>&fn=<fiscal drive>&i=<document>&fp=<fiscal sign>&n=<kind>`"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from services.extractors.barcodes.schemes._values import amount, day, said
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
    said_by = dict(parse_qsl(text, max_num_fields=6))
    if not all(said_by.get(name) for name in ("t", "s", "fn", "i", "fp")):
        return None
    return Meaning(
        SCHEME,
        total=amount(said_by["s"]),
        currency="RUB",
        date=day(said_by["t"], *TIMES),
        number=said(said_by["i"]),
        reference=said(said_by["fp"]),
        details={"drive": said_by["fn"], "time": said_by["t"], "kind": KINDS.get(said_by.get("n", ""))},
    )
