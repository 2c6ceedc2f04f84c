"""Argentine invoices: AFIP (now ARCA), RG 4892/2020, Especificaciones QR, version 1: an address with the base64 of an
object in JSON."""

from __future__ import annotations

from services.extractors.barcodes.schemes._values import amount, iso_day, link, parsed, said, under, unpacked
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "ar-afip"
DOMAINS = ("afip.gob.ar", "arca.gob.ar")
CURRENCIES = {
    "PES": "ARS", "DOL": "USD", "060": "EUR", "012": "BRL", "011": "UYU", "033": "CLP", "014": "DKK", "015": "NOK",
    "016": "SEK", "018": "CAD", "019": "JPY", "021": "GBP", "009": "CHF", "010": "MXN", "029": "PYG", "031": "BOB",
    "032": "COP", "035": "PEN", "064": "CNY",
}  # fmt: skip
"""AFIP's table of currencies, those of its neighbours and of most trade."""


def read(content: Content) -> Meaning | None:
    """The invoice with its point of sale and number."""
    address = link(content.text)
    if not address or not under(address.host, *DOMAINS) or "/fe/qr" not in address.path.lower():
        return None
    found = parsed(unpacked(address.any("p")))
    if not said(found.get("cuit")):
        return None
    buyer = said(found.get("nroDocRec"))
    return Meaning(
        SCHEME,
        total=amount(found.get("importe")),
        currency=CURRENCIES.get(str(found.get("moneda"))),
        date=iso_day(found.get("fecha")),
        seller_id=said(found.get("cuit")),
        buyer_id=None if buyer == "0" else buyer,
        number=_number(found.get("ptoVta"), found.get("nroCmp")),
        reference=said(found.get("codAut")),
        url=content.text.strip(),
        details={"type": said(found.get("tipoCmp")), "rate": amount(found.get("ctz"))},
        errors=address.errors,
    )


def _number(point: object, number: object) -> str | None:
    """As it is printed: five digits of the point of sale, eight of the number."""
    parts = said(point), said(number)
    return f"{parts[0]:0>5}-{parts[1]:0>8}" if parts[0] and parts[1] else None
