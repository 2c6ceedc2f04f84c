"""Lines narrowed before they are read, as far as their characters leave room: a recogniser's time goes by width.

A line as high as the recogniser wants it has 15 to 36 pixels a character, by its typeface and by how closely it was
cut out, and PP-OCR reads Latin letters as well with 16: two of its steps. How many characters a line has is estimated
by its ink. The estimate sees nothing but the line, so what that reads as depends on nothing else on its page.
"""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels
from services.ocr.lines.crops import Crop
from services.ocr.ppocr.crops import COARSE, FILL, HEIGHT, filled_up

PITCH = 20.0
"""Pixels of width that a line keeps for each estimated character. The estimate's error (a fifth, as a standard
deviation) is in it."""

LEAST = 0.65
"""Of its width that a line keeps in any case."""

NEAR = 0.94
"""Of what a line should keep that will do where it fills its picture: filling costs as much as what is read."""

SHORTEST = 64
"""Pixels. Shorter lines stay as they are: there is little to save, and little to tell their characters by."""

BAND = slice(6, HEIGHT - 6)
"""Rows in which ink is looked for: those above and below may show other lines. The same from both sides of a line."""

WEIGHTS = np.array([-0.537, 0.667, 0.018, 0.0081])
"""Of what is counted in `characters`, by least squares of the relative error over 545 drawn lines of Latin letters
(`python -m benchmarks.pitch`)."""


def narrowed(crop: Crop) -> Crop:
    """The line at the width that its characters need; the same crop where it has no room to spare."""
    if crop.filled < SHORTEST:
        return crop
    line = crop.pixels[0, :, : crop.filled]
    wanted = max(LEAST * crop.filled, min(crop.filled, PITCH * characters(line)))
    width = filled_up(ceil(NEAR * wanted), COARSE)
    return at_width(crop, width, width, cv2.INTER_CUBIC) if width <= crop.filled else crop


def at_width(crop: Crop, filled: int, width: int, interpolation: int = cv2.INTER_AREA) -> Crop:
    """The same line squeezed to `filled` pixels, in a picture of `width`. It covers the same part of the page.

    Squeezed a little, strokes stay sharper with cubic `interpolation`.
    """
    pixels = np.full((1, HEIGHT, width, 3), FILL, dtype=np.uint8)
    line = crop.pixels[0, :, : crop.filled]
    pixels[0, :, :filled] = cv2.resize(line, (filled, HEIGHT), interpolation=interpolation)
    return Crop(pixels, filled, crop.corners)


def characters(line: Pixels) -> float:
    """About how many there are in a line, height x width x 3, at least one."""
    return max(1.0, float(counts(line) @ WEIGHTS))


def counts(line: Pixels) -> NDArray[np.float64]:
    """Strokes that a row crosses on average and at most, the width, and the columns without ink."""
    gray = cv2.GaussianBlur(np.ascontiguousarray(line[:, :, 1]), (3, 3), 0)
    _, light = cv2.threshold(gray[BAND], 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    strokes = np.count_nonzero(light[:, 1:] != light[:, :-1], axis=1) / 2
    paper = int(2 * cv2.countNonZero(light) >= light.size)
    blank = np.count_nonzero((light == paper).all(axis=0))
    return np.array([strokes.mean(), strokes.max(), line.shape[1], blank])
