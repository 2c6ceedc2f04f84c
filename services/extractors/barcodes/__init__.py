"""Barcodes of every 1D and 2D symbology that zxing-cpp reads, in any orientation."""

from __future__ import annotations

from config import Settings
from services.document.findings import Kind
from services.extractors import Extractor, OnPage
from services.extractors.barcodes.model import Barcode

REQUIRES = ("zxingcpp", "cv2")
FOUND = Kind("barcodes", tuple[Barcode, ...])


def build(settings: Settings) -> Extractor:
    """Looks at pixels only; no settings of its own."""
    from services.extractors.barcodes.reading import find

    return Extractor(OnPage(FOUND, lambda raster, read: find(raster.pixels, raster.number)))
