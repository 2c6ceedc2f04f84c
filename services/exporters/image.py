"""The page as a JPEG for a screen: upright, nothing drawn over it."""

from __future__ import annotations

from functools import partial
from io import BytesIO

from config import MIN_DPI, Settings
from services.document.model import Document, Page
from services.exporters import Exporter, Original
from services.exporters._pages import first_page
from services.ocr.raster import Limits

REQUIRES = ("PIL",)

LONGEST_PIXELS = 2000
"""Pixels of the longer side: enough to read small print, 300 to 600 kB for a scan."""

QUALITY = 85


def build(settings: Settings) -> Exporter:
    """Draws within the pixel budget of this deployment."""
    return Exporter("image/jpeg", ".jpg", draw=partial(_draw, Limits.of(settings)))


def _draw(limits: Limits, document: Document, original: Original) -> bytes:
    from PIL import Image

    raster = first_page(limits, document, original, _enough(document.pages[0], original.dpi))
    image = Image.fromarray(raster.pixels)
    image.thumbnail((LONGEST_PIXELS, LONGEST_PIXELS))
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _enough(page: Page, dpi: int) -> int:
    """The resolution at which a PDF page whose size is known at `dpi` has its longer side nearest to LONGEST_PIXELS."""
    return min(dpi, max(MIN_DPI, round(dpi * LONGEST_PIXELS / max(page.width, page.height))))
