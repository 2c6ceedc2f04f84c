"""A symbol as zxing-cpp gives it, as a value of ours: what it holds, and what is said around that."""

from __future__ import annotations

from dataclasses import dataclass, field

import zxingcpp

from services.extractors.barcodes.appended import Place, place

PLAIN_ASCII = frozenset(b"\t\n\r\x04\x1c\x1d\x1e\x1f" + bytes(range(0x20, 0x7F)))
"""What text is made of, with the separators that data elements have between them (ISO/IEC 15434, AAMVA)."""

ADD_ON = "EanAddOn"
"""zxing-cpp's name for the digits beside an EAN or UPC."""

CHARACTER_SETS_SAID = {"Q": "246", "d": "456", "z": "3459AB", "L": "1", "U": "23"}
"""By the letter of a symbology in its identifier (ISO/IEC 15424), the modifiers that say that an ECI was read."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """What was decoded. `content` is text, binary, mixed, gs1, iso15434 or unknowneci.

    `text` and `data` are without the `add_on`. `told` says that the symbol names its character set. `place` is where
    it belongs in a sequence of symbols.
    """

    kind: str
    text: str = field(repr=False)
    data: bytes = field(repr=False)
    content: str
    add_on: str | None = None
    told: bool = False
    place: Place | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether the bytes may be read in more than one character set."""
        return not self.told and not self.data.isascii()


def symbol(found: zxingcpp.Barcode) -> Symbol:
    """The symbol, its content text where all of it is ASCII, whatever it was taken for."""
    extra = found.extra if isinstance(found.extra, dict) else {}
    add_on = str(extra.get(ADD_ON) or "") or None
    data = bytes(found.bytes)
    end = len(data) - len(add_on or "")
    plain = found.content_type.name in ("Binary", "Mixed", "UnknownECI") and PLAIN_ASCII.issuperset(data)
    return Symbol(
        kind=found.format.name,
        text=data.decode("ascii") if plain else found.text[: len(found.text) - len(add_on or "")],
        data=data[:end],
        content="text" if plain else found.content_type.name.lower(),
        add_on=add_on,
        told=_told(found.symbology_identifier),
        place=place(found) if found.format.name in ("QRCode", "QRCodeModel2") else None,
    )


def _told(identifier: str) -> bool:
    """Whether a symbology identifier such as `]Q2` says that an ECI was read."""
    return len(identifier) == 3 and identifier[2] in CHARACTER_SETS_SAID.get(identifier[1], "")
