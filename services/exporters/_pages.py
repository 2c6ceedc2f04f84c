"""Pages of the upload as pictures, for the exporters that draw."""

from __future__ import annotations

from services.document.model import Document
from services.exporters import Original
from services.ocr.raster import Limits, Raster
from services.ocr.source import open_source


def first_page(limits: Limits, document: Document, original: Original, dpi: int | None = None) -> Raster:
    """The first page of the document, upright, as it was read; a PDF's at `dpi` where that is given."""
    number = document.pages[0].number
    with open_source(
        original.path, original.media_type, pages=str(number), dpi=dpi or original.dpi, limits=limits
    ) as source:
        return source.render(number)
