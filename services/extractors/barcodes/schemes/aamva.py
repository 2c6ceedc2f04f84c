"""North American driving licences and identity cards: AAMVA, DL/ID Card Design Standard, annex D, versions of 2000 (01)
to 2025 (11), and the numbered ones in between; before 2000 by the head alone.

A head (`@`, separators, `ANSI ` or `AAMVA`, issuer, version, number of subfiles), a table of subfiles with offset and
length, and elements of three letters and a value, one a row. Dates are MMDDCCYY in the United States and CCYYMMDD in
Canada and in version 01; as no year begins with a month, the digits tell which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from services.extractors.barcodes.schemes._values import day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "aamva"
HEAD = re.compile(r"@[\n\r\x1c-\x1e]{1,6}(?:ANSI |AAMVA)(\d{6})(\d{2})")
ELEMENT = re.compile(r"(?:^|(?<=[\n\r\x1c-\x1e])|(?<=DL)|(?<=ID))(D[A-Z]{2})([^\n\r\x1c-\x1e]*)")
SEXES = {"1": "M", "2": "F", "M": "M", "F": "F", "9": "X"}


def read(content: Content) -> Meaning | None:
    """The card's holder, number and dates."""
    head = HEAD.match(content.text)
    if not head:
        return None
    found = {tag: value.strip() for tag, value in reversed(ELEMENT.findall(content.text, head.end())) if value.strip()}
    if not found.get("DAQ"):
        return None
    return Meaning(
        SCHEME,
        date=_date(found.get("DBD", "")),
        number=found["DAQ"],
        expiry_date=_date(found.get("DBA", "")),
        name=_name(found),
        birth_date=_date(found.get("DBB", "")),
        address=_address(found),
        details={
            "issuer": head[1],
            "version": head[2],
            "country": found.get("DCG"),
            "family_name": found.get("DCS") or found.get("DAB"),
            "first_name": found.get("DAC") or found.get("DCT"),
            "middle_name": found.get("DAD"),
            "sex": SEXES.get(found.get("DBC", "")),
            "class": found.get("DCA") or found.get("DAR"),
            "document": found.get("DCF"),
        },
    )


def _date(digits: str) -> date | None:
    return day(digits, "%m%d%Y", "%Y%m%d") if re.fullmatch(r"\d{8}", digits) else None


def _name(found: Mapping[str, str]) -> str | None:
    """Given names before the family's. What is NONE is not there; version 01 has it in one, parted by commas."""
    if whole := found.get("DAA"):
        family, _, given = whole.partition(",")
        return said(f"{given.replace(',', ' ')} {family}")
    given = found.get("DAC") or found.get("DCT", "").replace(",", " ")
    parts = (given, found.get("DAD", ""), found.get("DCS") or found.get("DAB", ""), found.get("DCU", ""))
    return said(" ".join(part for part in parts if part not in ("NONE", "UNAVL")))


def _address(found: Mapping[str, str]) -> str | None:
    code = found.get("DAK", "")
    short = code[:5] if re.fullmatch(r"\d{5}0{4}", code) else code
    place = f"{found.get('DAJ', '')} {short}".strip()
    return said(", ".join(filter(None, (found.get("DAG"), found.get("DAH"), found.get("DAI"), place))))
