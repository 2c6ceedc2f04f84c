"""Which standard an invoice follows, and how much of it: told by the identifier of its guideline, BT-24."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Depth(IntEnum):
    """How much a profile has to say: sums alone, everything but the lines, all of EN 16931."""

    TOTALS = 0
    HEAD = 1
    LINES = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """`norm` is whether the rules of EN 16931 hold; ZUGFeRD 1 is older, and orders are no invoices."""

    standard: str | None
    name: str | None
    version: str | None
    depth: Depth = Depth.LINES
    norm: bool = True


_VERSION = r"(\d+)[p.](\d+)"
_FACTUR_X = re.compile(rf"\bfactur-x\.eu:{_VERSION}:(\w+)")
_ZUGFERD_2 = re.compile(rf"\bzugferd\.de:{_VERSION}:(\w+)")
_ZUGFERD_1 = re.compile(r"urn:ferd:(?:CrossIndustryDocument:)?invoice:([\w.]+):(\w+)", re.IGNORECASE)
_ORDER_X = re.compile(rf"urn:order-x\.eu:{_VERSION}:(\w+)")
_XRECHNUNG = re.compile(r"(extension:|standard:|kosit:)xrechnung_(\d+\.\d+)$")
_PEPPOL = re.compile(r"urn:fdc:peppol\.eu:2017:poacc:(billing|selfbilling):(\d+\.\d+)")
_OTHER = re.compile(r"[:#]([\w.-]+?)(?::v?([\d.]+))?$")

EN16931 = "urn:cen.eu:en16931:2017"
DEPTHS = {"minimum": Depth.TOTALS, "basicwl": Depth.HEAD}


def profile_of(guideline: str, *, order: bool = False, old: bool = False) -> Profile:
    """The profile; of an unknown guideline as much as its last part says. `old` is the syntax of ZUGFeRD 1."""
    if order:
        found = _ORDER_X.search(guideline)
        return Profile("order-x", found[3].lower() if found else None, _dotted(found), norm=False)
    if old:
        found = _ZUGFERD_1.search(guideline)
        return Profile("zugferd", found[2].lower() if found else None, "1.0", Depth.HEAD, norm=False)
    for standard, pattern in (("factur-x", _FACTUR_X), ("zugferd", _ZUGFERD_2)):
        if found := pattern.search(guideline):
            name = found[3].lower()
            return Profile(standard, name, _dotted(found), DEPTHS.get(name, Depth.LINES))
    return _of_usage(guideline)


def _dotted(found: re.Match[str] | None) -> str | None:
    return f"{found[1]}.{found[2]}" if found else None


def _of_usage(guideline: str) -> Profile:
    """Of EN 16931 itself and of what countries and networks made of it."""
    if found := _XRECHNUNG.search(guideline):
        return Profile("xrechnung", "xrechnung-extension" if found[1] == "extension:" else "xrechnung", found[2])
    if found := _PEPPOL.search(guideline):
        return Profile("peppol", found[1], found[2])
    if guideline == EN16931:
        return Profile("en16931", "en16931", "2017")
    found = _OTHER.search(guideline)
    return Profile(
        "en16931" if guideline.startswith(EN16931) else None, found[1] if found else None, found and found[2]
    )
