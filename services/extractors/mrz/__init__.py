"""Machine-readable zones of travel documents (ICAO 9303): found in a picture, read, checked.

`reading.read` finds and reads them in a picture of a page, `reading.from_lines` among lines that were read before.
Neither logs nor raises anything that holds a value of a document.
"""

from __future__ import annotations

from config import Settings
from services.document.findings import Kind
from services.extractors import Extractor, OnPage
from services.extractors.mrz.model import Mrz

REQUIRES = ("cv2",)
FOUND = Kind("mrz", tuple[Mrz, ...])


def build(settings: Settings) -> Extractor:
    """Looks at pixels, and at a page's text only where they show no zone; no settings of its own."""
    from services.extractors.mrz.reading import read

    return Extractor(OnPage(FOUND, lambda raster, reader: read(raster.pixels, reader, raster.number)))
