"""Where bars may be: parts of a picture whose brightness changes along one direction only, many times.

The direction is that of the structure tensor (Bigün and Granlund, Optimal orientation detection of linear symmetry,
ICCV 1987), so bars are found at any angle, and straightened by turning them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.extractors.barcodes.variants import Grey

Floats = NDArray[np.floating]

LOOKED = 640
"""Regions are looked for in a picture of so many pixels on its longer side."""

WINDOWS = (13, 25)
"""Sides in pixels of the squares over which directions are averaged: for small bars and for large ones."""

ANGLES = 6
"""Directions that are told apart in finding what belongs together; they overlap by half."""

COHERENT, FAINTEST = 0.6, 4.0
"""How much of the change is along one direction, and the mean squared grey levels of change per pixel, at least."""

SMALLEST, SHORTEST = 300, 30
"""Pixels and length of a region, at least."""

EDGES = 16
"""Changes between dark and light across the bars, at least; the shortest symbols have some thirty."""

MOST_REGIONS = 4
"""Regions that are followed, those with the most and strongest edges."""

QUIET = 0.15
"""What is added on both sides, of a region's length: the quiet zone."""

WIDEST = 2400
"""Pixels across the bars of a region that is turned upright."""

LEANS = np.linspace(-0.08, 0.08, 17)
"""How far bars may lean: what a perspective does to them."""

TRIED = 32
"""Rows by which leans are tried."""

BANDS = ((0.0, 1.0), (0.33, 0.67), (0.0, 0.33), (0.67, 1.0), (0.5, 0.85))
"""Parts of the bars' length, of which each gives a row."""


@dataclass(frozen=True, slots=True)
class Region:
    """Bars: `angle` in radians is the direction across them, u runs along it and v along the bars, in page pixels."""

    strength: float
    angle: float
    left: float
    right: float
    top: float
    bottom: float


def regions(grey: Grey) -> list[Region]:
    """The strongest regions; none twice."""
    scale = min(1.0, LOOKED / max(grey.shape))
    if scale * min(grey.shape) < 1:
        return []
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found = [region for window in WINDOWS for region in _of_window(grey, small.astype(np.float32), window, scale)]
    kept: list[Region] = []
    for region in sorted(found, key=lambda region: -region.strength):
        if not any(_same(region, other) for other in kept):
            kept.append(region)
    return kept[:MOST_REGIONS]


def straightened(
    grey: Grey, region: Region, *, lean: float = 0.0, around: float = 0.0, tallest: int = 800
) -> tuple[Grey, Floats]:
    """The region with its quiet zones, bars upright, and the 2 x 3 map from its pixels to those of `grey`.

    `lean` is how far bars lean, in pixels along u for one along v, beyond what the turn mends. `around` is what more of
    the surroundings is shown on all sides, of the region's length. What is wider than WIDEST or higher than `tallest`
    is scaled down in that direction.
    """
    length = region.right - region.left
    width = length + 2 * (length * (QUIET + around) + 8)
    height = max(4.0, region.bottom - region.top + 2 * around * length)
    size = (int(min(width, WIDEST)), int(min(height, tallest)))
    across, along = width / size[0], height / size[1]
    middle = (region.left + region.right) / 2, (region.top + region.bottom) / 2
    turn = np.array([[np.cos(region.angle), -np.sin(region.angle)], [np.sin(region.angle), np.cos(region.angle)]])
    steps = turn @ np.array([[across, lean * along], [0, along]])
    start = turn @ middle - steps @ (np.array(size) / 2)
    back = np.column_stack([steps, start])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    picture = cv2.warpAffine(grey, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture, np.uint8), back


def rows(grey: Grey, region: Region) -> list[Floats]:
    """Rows of brightness across the bars, each the mean over some of their length, which takes the noise away.

    The lean is the one with which the mean over all of the bars has the strongest edges.
    """
    lean = max(LEANS, key=lambda lean: _sharpness(straightened(grey, region, lean=lean, tallest=TRIED)[0]))
    picture, _ = straightened(grey, region, lean=lean)
    height = len(picture)
    return [
        _mean(picture[int(start * height) : max(int(start * height) + 2, int(end * height))]) for start, end in BANDS
    ]


def _sharpness(picture: Grey) -> float:
    return float((np.diff(_mean(picture)) ** 2).sum())


def _mean(picture: Grey) -> Floats:
    return np.asarray(picture.mean(axis=0))


def _of_window(grey: Grey, small: Floats, window: int, scale: float) -> Iterator[Region]:
    xx, yy, xy = _tensor(small, window)
    energy, angle = xx + yy, 0.5 * np.arctan2(2 * xy, xx - yy)
    bars = (np.hypot(xx - yy, 2 * xy) > COHERENT * energy) & (energy > FAINTEST)
    for step in range(ANGLES):
        away = np.abs((angle - step * np.pi / ANGLES + np.pi / 2) % np.pi - np.pi / 2)
        members = bars & (away < np.pi / ANGLES * 0.75)
        for part in _parts(members, window):
            direction = 0.5 * np.arctan2(2 * xy[part].sum(), (xx[part] - yy[part]).sum())
            if region := _region(grey, part, float(direction), float(energy[part].sum()), scale):
                yield region


def _tensor(small: Floats, window: int) -> tuple[Floats, Floats, Floats]:
    x, y = cv2.Sobel(small, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(small, cv2.CV_32F, 0, 1) / 8
    xx, yy, xy = (cv2.boxFilter(product, -1, (window, window)) for product in (x * x, y * y, x * y))
    return np.asarray(xx, float), np.asarray(yy, float), np.asarray(xy, float)


def _parts(members: NDArray[np.bool_], window: int) -> Iterator[tuple[NDArray[np.intp], ...]]:
    """The pixels of what hangs together, gaps of less than a window closed."""
    mask = cv2.morphologyEx(members.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((window // 2, window // 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] >= SMALLEST:  # asked first, as it costs nothing
            part = np.nonzero((labels == label) & members)
            if len(part[0]) >= SMALLEST:
                yield part


def _region(grey: Grey, part: tuple[NDArray[np.intp], ...], angle: float, energy: float, scale: float) -> Region | None:
    ys, xs = part
    cos, sin = np.cos(angle), np.sin(angle)
    left, right = np.percentile(xs * cos + ys * sin, (0.5, 99.5))
    top, bottom = np.percentile(ys * cos - xs * sin, (10, 90))
    if right - left < SHORTEST:
        return None
    region = Region(0.0, angle, left / scale, right / scale, top / scale, bottom / scale)
    count = edges(_mean(straightened(grey, region)[0]))
    strength = count * float(np.sqrt(energy))
    return Region(strength, angle, *(side / scale for side in (left, right, top, bottom))) if count >= EDGES else None


def edges(profile: Floats) -> int:
    """How often a row of brightness turns between rising and falling, noise aside."""
    change = np.diff(profile)
    turns = np.sign(change[np.abs(change) > 0.4])
    return int((np.diff(turns) != 0).sum())


def _same(one: Region, other: Region) -> bool:
    turn = abs((one.angle - other.angle + np.pi / 2) % np.pi - np.pi / 2)
    near = 0.08 * (other.right - other.left)
    return bool(turn < 0.1 and abs(one.left - other.left) < near and abs(one.right - other.right) < near)
