"""Mexican invoices (CFDI): SAT, Anexo 20 of the Resolucion Miscelanea Fiscal, versions 3.2, 3.3 and 4.0, section on the
two-dimensional code: the address of the verification service, or in 3.2 its query alone."""

from __future__ import annotations

from dataclasses import replace

from services.extractors.barcodes.schemes._values import Link, amount, link, said, under
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "mx-cfdi"
DOMAIN = "facturaelectronica.sat.gob.mx"
ABROAD = frozenset({"XEXX010101000", "XAXX010101000"})
"""Tax numbers that stand for buyers abroad and for the public."""


def read(content: Content) -> Meaning | None:
    """The invoice. The code does not say its currency."""
    address = _address(content.text)
    if not address or not all(address.has(name) for name in ("re", "rr", "tt", "id")):
        return None
    buyer = address.any("rr")
    return Meaning(
        SCHEME,
        total=amount(address.any("tt")),
        seller_id=said(address.any("re")),
        buyer_id=None if buyer in ABROAD else said(buyer),
        reference=said(address.any("id")),
        url=content.text.strip() if address.host else None,
        details={"seal": said(address.any("fe")), "buyer": buyer},
        errors=address.errors,
    )


def _address(text: str) -> Link | None:
    """Of the verification service; the query of version 3.2 is taken as one to it."""
    if text.startswith("?re="):
        found = link(f"https://{DOMAIN}/{text}")
        return replace(found, host="") if found else None
    found = link(text)
    return found if found and under(found.host, DOMAIN) else None
