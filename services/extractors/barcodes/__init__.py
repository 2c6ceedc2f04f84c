"""Barcodes of every 1D and 2D symbology that zxing-cpp reads, in any orientation."""

from __future__ import annotations

from config import Settings
from services.extractors import Extractor

REQUIRES = ("zxingcpp", "cv2")


def build(settings: Settings) -> Extractor:
    """Looks at pixels only; no settings of its own."""
    from services.extractors.barcodes.reading import find

    return Extractor(page=lambda raster, read: find(raster.pixels, raster.number))
