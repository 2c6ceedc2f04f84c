"""Brazilian consumer invoices (NFC-e): ENCAT, Manual de Especificacoes Tecnicas do DANFE NFC-e e QR Code, versions 1.0
to 6.0 (QR code 1 to 3); keys with letters in the CNPJ by Nota Tecnica Conjunta 2025.001.

The address is that of a State's treasury (SEFAZ), as they have made them known to ENCAT; under any other the same key
is a number that anybody can print. In `p=` come key, version and more, parted by bars; in version 1 all is in
parameters of its own. The key of 44 signs says state, month, seller's CNPJ, model, series and number, and ends in a
check digit.
"""

from __future__ import annotations

import re
from binascii import Error, unhexlify
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from services.extractors.barcodes.schemes._values import Link, amount, iso_day, link, said, under
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "br-nfce"
KEY = re.compile(r"(\d{2})(\d{2})(0[1-9]|1[0-2])([0-9A-Z]{12}\d{2})(65)(\d{3})(\d{9})(\d)(\d{8})(\d)")
"""State, year and month, CNPJ, model (65 is the NFC-e), series, number, kind of issue, code, check digit."""

TREASURIES = {
    "11": "sefin.ro", "12": "sefaznet.ac sefaz.ac", "13": "sefaz.am", "14": "sefaz.rr", "15": "sefa.pa",
    "16": "sefaz.ap", "17": "sefaz.to", "21": "sefaz.ma", "22": "sefaz.pi", "23": "sefaz.ce", "24": "set.rn sefaz.rn",
    "25": "receita.pb sefaz.pb", "26": "sefaz.pe", "27": "sefaz.al", "28": "nfce.se nfe.se sefaz.se",
    "29": "sefaz.ba", "31": "fazenda.mg", "32": "sefaz.es", "33": "fazenda.rj", "35": "fazenda.sp", "41": "fazenda.pr",
    "42": "sef.sc", "43": "sefaz.rs svrs.rs", "50": "dfe.ms sefaz.ms", "51": "sefaz.mt", "52": "sefaz.go nfce.go",
    "53": "fazenda.df",
}  # fmt: skip
"""Their domains below gov.br, by the state's number (IBGE)."""

SHARED = "svrs.rs"
"""The treasury that serves states without one of their own (SEFAZ Virtual)."""

OFFLINE = 5
"""Parts from which on a code of version 2 or 3 says day and total: it was issued without a connection."""


def read(content: Content) -> Meaning | None:
    """The invoice whose key has a right check digit. Total and day only where the code says them."""
    address = link(content.text)
    if not address:
        return None
    parts = address.any("p").split("|")
    match = KEY.fullmatch(parts[0] or address.any("chnfe"))
    if not match or not _is_right(match[0]) or not _is_of(address.host, " ".join(TREASURIES.values())):
        return None
    total, issued = _said(address, parts, match)
    own = _is_of(address.host, f"{TREASURIES.get(match[1], '')} {SHARED}")
    return Meaning(
        SCHEME,
        total=total,
        tax=amount(address.any("vicms")),
        currency="BRL",
        date=issued,
        seller_id=match[4],
        buyer_id=said(address.any("cdest")),
        number=str(int(match[7])),
        reference=match[0],
        url=content.text.strip(),
        details={"series": str(int(match[6])), "month": f"20{match[2]}-{match[3]}", "state": match[1]},
        errors=(*address.errors, *(() if own else (f"the address is not that of the treasury of state {match[1]}",))),
    )


def _is_of(host: str, domains: str) -> bool:
    return under(host, *(f"{domain}.gov.br" for domain in domains.split()))


def _said(address: Link, parts: Sequence[str], match: re.Match[str]) -> tuple[Decimal | None, date | None]:
    if address.any("chnfe"):
        return amount(address.any("vnf")), _hexadecimal_day(address.any("dhemi"))
    if len(parts) > OFFLINE and parts[1] in ("2", "3"):
        return amount(parts[4]), _day(f"20{match[2]}-{match[3]}-{parts[3].zfill(2)}")
    return None, None


def _day(text: str) -> date | None:
    return iso_day(text) if len(text) == len("2026-01-31") else None


def _hexadecimal_day(text: str) -> date | None:
    """The time of issue as hexadecimal digits of its letters."""
    try:
        return iso_day(unhexlify(text).decode("ascii"))
    except (Error, ValueError):
        return None


def _is_right(key: str) -> bool:
    """Modulo 11 with weights 2 to 9 from the right; letters count by their place in ASCII less 48."""
    total = sum((ord(sign) - 48) * (2 + place % 8) for place, sign in enumerate(reversed(key[:-1])))
    return int(key[-1]) == (0 if total % 11 < 2 else 11 - total % 11)
