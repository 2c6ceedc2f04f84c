"""Two-dimensional codes of a page at a glance: what receipts and invoices have beside their print.

The picture is looked at once, as it is: a code that is printed to be scanned by a customer needs no more, and a page
without one costs some hundredths of a second.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import zxingcpp

from services.extractors.barcodes.codes import barcode
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.reading import CERTAIN, MATRIX, corners_of, quad
from services.extractors.barcodes.sequences import parts
from services.extractors.barcodes.symbols import symbol
from services.ocr.engine import Pixels

MOST_PIXELS = 4_000_000
"""What is larger is scaled down; a module of a code on a page of 300 dpi has three pixels then."""


def glance(pixels: Pixels, page: int) -> list[Barcode]:
    """The codes, in no order, with quads in the page's pixels."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, math.sqrt(MOST_PIXELS / grey.size))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(small), formats=MATRIX, try_invert=False, text_mode=zxingcpp.TextMode.Plain
    )
    symbols = [symbol(one) for one in found]
    places = [quad(corners_of(one.position) / scale) for one in found]
    return [
        barcode(one, place, page, CERTAIN, part)
        for one, place, part in zip(symbols, places, parts(symbols), strict=True)
    ]
