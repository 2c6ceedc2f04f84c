"""Pages as a viewer shows them: the geometry of hOCR, ALTO, TSV and the searchable PDF.

The boxes of a result are in the pixels of the upload. For a PDF those are of the displayed page already. A picture that
a camera turned by EXIF is turned here, its boxes and its size; whether it is mirrored too is told by its lines, whose
corners then run counter-clockwise (`services.document.geometry.map_quad`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from services.document.geometry import Affine, affine, map_line, map_quad, scaling
from services.document.model import Document, Line, Page, Quad
from services.document.values import placed
from services.ocr.source import PDF


def upright_pages(document: Document, media_type: str, *, square: bool = False) -> Iterator[Page]:
    """Every page, with its lines and their words in the pixels of what a viewer shows, made `square` if asked for.

    Before each, others have a turn: one thread of a web process serves all its clients.
    """
    for page in document.pages:
        time.sleep(0)
        shown = page if media_type == PDF else upright_page(page)
        yield squared(shown) if square else shown


def upright_page(page: Page) -> Page:
    """Of a picture."""
    there = to_upright(page)
    page = _moved(page, there)
    if not page.rotation % 180:
        return replace(page, rotation=0)
    dpi = page.dpi and round(page.dpi / page.aspect)
    return replace(page, width=page.height, height=page.width, rotation=0, dpi=dpi, aspect=1 / page.aspect)


def _moved(page: Page, there: Affine) -> Page:
    """With its lines and tables elsewhere."""
    lines = tuple(map_line(there, line) for line in page.lines)
    return replace(page, lines=lines, tables=placed(page.tables, partial(map_quad, there)))


def squared(page: Page) -> Page:
    """With pixels that are as wide as high: stretched, never shrunk."""
    if page.aspect == 1:
        return page
    there = to_square(page)
    across, down = float(there[0, 0]), float(there[1, 1])
    return replace(
        _moved(page, there),
        width=round(page.width * across),
        height=round(page.height * down),
        dpi=page.dpi and round(page.dpi * across),
        aspect=1.0,
    )


def to_square(page: Page) -> Affine:
    """From a page's pixels to the square ones of `squared`."""
    return scaling(max(1, 1 / page.aspect), max(1, page.aspect))


def to_upright(page: Page) -> Affine:
    """From the stored pixels of a picture to those of the picture as it is shown: mirrored, then turned clockwise."""
    width, height = page.width, page.height
    sign, shift = (-1, width) if is_mirrored(page.lines) else (1, 0)
    return affine(
        {
            0: [[sign, 0, shift], [0, 1, 0]],
            90: [[0, -1, height], [sign, 0, shift]],
            180: [[-sign, 0, width - shift], [0, -1, height]],
            270: [[0, 1, 0], [-sign, 0, width - shift]],
        }[page.rotation % 360]
    )


def is_mirrored(lines: Sequence[Line]) -> bool:
    """Whether most lines read from right to left in a mirror. False where there are none."""
    return 2 * sum(_runs_backwards(line.quad) for line in lines) > len(lines)


def _runs_backwards(quad: Quad) -> bool:
    (x, y), (x1, y1), (x2, y2) = quad.top_left, quad.top_right, quad.bottom_left
    return (x1 - x) * (y2 - y) - (y1 - y) * (x2 - x) < 0
