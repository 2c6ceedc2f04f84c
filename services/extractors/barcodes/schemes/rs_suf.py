"""Serbian receipts: Poreska uprava, Technical Instruction for fiscal invoices, Create Verification URL (TaxCore,
version 3): base64 of register, signer, counters, total, time, kinds, buyer, and signed data."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.extractors.barcodes.schemes._values import link, said, under, unpacked
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "rs-suf"
DOMAIN = "suf.purs.gov.rs"
VERSION = 3
HEAD = struct.Struct("<B8s8sIIQ8sBBB")
"""Version, who asked, who signed, counters of all and of the kind, total in 1/10,000, time, kinds, size of buyer."""

BELGRADE = ZoneInfo("Europe/Belgrade")
KINDS = ("normal", "proforma", "copy", "training", "advance")
TRANSACTIONS = ("sale", "refund")
DIGEST = 16
"""Bytes of the MD5 of all before them, at the end."""


def read(content: Content) -> Meaning | None:
    """The receipt, if the digest at the end of it is right where it is there."""
    address = link(content.text)
    data = unpacked(address.any("vl")) if address and under(address.host, DOMAIN) else None
    if not address or not data or len(data) < HEAD.size or data[0] != VERSION:
        return None
    if len(data) > HEAD.size + 256 and hashlib.md5(data[:-DIGEST], usedforsecurity=False).digest() != data[-DIGEST:]:
        return None
    _, asked, signed, count, _, total, time, kind, transaction, size = HEAD.unpack_from(data)
    buyer = data[HEAD.size : HEAD.size + size].decode("ascii", errors="replace")
    by = signed.decode("ascii", errors="replace")
    return Meaning(
        SCHEME,
        total=Decimal(total).scaleb(-4),
        currency="RSD",
        date=_day(int.from_bytes(time)),
        buyer_id=said(buyer),
        number=f"{asked.decode('ascii', errors='replace')}-{by}-{count}",
        url=content.text.strip(),
        details={"kind": _of(KINDS, kind), "transaction": _of(TRANSACTIONS, transaction), "signature": "not checked"},
        errors=address.errors,
    )


def _of(names: tuple[str, ...], number: int) -> str | None:
    return names[number] if number < len(names) else None


def _day(milliseconds: int) -> date | None:
    """The day in Serbia of a time since 1970."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(BELGRADE).date()
    except OverflowError:
        return None
