"""Numbers that a shop or region gives out itself, and coupons: GS1 General Specifications, release 26, section 1.4
(table of GS1 Prefixes). They compare with nothing outside, so they are no article numbers."""

from __future__ import annotations

from services.extractors.barcodes.schemes.model import Meaning

COUPONS = ("8110", "8112")
"""AIs of North American coupons, which identify no article."""

RESTRICTED = ("02", "04", "2")
"""Circulation within a region, within a company, within either."""

COUPON_PREFIXES = ("05", "98", "99")
"""Of coupons and refund receipts."""

SHORT_RESTRICTED = ("0", "2")
"""First digits of EAN-8 numbers within a company or region."""


def in_store(kind: str, text: str, meaning: Meaning | None) -> bool:
    """Whether what a symbol says is a restricted number or a coupon."""
    if meaning and meaning.scheme.startswith("gs1"):
        article = meaning.gtin[1:] if meaning.gtin and meaning.gtin[0] == "0" else ""
        return _restricted(article) or any(ai in meaning.details for ai in COUPONS)
    if kind == "EAN8":
        return text.startswith(SHORT_RESTRICTED)
    return _restricted({"EAN13": text, "ISBN": text, "UPCA": "0" + text}.get(kind, ""))


def _restricted(thirteen: str) -> bool:
    """By the prefix of a number of thirteen digits. One that begins with five noughts is an EAN-8's."""
    if thirteen.startswith("00000"):
        return thirteen[5:].startswith(SHORT_RESTRICTED)
    return thirteen.startswith((*RESTRICTED, *COUPON_PREFIXES))
