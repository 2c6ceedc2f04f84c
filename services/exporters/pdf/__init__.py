"""The document as a searchable PDF: its pages as they were, and over them what was read, invisible.

To a PDF the text is added behind the bytes it has (an incremental update): pages, signatures and everything else stay
as they are. Where a page has text of its own, none is added. Pictures become pages, one each, embedded as they are
where a PDF can hold them so; see `pictures`. Words stand where they were read, lines in the order of reading.
"""

from __future__ import annotations

from functools import partial

from config import Settings
from services.document.model import Document
from services.exporters import Exporter, Original
from services.ocr.raster import Limits
from services.ocr.source import PDF

REQUIRES = ("pymupdf", "PIL")


def build(settings: Settings) -> Exporter:
    """Pictures are drawn within the pixel budget of this deployment where they cannot be embedded as they are."""
    return Exporter("application/pdf", ".pdf", draw=partial(_draw, Limits.of(settings)), saved=True)


def _draw(limits: Limits, document: Document, original: Original) -> bytes:
    """Raises UnreadableFile, and PasswordRequired for a PDF that does not open without."""
    from services.exporters.pdf import pictures, update  # 120 MB that the web process does without

    if original.media_type == PDF:
        return update.searchable(document, original)
    return pictures.searchable(document, original, limits)
