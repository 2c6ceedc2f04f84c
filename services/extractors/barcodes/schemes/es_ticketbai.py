"""Basque invoices of TicketBAI: specifications of the TBAI identifier and QR code, version 1.1, of the provincial
treasuries of Araba, Bizkaia and Gipuzkoa.

The identifier is `TBAI-<tax number>-<ddmmyy>-<13 signs of the signature>-<check>`; the check is a CRC-8 (polynomial 07)
of all before it.
"""

from __future__ import annotations

import re

from services.extractors.barcodes.schemes._values import amount, day, link, said, under
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "es-ticketbai"
DOMAINS = ("batuz.eus", "gipuzkoa.eus", "araba.eus")
IDENTIFIER = re.compile(r"(TBAI-([0-9A-Z]{9})-(\d{6})-(.{13})-)(\d{3})")


def read(content: Content) -> Meaning | None:
    """The invoice, if the check of its identifier is right."""
    address = link(content.text)
    match = IDENTIFIER.fullmatch(address.any("id").replace(" ", "+")) if address else None
    if not address or not match or not under(address.host, *DOMAINS) or crc8(match[1].encode()) != int(match[5]):
        return None
    number = "".join((address.any("s"), address.any("nf")))
    return Meaning(
        SCHEME,
        total=amount(address.any("i")),
        currency="EUR",
        date=day(match[3], "%d%m%y"),
        seller_id=match[2],
        number=said(number),
        reference=match[0],
        url=content.text.strip(),
        details={"series": said(address.any("s"))},
        errors=address.errors,
    )


def crc8(data: bytes) -> int:
    """Of polynomial x8 + x2 + x + 1 from 0."""
    check = 0
    for byte in data:
        check ^= byte
        for _ in range(8):
            check = (check << 1) ^ 0x107 if check & 0x80 else check << 1
    return check
