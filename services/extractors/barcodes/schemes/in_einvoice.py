"""Indian e-invoices: NIC, GST e-Invoice System, signed QR code of the schema 1.1 (INV-01): a JSON Web Token whose claim
`data` is the invoice's head in JSON. Its signature is not checked: that takes the portal's key."""

from __future__ import annotations

import re

from services.extractors.barcodes.schemes._values import amount, day, parsed, said, unpacked
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "in-einvoice"
TOKEN = re.compile(r"(eyJ[\w-]{10,})\.([\w-]{20,})\.([\w-]{20,})", re.ASCII)


def read(content: Content) -> Meaning | None:
    """The invoice that the token holds."""
    match = TOKEN.fullmatch("".join(content.text.split()))
    if not match:
        return None
    head, claims = parsed(unpacked(match[1])), parsed(unpacked(match[2]))
    found = claims.get("data")
    invoice = parsed(found) if isinstance(found, str) else found if isinstance(found, dict) else {}
    if not said(invoice.get("SellerGstin")):
        return None
    return Meaning(
        SCHEME,
        total=amount(invoice.get("TotInvVal")),
        currency="INR",
        date=day(invoice.get("DocDt"), "%d/%m/%Y"),
        seller_id=said(invoice.get("SellerGstin")),
        buyer_id=said(invoice.get("BuyerGstin")),
        number=said(invoice.get("DocNo")),
        reference=said(invoice.get("Irn")),
        details={
            "type": said(invoice.get("DocTyp")),
            "items": said(invoice.get("ItemCnt")),
            "hsn": said(invoice.get("MainHsnCode")),
            "registered": said(invoice.get("IrnDt")),
            "issuer": said(claims.get("iss")),
            "algorithm": said(head.get("alg")),
            "signature": "not checked",
        },
    )
