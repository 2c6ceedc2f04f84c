"""Straight pictures of text lines, as high as the recogniser wants them."""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels
from services.ocr.lines.crops import Crop, laid, straightened

HEIGHT = 48
"""Of every line that the recogniser gets."""

STEP = 32
FINE, COARSE = 16, 8
"""Widths are filled up to a multiple of this share of the next power of two, at least STEP, at most that of 2,048.

Up to 3,072 pixels there are 40 of them, or 24: a process keeps some 8 MB of kernels for each that it has met. PP-OCRv6
reads as well with COARSE filling; PP-OCRv5 then reads long lines otherwise than PaddleOCR (.0088 of pages, not .0047).
"""

WIDEST = 32_000
"""Wider lines are squeezed: OpenCV's limit for a picture that it straightens."""

FILL = 127
"""Fills a crop up to its width: the middle of the scale, nought once it is normalised, as in training."""


def crop(page: Pixels, corners: NDArray[np.float32], share: int = FINE) -> Crop:
    """The line inside four corners, clockwise from the upper left. One that stands is read downwards."""
    corners, width, height = laid(corners)
    filled = min(WIDEST, max(1, ceil(HEIGHT * width / height)))
    pixels = np.full((1, HEIGHT, filled_up(filled, share), 3), FILL, dtype=np.uint8)
    straight = straightened(page, corners, width, height)
    pixels[0, :, :filled] = cv2.resize(straight, (filled, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return Crop(pixels, filled, corners)


def filled_up(width: int, share: int) -> int:
    """The width, in pixels, of the picture that holds a line so wide. See FINE and COARSE."""
    step = max(STEP, min(2048, 1 << (width - 1).bit_length()) // share)
    return ceil(width / step) * step
