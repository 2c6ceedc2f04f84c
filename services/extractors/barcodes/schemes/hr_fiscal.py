"""Croatian receipts: Pravilnik o fiskalizaciji u prometu gotovinom, NN 146/12 to 1/24, articles 18.a to 18.c: the
address of the tax administration's page with JIR or ZKI, time and amount, whose two decimals may have no comma."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.extractors.barcodes.schemes._values import amount, day, link, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "hr-fiscal"
HOST = "porezna.gov.hr"
EURO = date(2023, 1, 1)


def read(content: Content) -> Meaning | None:
    """The receipt; its currency is the kuna before the euro came."""
    address = link(content.text)
    if not address or address.host.removeprefix("www.") != HOST or address.path.rstrip("/") != "/rn":
        return None
    jir, zki = address.any("jir"), address.any("zki")
    issued = day(address.any("datv"), "%Y%m%d_%H%M")
    if not (jir or zki):
        return None
    return Meaning(
        SCHEME,
        total=_total(address.any("izn")),
        currency="HRK" if issued and issued < EURO else "EUR",
        date=issued,
        reference=said(jir or zki),
        url=content.text.strip(),
        details={"jir": said(jir), "zki": said(zki)},
        errors=address.errors,
    )


def _total(text: str) -> Decimal | None:
    found = amount(text)
    return found if found is None or "," in text or "." in text else found.scaleb(-2)
