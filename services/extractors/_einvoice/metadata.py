"""What the XMP packet of a PDF says about the invoice in it, in whichever of the standards' namespaces."""

from __future__ import annotations

from dataclasses import dataclass

from services.document.markup import Element, NotRead, parse

NAMES = ("DocumentFileName", "ConformanceLevel", "Version", "DocumentType")
SPACES = ("factur-x", "zugferd", "ferd", "order-x")
"""Parts of the namespaces, one of which each has; Factur-X, ZUGFeRD 1 and 2, and Order-X have their own."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The name of the file that is the invoice, and the version of the standard; empty where nothing is said."""

    file: str = ""
    version: str = ""
    standard: str = ""


def metadata(packet: bytes) -> Metadata:
    """Of a packet that cannot be read, nothing."""
    try:
        root = parse(packet.strip(b"\0 \t\r\n")) if packet else None
    except NotRead:
        return Metadata()
    found = dict(_properties(root)) if root else {}
    return Metadata(found.get("DocumentFileName", ""), found.get("Version", ""), found.get("standard", ""))


def _properties(root: Element) -> list[tuple[str, str]]:
    """As elements or as attributes: RDF has both."""
    found = [(element.name, element.space, element.text) for element in root.walk() if element.name in NAMES]
    for element in root.walk():
        for written, value in element.attributes.items():
            space, _, name = written.rpartition(" ")
            found.append((name, space, value))
    own = [(name, space.lower(), value) for name, space, value in found if name in NAMES and _is_own(space)]
    standard = next(("order-x" if "order-x" in space else _standard(space) for _, space, _ in own), "")
    return [*((name, value.strip()) for name, _, value in own), ("standard", standard)]


def _is_own(space: str) -> bool:
    return any(part in space.lower() for part in SPACES)


def _standard(space: str) -> str:
    return "factur-x" if "factur-x" in space else "zugferd"
