"""Straight pictures of text lines, as high as the recogniser wants them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels

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

UPRIGHT = 1.5
"""What is so many times as high as wide stands on its side (PaddleOCR's rule)."""


@dataclass(frozen=True, slots=True)
class Crop:
    """`pixels` is 1 x 48 x width x 3, of which the left `filled` columns are the line. `corners` are its own, 4 x 2."""

    pixels: Pixels
    filled: int
    corners: NDArray[np.float32]


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


def laid(corners: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, float]:
    """The corners from the text's own upper left, and the line's length and height. One that stands lies down."""
    width, height = _size(corners)
    return (np.roll(corners, -1, axis=0), height, width) if height >= UPRIGHT * width else (corners, width, height)


def _size(corners: NDArray[np.float32]) -> tuple[float, float]:
    top, right, bottom, left = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return max(float(top), float(bottom), 1.0), max(float(left), float(right), 1.0)


def straightened(page: Pixels, corners: NDArray[np.float32], length: float, high: float) -> Pixels:
    """What lies inside the corners as an upright rectangle of whole pixels, 1 x 1 at least."""
    width, height = max(1, round(length)), max(1, round(high))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    change = cv2.getPerspectiveTransform(corners, target)
    size, border = (width, height), cv2.BORDER_REPLICATE
    straight = cv2.warpPerspective(page, change, size, flags=cv2.INTER_CUBIC, borderMode=border)
    return np.asarray(straight, dtype=np.uint8)
