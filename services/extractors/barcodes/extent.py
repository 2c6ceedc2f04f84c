"""How far bars reach beyond the rows in which they were read, so that a box holds all of them."""

from __future__ import annotations

import cv2
import numpy as np

from services.extractors.barcodes.regions import Floats
from services.extractors.barcodes.variants import Grey

ALIKE, MISSES, BEFORE = 0.6, 3, 4
"""A row of the same bars correlates so much with the mean of the rows BEFORE it; after MISSES that do not, they end."""

MOST_SAMPLES = 400
"""Of a row."""

TALLEST = 2.0
"""How far is looked to each side, of the symbol's length."""


def grown(grey: Grey, corners: Floats) -> Floats:
    """Corners (4 x 2, from the symbol's top left) of the whole bars, those given being on some rows of them."""
    start, end = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    length = float(np.hypot(*(end - start)))
    if length < 1:
        return corners
    along = (end - start) / length
    down = np.array([-along[1], along[0]])
    up_by, down_by = (_reach(_rows(grey, start, along, side * down, length)) for side in (-1, 1))
    return np.array([start - down * up_by, end - down * up_by, end + down * down_by, start + down * down_by])


def stack(grey: Grey, corners: Floats) -> Floats:
    """Corners of all rows of a stacked symbol, those given being on its first row and on its last."""
    first, last = (grown(grey, corners[[left, right, right, left]]) for left, right in ((0, 1), (3, 2)))
    return around(np.vstack([corners, first, last]))


def around(points: Floats) -> Floats:
    """The rectangle around points, along the line from the first of them to the second."""
    along = points[1] - points[0]
    along = along / (float(np.hypot(*along)) or 1.0)
    axes = np.array([along, [-along[1], along[0]]])
    (left, top), (right, bottom) = (points @ axes.T).min(axis=0), (points @ axes.T).max(axis=0)
    return np.asarray(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) @ axes)


def _rows(grey: Grey, start: Floats, along: Floats, away: Floats, length: float) -> Floats:
    """The symbol's rows from the one it was read in outwards, a pixel apart, as far as they are in the picture."""
    width = int(min(length, MOST_SAMPLES))
    height = int(min(TALLEST * length, max(grey.shape)))
    back = np.column_stack([along * length / width, away, start])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(grey, back, (width, max(1, height)), flags=flags), dtype=float)


def _reach(rows: Floats) -> int:
    """How many of these rows show the same bars."""
    last, misses = 0, 0
    for place in range(1, len(rows)):
        before = rows[max(0, last - BEFORE + 1) : last + 1].mean(axis=0)
        if _alike(before, rows[place]):
            last, misses = place, 0
        elif (misses := misses + 1) >= MISSES:
            break
    return last


def _alike(one: Floats, other: Floats) -> bool:
    one, other = one - one.mean(), other - other.mean()
    return bool(one @ other > ALIKE * np.sqrt((one @ one) * (other @ other)) > 0)
