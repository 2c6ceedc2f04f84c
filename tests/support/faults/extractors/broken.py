"""An extractor with a bug: it fails on every page, and its error quotes the page."""

from __future__ import annotations

from collections.abc import Sequence

from config import Settings
from services.document.findings import Kind
from services.extractors import Extractor, OnPage
from services.ocr.engine import Read
from services.ocr.raster import Raster

REQUIRES: tuple[str, ...] = ()
FOUND = Kind("broken", tuple[str, ...])


def build(settings: Settings) -> Extractor:
    return Extractor(OnPage(FOUND, _fail))


def _fail(raster: Raster, read: Read) -> Sequence[str]:
    raise ValueError(f"cannot make sense of {read(raster.pixels)[0].text!r}")
