"""Text lines on a page: the detector and what turns its map into rectangles (DB, Liao et al. 2020).

The steps and their constants are PaddleOCR's DBPostProcess: a line is the smallest rectangle around a connected part of
the map above `threshold`, kept where the map's mean inside is above `box_threshold`, and grown by area x `unclip` /
perimeter on each side, because the detector was taught shrunken lines. Growing a rectangle needs no polygon clipping:
the smallest rectangle around the rounded offset is the rectangle with its sides moved out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engines import Pixels

STRIDE = 32
SMALLEST = 3.0
"""Parts of the map with a shorter side are specks (PaddleOCR's min_size)."""

Rectangle = tuple[Sequence[float], Sequence[float], float]
"""OpenCV's: centre, size, angle."""

Quads = NDArray[np.float32]
"""n x 4 x 2: corners in pixels, clockwise from the upper left of each rectangle."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """As in the model's inference.yml."""

    pixel: float
    box: float
    unclip: float
    candidates: int = 3000


def fit(height: int, width: int, longest: int) -> tuple[int, int]:
    """The size, in multiples of 32, that the detector gets to see: never enlarged but to fill up a multiple."""
    shrink = min(1.0, longest / max(height, width))
    return _multiple(height * shrink), _multiple(width * shrink)


def _multiple(side: float) -> int:
    return max(STRIDE, round(side / STRIDE) * STRIDE)


class Detector:
    """One compiled detector, by its `openvino.InferRequest`. Not to be shared between threads."""

    def __init__(self, request: Any, thresholds: Thresholds) -> None:
        self._request = request
        self._thresholds = thresholds

    def quads(self, pixels: Pixels, longest: int) -> Quads:
        """The rectangles of the lines, seen with the page's longer side at no more than `longest` pixels."""
        height, width = pixels.shape[:2]
        rows, columns = fit(height, width, longest)
        seen = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
        self._request.infer({0: seen[np.newaxis]})
        found = list(_rectangles(self._request.get_output_tensor(0).data[0, 0], self._thresholds))
        corners = np.array([_corners(rectangle) for rectangle in found], dtype=np.float32).reshape(-1, 4, 2)
        corners *= np.array([width / columns, height / rows], dtype=np.float32)
        return np.clip(corners, 0, np.array([width, height], dtype=np.float32))


def _rectangles(heat: NDArray[np.float32], thresholds: Thresholds) -> Iterator[Rectangle]:
    mask = (heat > thresholds.pixel).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[: thresholds.candidates]:
        rectangle = cv2.minAreaRect(contour)
        if min(rectangle[1]) < SMALLEST or _mean_inside(heat, rectangle) < thresholds.box:
            continue
        grown = _grown(rectangle, thresholds.unclip)
        if min(grown[1]) >= SMALLEST + 2:
            yield grown


def _mean_inside(heat: NDArray[np.float32], rectangle: Rectangle) -> float:
    corners = cv2.boxPoints(rectangle)
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    window = heat[top:bottom, left:right]
    mask = np.zeros(window.shape, dtype=np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], [1])
    return float(cv2.mean(window, mask)[0])


def _grown(rectangle: Rectangle, unclip: float) -> Rectangle:
    centre, (width, height), angle = rectangle
    distance = width * height * unclip / (2 * (width + height))
    return centre, (width + 2 * distance, height + 2 * distance), angle


def _corners(rectangle: Rectangle) -> NDArray[np.float32]:
    """Clockwise from the upper one of the two leftmost corners, as PaddleOCR orders them."""
    points = cv2.boxPoints(rectangle)
    by_x = points[np.argsort(points[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1], kind="stable")]
    top_right, bottom_right = right[np.argsort(right[:, 1], kind="stable")]
    return np.array([top_left, top_right, bottom_right, bottom_left], dtype=np.float32)
