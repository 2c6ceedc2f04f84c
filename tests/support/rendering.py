"""Uploaded images, opened and rendered as the service does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from services.ocr.engine import Pixels
from services.ocr.lines.crops import Crop
from services.ocr.ppocr.crops import crop
from services.ocr.raster import Limits, Raster
from services.ocr.source import HEAD_BYTES, Source, open_source, sniff

LIMITS = Limits(max_width=4960, max_height=7016, max_pixels=100_000_000, max_pages=100)


def opened(tmp_path: Path, data: bytes, *, limits: Limits = LIMITS, pages: str | None = None) -> Source:
    """The upload as a source, by the way it takes in service: named without an ending, its type sniffed."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    return open_source(path, sniff(data[:HEAD_BYTES]), pages=pages, limits=limits)


def rendered(tmp_path: Path, data: bytes, *, limits: Limits = LIMITS) -> Raster:
    with opened(tmp_path, data, limits=limits) as source:
        return source.render(1)


def whole(page: Pixels) -> Crop:
    """All of a picture as one line."""
    height, width = page.shape[:2]
    return crop(page, np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32))
