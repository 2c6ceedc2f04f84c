"""The page as a JPEG with the box of every line drawn over it, numbered in reading order."""

from __future__ import annotations

from functools import partial
from io import BytesIO

from config import Settings
from services.document.geometry import inverse, map_quad
from services.document.model import Document, Page, Point, Quad
from services.exporters import Exporter, Original
from services.exporters._pages import first_page
from services.ocr.raster import Limits, Raster

REQUIRES = ("PIL",)

QUALITY = 90
SURE, UNSURE = (0, 140, 60), (214, 60, 0)
"""Colours (RGB) of lines that were read with more and with less than DOUBT."""

DOUBT = 0.8
STROKES = 600
"""The longer side of the picture is so many strokes wide."""


def build(settings: Settings) -> Exporter:
    """Draws within the pixel budget of this deployment."""
    return Exporter("image/jpeg", ".jpg", draw=partial(_draw, Limits.of(settings)))


def _draw(limits: Limits, document: Document, original: Original) -> bytes:
    """The first page of the document, upright, as it was read."""
    return _drawn(first_page(limits, document, original), document.pages[0])


def _drawn(raster: Raster, page: Page) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.fromarray(raster.pixels)
    width = max(2, round(max(image.size) / STROKES))
    draw, to_raster = ImageDraw.Draw(image), inverse(raster.to_upload)
    for number, line in enumerate(page.lines, 1):
        quad = map_quad(to_raster, line.quad)
        colour = SURE if line.confidence >= DOUBT else UNSURE
        draw.polygon(quad.points, outline=colour, width=width)
        draw.text(_beside(quad, width), str(number), fill=colour, font_size=8.0 * width, anchor="rm")
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling=0)  # or thin coloured lines would fade
    return out.getvalue()


def _beside(quad: Quad, gap: int) -> Point:
    """Left of the middle of the text's own left side."""
    (x, y), (x2, y2) = quad.top_left, quad.bottom_left
    return (x + x2) / 2 - 2 * gap, (y + y2) / 2
