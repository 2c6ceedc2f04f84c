"""Rules on a page's picture: long thin strokes across and downwards, in the frame of the page's text.

By opening the inked pixels with long flat elements (Serra, Image Analysis and Mathematical Morphology, 1982), on a
picture of bounded size that is turned first if the text leans, so that a rule stays in few rows of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from services.document.geometry import Affine, affine
from services.document.rows import Frame
from services.ocr.tables.picture import Picture

Mask = NDArray[np.uint8]
"""0, or 255 where something is."""

LONGEST = 1500
"""Pixels of the longer side of the picture that is looked at: a hairline of a scan at 300 dpi is half a pixel wide."""

AROUND, CONTRAST = 15, 10
"""What is darker by so many grey levels than the mean of the square of so many pixels around it is ink."""

LEAST_ACROSS, LEAST_DOWN = 2.5, 1.4
"""The shortest rules, in heights of a line. No stroke of a letter is longer than its line is high."""

LEAST_PIXELS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Where rules are: masks of which a pixel takes up `size`, and whose corner is at `left`, `top` in the frame."""

    across: Mask
    down: Mask
    size: float
    left: float
    top: float


def rules_of(picture: Picture, frame: Frame, height: float) -> Rules | None:
    """The rules of a page whose lines are so high; None where there are none across."""
    grey, shrunk = _small(picture.pixels)
    size = picture.size * shrunk
    grey, left, top = _levelled(grey, frame)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, AROUND, CONTRAST)
    across = _opened(ink, max(LEAST_PIXELS, round(LEAST_ACROSS * height / size)), 1)
    if not cv2.countNonZero(across):
        return None
    down = _opened(ink, 1, max(LEAST_PIXELS, round(LEAST_DOWN * height / size)))
    return Rules(across, down, size, left * size, top * size)


def _small(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """In grey, each pixel the mean of several, and how many to a side."""
    times = ceil(max(pixels.shape[:2]) / LONGEST)
    if times > 1:
        height, width = pixels.shape[:2]
        pixels = pixels[: height - height % times or height, : width - width % times or width]
        size = (max(1, pixels.shape[1] // times), max(1, pixels.shape[0] // times))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), times


def _levelled(grey: NDArray[np.uint8], frame: Frame) -> tuple[NDArray[np.uint8], float, float]:
    """The picture with its text level, and where its corner is in the frame, in its own pixels."""
    height, width = grey.shape
    if frame.along == (1.0, 0.0):
        return grey, 0.0, 0.0
    us, vs = zip(*(frame.place(corner) for corner in ((0, 0), (width, 0), (width, height), (0, height))), strict=True)
    left, top = min(us), min(vs)
    size = max(1, ceil(max(us) - left)), max(1, ceil(max(vs) - top))
    there = _turning(frame, left, top)
    return cv2.warpAffine(grey, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), left, top


def _turning(frame: Frame, left: float, top: float) -> Affine:
    return affine([[*frame.along, -left], [*frame.across, -top]])


def _opened(ink: Mask, width: int, height: int) -> Mask:
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (width, height))))
