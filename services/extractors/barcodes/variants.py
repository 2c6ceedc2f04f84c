"""Pictures of a picture: what makes a symbol readable that is small, faint, blurred or badly lit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""Height x width, one channel."""

MOST_PIXELS = 2_000_000
"""Of a variant. With ten of them that bounds what a page without symbols costs to about a second."""

SHADE = 41
"""The largest dark thing, in pixels, that flattening does not take for a shadow."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Scale, then change; `binarizer` is zxing-cpp's."""

    name: str
    scale: float
    change: Callable[[Grey], Grey]
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage


def same(grey: Grey) -> Grey:
    return grey


def sharpened(amount: float, sigma: float) -> Callable[[Grey], Grey]:
    """Unsharp masking: the picture plus `amount` times what a Gaussian blur of `sigma` pixels takes from it."""

    def sharpen(grey: Grey) -> Grey:
        blurred = cv2.GaussianBlur(grey, (0, 0), sigma)
        return _grey(cv2.addWeighted(grey, 1 + amount, blurred, -amount, 0))

    return sharpen


def flattened(grey: Grey) -> Grey:
    """Light evened out: every pixel relative to the brightest around it."""
    ground = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((SHADE, SHADE), np.uint8))
    return _grey(cv2.divide(grey, ground, scale=255))


def equalised(grey: Grey) -> Grey:
    """Contrast stretched, each part of the picture by its own histogram."""
    return _grey(cv2.createCLAHE(3, (8, 8)).apply(grey))


def binarised(grey: Grey) -> Grey:
    """Black where darker than the mean of the surroundings."""
    return _grey(cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 61, 5))


def softened(grey: Grey) -> Grey:
    """Without the grain of a photo or a print."""
    return _grey(cv2.GaussianBlur(grey, (0, 0), 1.5))


FIXED = zxingcpp.Binarizer.FixedThreshold

ENHANCED = (
    Variant("flat x2", 2, flattened),
    Variant("equal x2", 2, equalised),
    Variant("sharp x2", 2, sharpened(3, 4)),
    Variant("sharp", 1, sharpened(2, 2)),
    Variant("fixed", 1, same, FIXED),
    Variant("binary x2", 2, binarised),
    Variant("large", 3, same),
    Variant("small", 0.6, same),
    Variant("sharp x3", 3, sharpened(2, 3)),
    Variant("soft x2", 2, softened),
)
"""Those that read more than the picture as it is, the most useful first."""

STRAIGHT = (
    Variant("as it is", 1, same),
    Variant("double", 2, same),
    Variant("sharp double", 2, sharpened(2, 3)),
    Variant("flat double", 2, flattened),
    Variant("half", 0.5, same),
)
"""Those for a straightened crop of bars."""


def made(variant: Variant, grey: Grey, most: int) -> tuple[Grey, float]:
    """The changed picture of at most `most` pixels, and what it is scaled by."""
    scale = min(variant.scale, math.sqrt(most / grey.size))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = grey if scale == 1 else _grey(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=method))
    return variant.change(scaled), scale


def _grey(array: object) -> Grey:
    return np.asarray(array, dtype=np.uint8)
