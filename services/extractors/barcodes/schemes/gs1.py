"""GS1 element strings in symbols that say they hold them: GS1 General Specifications, release 26, sections 3 and 7.8.

AIs and their formats are those of GS1's syntax dictionary, release 2026-01-27.
"""

from __future__ import annotations

from dataclasses import replace

from services.extractors.barcodes.gs1.elements import elements
from services.extractors.barcodes.schemes._saying import saying
from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "gs1"
UNREAD = "what follows the elements that are told is none"


def read(content: Content) -> Meaning | None:
    """The elements up to the first that breaks a rule, if there are any."""
    if not content.gs1:
        return None
    found, complete = elements(content.text)
    told = saying(SCHEME, found) if found else None
    return replace(told, errors=(*told.errors, UNREAD)) if told and not complete else told
