"""Saudi tax invoices: ZATCA, Electronic Invoice Security Features Implementation Standards, version 1.2, appendix.

Base64 of tags with a byte of length: 1 seller, 2 tax number, 3 time, 4 total with tax, 5 tax; 6 to 9 are hash,
signature, key and the key's signature, none of which is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from services.extractors.barcodes.schemes._values import amount, iso_day, said, single, unpacked
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "zatca"
BASE64 = re.compile(r"[A-Za-z0-9+/]{40,4000}={0,2}")
SIGNED = 7
"""The tag of the signature, which invoices have since 2023."""


def read(content: Content) -> Meaning | None:
    """The invoice, if it has a seller, a tax number and amounts."""
    text = "".join(content.text.split())
    data = unpacked(text) if BASE64.fullmatch(text) else None
    if not data or data[0] != 1:
        return None
    found = [(str(tag), value) for tag, value in _tags(data)]
    tags, errors = single(found)
    if not _is_invoice(dict(found)):
        return None
    seller, tax_number, time, total, tax = _values(tags)
    return Meaning(
        SCHEME,
        total=amount(total),
        tax=amount(tax),
        currency="SAR",
        date=iso_day(time),
        seller=said(seller),
        seller_id=said(tax_number),
        details={"time": said(time), "signature": "not checked" if str(SIGNED) in tags else None},
        errors=errors,
    )


def _values(tags: Mapping[str, bytes]) -> list[str]:
    """What the tags 1 to 5 say."""
    return [tags.get(str(number), b"").decode("utf-8", errors="replace") for number in range(1, 6)]


def _is_invoice(tags: Mapping[str, bytes]) -> bool:
    _, tax_number, _, total, tax = _values(tags)
    return amount(total) is not None and amount(tax) is not None and bool(tax_number.strip())


def _tags(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 2 <= len(data):
        end = place + 2 + data[place + 1]
        if end > len(data):
            return
        yield data[place], data[place + 2 : end]
        place = end
