"""Payment codes that merchants present: EMVCo, QR Code Specification for Payment Systems, Merchant-Presented Mode,
version 1.1 of 2020. PIX, PayNow, PromptPay, QRIS, VietQR, Bharat QR and others are of it.

Data objects of two digits, a length of two digits, and a value, some of them templates of more objects; the last is a
cyclic redundancy check (ISO/IEC 13239, polynomial 1021, initial value FFFF) over all before its value.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping

from services.extractors._currencies import BY_NUMBER
from services.extractors.barcodes.schemes._values import amount, said
from services.extractors.barcodes.schemes.model import Content, Detail, Meaning

SCHEME = "emvco"
HEAD, CHECKED = "000201", "6304"
ACCOUNTS = range(26, 52)
"""Objects of accounts whose scheme is named in them."""


def read(content: Content) -> Meaning | None:
    """A code whose check is right."""
    text = content.text.strip()
    if not text.startswith(HEAD) or text[-8:-4] != CHECKED or not _is_right(text):
        return None
    said_by = dict(_objects(text))
    more = dict(_objects(said_by.get("62", "")))
    return Meaning(
        SCHEME,
        total=amount(said_by.get("54")),
        currency=BY_NUMBER.get(said_by.get("53", "")),
        seller=said(said_by.get("59")),
        number=said(more.get("01")),
        reference=said(more.get("05")),
        address=said(", ".join(filter(None, (said_by.get("61"), said_by.get("60"), said_by.get("58"))))),
        details=dict(_details(said_by, more)),
    )


def _is_right(text: str) -> bool:
    head = text[:-4].encode()
    return format(binascii.crc_hqx(head, 0xFFFF), "04X") == text[-4:].upper()


def _objects(text: str) -> Iterator[tuple[str, str]]:
    """Objects with their values, up to the first that is none. Lengths count characters."""
    place = 0
    while place + 4 <= len(text) and text[place : place + 4].isdecimal():
        end = place + 4 + int(text[place + 2 : place + 4])
        yield text[place : place + 2], text[place + 4 : end]
        place = end


def _details(said_by: Mapping[str, str], more: Mapping[str, str]) -> Iterator[tuple[str, Detail]]:
    for number in ACCOUNTS:
        account = dict(_objects(said_by.get(str(number), "")))
        if account.get("00"):
            yield "network", account["00"]
            yield "account", said(account.get("01"))
            break
    yield "category", said(said_by.get("52"))
    yield "store", said(more.get("03"))
    yield "terminal", said(more.get("07"))
