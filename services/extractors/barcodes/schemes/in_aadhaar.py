"""Aadhaar cards: UIDAI, Secure QR Code Specification (2018 and version 2 of 2022), and the XML of cards before 2018.

The secure one is a number in decimal digits; its bytes are a gzip of texts in ISO 8859-1 or UTF-8 with 255 between
them: what contact data follow, reference (the last four digits of the number, then a time), name, date of birth,
gender, eleven parts of the address, in newer ones the last digits of a telephone number, then a photograph and the
signature, which is not checked: that takes UIDAI's certificate.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from html import unescape

from services.extractors.barcodes.schemes._values import day, said
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "in-aadhaar"
DIGITS = re.compile(r"[1-9]\d{500,49999}", re.ASCII)
"""Cards have some 3,000; one symbol holds 7,089, and several may be joined."""

AT_ONCE = 4000
"""Digits that are turned into a number at once, below what Python refuses as too slow."""

MOST_BYTES = 65_536
"""Of what is unpacked. Cards have some 1,500."""

DELIMITER, FIELDS = b"\xff", 16
PLACES = ("co", "dist", "lm", "house", "loc", "pc", "po", "state", "street", "subdist", "vtc")
"""The parts of the address, in the order of the secure code, by the names that the XML has for them."""

PRINTED = ("co", "house", "street", "lm", "loc", "vtc", "po", "subdist", "dist", "state", "pc")
"""The same in the order in which cards print them."""

XML = re.compile(r"<PrintLetterBarcodeData\s([^<>]{1,4000})/?>")
ATTRIBUTE = re.compile(r"""([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")


def read(content: Content) -> Meaning | None:
    """Of the secure code only the last four digits are known; the XML has the whole number."""
    text = content.text.strip()
    if DIGITS.fullmatch(text):
        return _secure(_number(text))
    match = XML.search(text)
    return (
        _printed({name: unescape(one or other) for name, one, other in ATTRIBUTE.findall(match[1])}) if match else None
    )


def _number(digits: str) -> int:
    """The number of so many digits, piece by piece: a few thousandths of a second for the most that there may be."""
    number = 0
    for start in range(0, len(digits), AT_ONCE):
        piece = digits[start : start + AT_ONCE]
        number = number * 10 ** len(piece) + int(piece)
    return number


def _secure(number: int) -> Meaning | None:
    fields = _fields(number.to_bytes((number.bit_length() + 7) // 8))
    if not re.fullmatch(r"\d{21}", fields[1] if len(fields) >= FIELDS else ""):
        return None
    reference, name, born, gender = fields[1:5]
    return Meaning(
        SCHEME,
        number=reference[:4],
        reference=reference,
        name=said(name),
        birth_date=day(born, *DATES),
        address=_address(dict(zip(PLACES, fields[5:FIELDS], strict=True))),
        details={"number": "the last four digits", "gender": said(gender), "signature": "not checked"},
    )


def _fields(packed: bytes) -> Sequence[str]:
    """The texts before the photograph; nothing where these bytes are no such gzip."""
    try:
        data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, MOST_BYTES)
    except zlib.error:
        return ()
    versioned = re.match(rb"V\d\xff", data)
    parts = data[versioned.end() if versioned else 0 :].split(DELIMITER, FIELDS)
    return [_decoded(part) for part in parts[:FIELDS]]


def _decoded(part: bytes) -> str:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode("iso8859-1")


def _printed(found: Mapping[str, str]) -> Meaning | None:
    number = found.get("uid", "")
    if not re.fullmatch(r"\d{12}", number):
        return None
    return Meaning(
        SCHEME,
        number=number,
        name=said(found.get("name")),
        birth_date=day(found.get("dob"), *DATES),
        address=_address(found),
        details={"gender": said(found.get("gender")), "birth_year": said(found.get("yob"))},
    )


def _address(found: Mapping[str, str]) -> str | None:
    return said(", ".join(part for name in PRINTED if (part := found.get(name, "").strip(" ,"))))
