"""Payment codes that merchants present: EMVCo, QR Code Specification for Payment Systems, Merchant-Presented Mode,
version 1.1 of 2020. PIX, PayNow, PromptPay, QRIS, VietQR, Bharat QR and others are of it.

Data objects of two digits, a length of two digits, and a value, some of them templates of more objects; the last is a
cyclic redundancy check (ISO/IEC 13239, polynomial 1021, initial value FFFF) over all before its value.

The amount (54) is without a tip or fee: 55 says whether the payer is asked for one (01), or it is fixed (02, in 56), or
in percent (03, in 57). Amounts have 13 signs and the decimals of their currency at most.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from services.extractors._currencies import BY_NUMBER, places
from services.extractors.barcodes.schemes._amounts import Amount, Form, amount, shown
from services.extractors.barcodes.schemes._values import said, single
from services.extractors.barcodes.schemes.model import Content, Detail, Meaning

SCHEME = "emvco"
HEAD, CHECKED = "000201", "6304"
ACCOUNTS = range(26, 52)
"""Objects of accounts whose scheme is named in them."""

SENT = "***"
"""What stands where the payer's own application is to ask for a value."""

PERCENT = Form(
    re.compile(r"(\d{1,2}(?:\.\d{1,2})?)", re.ASCII), "0.01 to 99.99 with two decimals at most", Decimal("0.01")
)
TIPS = {"01": ("asked of the payer", None), "02": ("fixed", "56"), "03": ("percent", "57")}
"""What the indicator of a tip says, and where its value is."""


def read(content: Content) -> Meaning | None:
    """A code whose check is right."""
    text = content.text.strip()
    if not text.startswith(HEAD) or text[-8:-4] != CHECKED or not _is_right(text):
        return None
    said_by, twice = single(_objects(text))
    more, twice_more = single(one for one in _objects(said_by.get("62", "")) if one[1] != SENT)
    currency = BY_NUMBER.get(said_by.get("53", ""))
    asked = amount(said_by.get("54", ""), _form(places(currency)))
    kind, tip = _tip(said_by, currency)
    return Meaning(
        SCHEME,
        total=asked.value,
        currency=currency,
        seller=said(said_by.get("59")),
        number=said(more.get("01")),
        reference=said(more.get("05")),
        address=said(", ".join(filter(None, (said_by.get("61"), said_by.get("60"), said_by.get("58"))))),
        details={
            **dict(_details(said_by, more)),
            "tip": kind,
            "tip_amount": tip.value if kind == "fixed" else None,
            "tip_percent": tip.value if kind == "percent" else None,
        },
        errors=(*twice, *twice_more, *asked.errors, *tip.errors),
    )


@cache
def _form(decimals: int) -> Form:
    """Of an amount in a currency with so many decimals; there may be a point without any."""
    part = rf"(?:\.\d{{0,{decimals}}})?" if decimals else r"\.?"
    pattern = re.compile(rf"(?=.{{1,13}}$)(\d+{part})", re.ASCII)
    return Form(pattern, f"an amount over 0 of 13 signs with {decimals} decimals at most", Decimal("0.001"))


def _tip(said_by: Mapping[str, str], currency: str | None) -> tuple[str | None, Amount]:
    """What kind of tip or fee is asked for beside the amount, and how much."""
    indicator = said_by.get("55")
    stray = [name for name in ("56", "57") if name in said_by and TIPS.get(indicator or "", ("", None))[1] != name]
    if stray:
        return None, Amount(None, (f"object {stray[0]} says a tip that object 55 does not announce",))
    if indicator is None:
        return None, Amount()
    if indicator not in TIPS:
        return None, Amount(None, (f"the kind of tip '{shown(indicator)}' is none of 01, 02, 03",))
    kind, place = TIPS[indicator]
    if place is None:
        return kind, Amount()
    if not said_by.get(place):
        return kind, Amount(None, (f"the tip that object 55 announces is not there (object {place})",))
    return kind, amount(said_by[place], _form(places(currency)) if place == "56" else PERCENT, "the tip")


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
