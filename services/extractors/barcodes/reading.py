"""Symbols in a picture."""

from __future__ import annotations

import cv2
import zxingcpp

from services.document import Quad
from services.extractors.barcodes.codes import Barcode, barcode
from services.ocr.engines import Pixels


def find(pixels: Pixels, page: int) -> list[Barcode]:
    """All symbols of a page, with quads in its pixels."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return [barcode(symbol, _quad(symbol.position), page) for symbol in zxingcpp.read_barcodes(grey)]


def _quad(position: zxingcpp.Position) -> Quad:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return Quad(*((float(corner.x), float(corner.y)) for corner in corners))
