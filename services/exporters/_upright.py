"""Pages as a viewer shows them: the geometry of hOCR, ALTO, TSV and the searchable PDF.

The boxes of a result are in the pixels of the upload. For a PDF those are of the displayed page already. A picture that
a camera turned by EXIF is turned here, its boxes and its size; whether it is mirrored too is told by its lines, whose
corners then run counter-clockwise (`services.document.geometry.map_quad`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.document.geometry import Affine, affine, map_line
from services.document.model import Document, Line, Page, Quad
from services.ocr.source import PDF


def upright_pages(document: Document, media_type: str) -> Iterator[Page]:
    """Every page, with its lines and their words in the pixels of what a viewer shows.

    Before each, others have a turn: one thread of a web process serves all its clients.
    """
    for page in document.pages:
        time.sleep(0)
        yield page if media_type == PDF else upright_page(page)


def upright_page(page: Page) -> Page:
    """Of a picture."""
    size = (page.height, page.width) if page.rotation % 180 else (page.width, page.height)
    there = to_upright(page)
    lines = tuple(map_line(there, line) for line in page.lines)
    return replace(page, width=size[0], height=size[1], lines=lines, rotation=0)


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
