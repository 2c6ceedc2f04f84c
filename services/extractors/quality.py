"""How well a page can be read: its size, contrast and blur, and what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config import Settings
from services.document.findings import Kind
from services.extractors import Extractor, OnPage
from services.ocr.engine import Read
from services.ocr.raster import Raster

REQUIRES = ("cv2",)


@dataclass(frozen=True, slots=True)
class PageQuality:
    """See `services.ocr.quality`; `flaw` and what follows are empty where nothing is wrong."""

    page: int
    width: int
    height: int
    contrast: float
    blur: float
    flaw: str = ""
    reason: str = ""
    suggestion: str = ""


FOUND = Kind("quality", tuple[PageQuality, ...])


def build(settings: Settings) -> Extractor:
    """Looks at pixels only; no settings of its own."""
    return Extractor(OnPage(FOUND, _measured))


def _measured(raster: Raster, read: Read) -> Sequence[PageQuality]:
    from services.ocr.quality import measured

    found = measured(raster.pixels)
    said = (found.flaw.measure, found.flaw.reason, found.flaw.suggestion) if found.flaw else ()
    return [PageQuality(raster.number, found.width, found.height, found.contrast, found.blur, *said)]
