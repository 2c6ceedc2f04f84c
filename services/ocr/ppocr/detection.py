"""Text lines on a page: the detector and what turns its map into rectangles (DB, Liao et al. 2020).

The steps and their constants are PaddleOCR's DBPostProcess: a line is the smallest rectangle around a connected part of
the map above `threshold`, kept where the map's mean inside is above `box_threshold`, and grown by area x `unclip` /
perimeter on each side, because the detector was taught shrunken lines. Growing a rectangle needs no polygon clipping:
the smallest rectangle around the rounded offset is the rectangle with its sides moved out.

Most pages are looked at once, small. Where lines come out too low to be told apart, as on newspapers and drawings, the
page is looked at again, larger, in tiles that cost no more memory than an ordinary page. The tiles' maps are put
together before any line is looked for, so a line that crosses their borders is one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels

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


PAPER = sqrt(0.5)
"""Short side over long side of ISO 216 paper."""

LOW, HIGH = 9.0, 15.0
"""Where the lowest tenth of the lines is lower than LOW pixels, as the detector saw them, the page is looked at again
so that they are HIGH. At 10 columns and neighbouring labels still come apart, at 7 they run together."""

MOST_SEEN = 6_000_000
"""Pixels of the second look, six times those of the first."""

TILE, MARGIN = 1088, 64
"""A tile's longest side in pixels, and how far from its inner borders its map is not used: the detector sees no
farther than that what a pixel belongs to."""


def first_scale(height: int, width: int, longest: int) -> float:
    """At which an image is looked at first, at most 1: a page of paper with its longer side at `longest` pixels.

    What is longer and narrower than paper, receipts and strips, is seen larger, in as many pixels.
    """
    side, area = longest / max(height, width), sqrt(PAPER * longest * longest / (height * width))
    return min(1.0, max(side, area))


def closer_scale(scale: float, lowest: float, height: int, width: int) -> float:
    """At which to look again at what was seen at `scale`, its lower lines `lowest` pixels high; or else `scale`."""
    if lowest >= LOW:
        return scale
    return max(scale, min(1.0, scale * HIGH / lowest, sqrt(MOST_SEEN / (height * width))))


def size_at(scale: float, height: int, width: int) -> tuple[int, int]:
    """Height and width in multiples of 32, which is all that the detector takes."""
    return _multiple(height * scale), _multiple(width * scale)


def _multiple(side: float) -> int:
    return max(STRIDE, round(side / STRIDE) * STRIDE)


def tiles(length: int, most: int = TILE) -> list[tuple[slice, slice]]:
    """How a side, a multiple of 32, is cut: for each tile where it lies, and the part of it whose map is used.

    Tiles are equally long, so that there is one shape to compile.
    """
    count = max(1, ceil((length - 2 * MARGIN) / (most - 2 * MARGIN)))
    size = ceil((length + (count - 1) * 2 * MARGIN) / count / STRIDE) * STRIDE
    starts = [round(n * (length - size) / max(1, count - 1)) for n in range(count)]
    cuts = [0, *((start + size + other) // 2 for start, other in pairwise(starts)), length]
    return [(slice(start, start + size), slice(*cut)) for start, cut in zip(starts, pairwise(cuts), strict=True)]


class Detector:
    """One compiled detector, by its `openvino.InferRequest`. Not to be shared between threads."""

    def __init__(self, request: Any, thresholds: Thresholds) -> None:
        self._request = request
        self._thresholds = thresholds

    def quads(self, pixels: Pixels, longest: int) -> Quads:
        """The rectangles of the lines. Paper is looked at with its longer side at `longest` pixels at first."""
        height, width = pixels.shape[:2]
        scale = first_scale(height, width, longest)
        found = self._rectangles(pixels, size_at(scale, height, width), whole=True)
        closer = closer_scale(scale, _lowest(found), height, width)
        if closer > scale:
            scale, found = closer, self._rectangles(pixels, size_at(closer, height, width), whole=False)
        rows, columns = size_at(scale, height, width)
        corners = np.array([_corners(rectangle) for rectangle in found], dtype=np.float32).reshape(-1, 4, 2)
        corners *= np.array([width / columns, height / rows], dtype=np.float32)
        return np.clip(corners, 0, np.array([width, height], dtype=np.float32))

    def _rectangles(self, pixels: Pixels, size: tuple[int, int], *, whole: bool) -> list[Rectangle]:
        """In pixels of the page at `size` (height, width), seen as a whole or in tiles."""
        seen = np.asarray(cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return list(_rectangles(self._heat(seen) if whole else self._tiled_heat(seen), self._thresholds))

    def _heat(self, seen: Pixels) -> NDArray[np.float32]:
        """The map, as high and wide as `seen`; the detector's own memory, overwritten by the next."""
        self._request.infer({0: np.ascontiguousarray(seen)[np.newaxis]})
        return np.asarray(self._request.get_output_tensor(0).data[0, 0])

    def _tiled_heat(self, seen: Pixels) -> NDArray[np.float32]:
        heat = np.empty(seen.shape[:2], dtype=np.float32)
        for rows, used_rows in tiles(seen.shape[0]):
            for columns, used_columns in tiles(seen.shape[1]):
                part = self._heat(seen[rows, columns])
                inside = part[_within(used_rows, rows), _within(used_columns, columns)]
                heat[used_rows, used_columns] = inside
        return heat


def _within(part: slice, whole: slice) -> slice:
    return slice(part.start - whole.start, part.stop - whole.start)


def _lowest(found: Sequence[Rectangle]) -> float:
    """The height that nine tenths of the lines exceed; where there are none, no reason to look again."""
    return float(np.percentile([min(size) for _, size, _ in found], 10)) if found else LOW


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
