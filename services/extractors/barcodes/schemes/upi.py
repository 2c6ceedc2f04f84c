"""India's Unified Payments Interface: NPCI, UPI Linking Specifications, version 1.6, and the tax members of signed QR
codes (NPCI circular OC 76 of 2019, Bharat QR and UPI for GST).

Amounts have two decimals at most, and 18 signs; one of nothing is one that the payer fills in."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from services.extractors.barcodes.schemes._amounts import Form
from services.extractors.barcodes.schemes._amounts import amount as asked_for
from services.extractors.barcodes.schemes._values import MOST_PARAMETERS, amount, iso_day, linked, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "upi"
FORM = Form(re.compile(r"(\d{1,15}(?:\.\d{1,2})?)", re.ASCII), "a number of 18 signs with two decimals at most")


def read(content: Content) -> Meaning | None:
    """A payment address with what is asked for."""
    text = content.text.strip()
    if not re.match(r"upi://(?:pay|mandate)/?\?", text, re.IGNORECASE):
        return None
    try:
        pairs = parse_qsl(urlsplit(text).query, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return None
    asked = linked("", "", pairs)
    if "@" not in asked.any("pa"):
        return None
    total, least = (
        asked_for(asked.any("am").strip(), FORM),
        asked_for(asked.any("mam").strip(), FORM, "the least amount"),
    )
    return Meaning(
        SCHEME,
        total=total.value or None,
        tax=_tax(asked.any("gstbrkup")),
        currency=said(asked.any("cu")) or "INR",
        date=iso_day(asked.any("invoicedate")),
        seller=said(asked.any("pn")),
        seller_id=said(asked.any("gstin")),
        number=said(asked.any("invoiceno")),
        reference=said(asked.any("tr")),
        url=said(asked.any("url", "refurl")),
        name=said(asked.any("invoicename")),
        details={
            "payee": asked.any("pa"),
            "text": said(asked.any("tn")),
            "category": said(asked.any("mc")),
            "least_amount": least.value or None,
        },
        errors=(*asked.errors, *total.errors, *least.errors),
    )


def _tax(parts: str) -> Decimal | None:
    """GST of a break-up such as `GST:16.90|CGST:08.45|SGST:08.45`, or the sum of its parts."""
    found = {
        name.strip().upper(): amount(value) for name, _, value in (part.partition(":") for part in parts.split("|"))
    }
    if found.get("GST") is not None:
        return found["GST"]
    values = [value for name, value in found.items() if name.endswith("GST") and value is not None]
    return sum(values, Decimal()) if values else None
