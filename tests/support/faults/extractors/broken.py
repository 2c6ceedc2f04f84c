"""An extractor with a bug: it fails on every page, and its error quotes the page."""

from __future__ import annotations

from collections.abc import Sequence

from config import Settings
from services.extractors import Extractor
from services.ocr.engine import Read
from services.ocr.raster import Raster

REQUIRES: tuple[str, ...] = ()


def build(settings: Settings) -> Extractor:
    return Extractor(page=_fail)


def _fail(raster: Raster, read: Read) -> Sequence[object]:
    raise ValueError(f"cannot make sense of {read(raster.pixels)[0].text!r}")
