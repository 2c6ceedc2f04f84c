"""GS1 element strings in symbols that say they hold them: GS1 General Specifications, release 26, sections 3 and 7.8.

AIs and their formats are those of GS1's syntax dictionary, release 2026-01-27.
"""

from __future__ import annotations

from services.extractors.barcodes.gs1.elements import elements
from services.extractors.barcodes.schemes._saying import saying
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "gs1"


def read(content: Content) -> Meaning | None:
    """The elements up to the first that breaks a rule, if there are any."""
    found = elements(content.text).found if content.gs1 else ()
    return saying(SCHEME, found) if found else None
