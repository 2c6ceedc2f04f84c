"""Spanish invoices of VERI*FACTU: Agencia Tributaria, Caracteristicas del QR, version 0.5.0, after Orden
HAC/1177/2024, article 20: the address of the service that compares an invoice, with the invoice in its query."""

from __future__ import annotations

from services.extractors.barcodes.schemes._values import amount, day, link, said, under
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "es-verifactu"
DOMAINS = ("agenciatributaria.gob.es", "aeat.es")
SERVICES = ("/validarqr", "/validarqrnoverifactu")


def read(content: Content) -> Meaning | None:
    """The invoice; `details.verifiable` says whether it was sent to the agency when it was issued."""
    address = link(content.text)
    if not address or not under(address.host, *DOMAINS) or not address.path.lower().endswith(SERVICES):
        return None
    if not address.has("nif") or not address.has("numserie"):
        return None
    return Meaning(
        SCHEME,
        total=amount(address.any("importe")),
        currency="EUR",
        date=day(address.any("fecha"), "%d-%m-%Y"),
        seller_id=said(address.any("nif")),
        number=said(address.any("numserie")),
        url=content.text.strip(),
        details={"verifiable": "no" if "noverifactu" in address.path.lower() else "yes"},
        errors=address.errors,
    )
