"""Lines cut out of a page, straight."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels

UPRIGHT = 1.5
"""What is so many times as high as wide stands on its side (PaddleOCR's rule)."""


@dataclass(frozen=True, slots=True)
class Crop:
    """One line, cut out of its page.

    `pixels` is 1 x height x width x 3, of which the left `filled` columns are the line. `corners`, 4 x 2, are where it
    is on the page, from the text's own upper left.
    """

    pixels: Pixels
    filled: int
    corners: NDArray[np.float32]


def laid(corners: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, float]:
    """The corners from the text's own upper left, and the line's length and height. One that stands lies down."""
    width, height = size_of(corners)
    return (np.roll(corners, -1, axis=0), height, width) if height >= UPRIGHT * width else (corners, width, height)


def half_turned(crop: Crop) -> Crop:
    """The same line, seen from the other side: its upper left is where its lower right was."""
    pixels = crop.pixels.copy()
    pixels[:, :, : crop.filled] = crop.pixels[:, ::-1, : crop.filled][:, :, ::-1]
    return Crop(pixels, crop.filled, np.roll(crop.corners, 2, axis=0))


def size_of(corners: NDArray[np.float32]) -> tuple[float, float]:
    """Width and height of what lies inside the corners, in pixels, 1 x 1 at least."""
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
