"""Where a zone may be, found without reading: long, narrow, parallel rows of dark characters on light ground.

Characters are closed to rows along two axes, level and upright, at two widths, since nothing is known about the zone's
size. Rows may lean by 25 degrees from an axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import atan2, ceil, cos, hypot, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from services.document.geometry import Affine, after, cutting, half_turned, middle, run
from services.document.model import Point, Quad
from services.document.rows import Frame
from services.ocr.engine import Pixels

SIDE = 900
"""The longer side, in pixels, at which rows are looked for."""

ENLARGED = 4.0
"""The most that a small picture is enlarged for that."""

STROKE = 15
"""Dark strokes up to so many pixels wide, at that size, are characters'."""

WIDTHS = (19, 9)
"""Of gaps between characters that are closed."""

SLIMMEST, WIDEST = 9.0, 60.0
"""Length over height of a row. One of 30 characters is about 25 times as long as high, one of 44 about 37 times."""

BLOCK = 3.5
"""From here on it may be all rows of a zone in one."""

SHORTEST_SHARE = 0.15
"""Of a row, as a share of the picture's longer side."""

FULL = 0.55
"""The share of its rectangle that a row fills."""

LEANING = 0.07
"""Radians from the axis."""

STEP = 32
"""Sides of what is cut out are multiples of it, since engines prepare themselves for every new size."""

SHRUNK = 0.7
"""The scale up to which a page is shrunk before a part of it is cut out."""

MOST_PLACES = 4
"""Places that are offered."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A leaning rectangle: its middle, its length and height, and the direction of its length in radians."""

    x: float
    y: float
    length: float
    height: float
    angle: float


Place = tuple[float, Bar]
"""How likely a zone is there, in no unit, and where."""


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A part of a page, cut out straight. `to_page` maps its coordinates to the page's."""

    pixels: Pixels
    to_page: Affine


def places(pixels: Pixels) -> list[Bar]:
    """Where a zone may be, the likeliest first."""
    scale = min(ENLARGED, SIDE / max(pixels.shape[:2]))
    if scale * min(pixels.shape[:2]) < 1:
        return []
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    strokes = _strokes(np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=flags), dtype=np.uint8))
    found = [place for axis in (0.0, pi / 2) for place in _along(strokes, axis)]
    return [_scaled(bar, 1 / scale) for _, bar in sorted(found, key=_likely)[:MOST_PLACES]]


def _along(strokes: NDArray[np.uint8], axis: float) -> list[Place]:
    """Those whose rows run within 25 degrees of `axis` (radians), the likeliest first.

    Rows that lean are looked for again along their lean: closing gaps level finds them in pieces.
    """
    found = _level(strokes, axis)
    if found and abs(found[0][1].angle - axis) > LEANING:
        return _level(strokes, found[0][1].angle) or found
    return found


def _level(strokes: NDArray[np.uint8], axis: float) -> list[Place]:
    turned, back = _turned(strokes, axis)
    bars = [bar for width in WIDTHS for bar in _bars(turned, width)]
    ranked = sorted(_zones(bars, max(strokes.shape) * SHORTEST_SHARE), key=_likely)
    return [(score, _moved(bar, back)) for score, bar in _distinct(ranked)]


def _likely(place: Place) -> float:
    return -place[0]


def _strokes(small: Pixels) -> NDArray[np.uint8]:
    """Dark strokes, bright; the closing that finds them is blind to slow changes of the light."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((STROKE, STROKE), np.uint8))
    return np.asarray(hat, dtype=np.uint8)


def _turned(strokes: NDArray[np.uint8], axis: float) -> tuple[NDArray[np.uint8], Affine]:
    """The picture with `axis` level, all of it in view, and the map back."""
    height, width = strokes.shape
    c, s = cos(axis), sin(axis)
    size = round(abs(width * c) + abs(height * s)), round(abs(width * s) + abs(height * c))
    back = cutting((width / 2, height / 2), axis, size)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(strokes, back, size, flags=flags), dtype=np.uint8), back


def _bars(strokes: NDArray[np.uint8], width: int) -> Iterator[Bar]:
    """What becomes long and narrow where gaps of `width` pixels are closed."""
    _, mask = cv2.threshold(strokes, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, width), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, width), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        bar = _bar(cv2.minAreaRect(contour))
        if bar.length > BLOCK * bar.height > 0 and cv2.contourArea(contour) > FULL * bar.length * bar.height:
            yield bar


def _bar(rectangle: tuple[Sequence[float], Sequence[float], float]) -> Bar:
    """OpenCV's rectangle with its longer side as length, its direction between -90 and 90 degrees."""
    (x, y), (width, height), degrees = rectangle
    angle = degrees / 180 * pi
    if width < height:
        width, height, angle = height, width, angle + pi / 2
    return Bar(x, y, width, height, (angle + pi / 2) % pi - pi / 2)


def _zones(bars: Sequence[Bar], shortest: float) -> Iterator[Place]:
    """Bars that may be a zone: two rows alike, one row, or rows that ran together."""
    rows = [bar for bar in bars if bar.length >= shortest and bar.length < WIDEST * bar.height]
    for combination, other in combinations(rows, 2):
        if _are_rows(combination, other):
            yield 2 * combination.length + other.length, _around(combination, other)
    for bar in rows:
        slim = bar.length >= SLIMMEST * bar.height
        yield bar.length * (1.0 if slim else 0.5), bar if not slim else _around(bar, bar)


def _are_rows(one: Bar, other: Bar) -> bool:
    """Of one zone: slim, parallel, as long and as high as each other, and close together."""
    alike = 0.85 < one.length / other.length < 1.18 and 0.6 < one.height / other.height < 1.67
    slim = min(one.length / one.height, other.length / other.height) >= SLIMMEST
    along, across = _seen_from(one, other)
    near = abs(along) < 0.12 * one.length and 0.8 * one.height < abs(across) < 5 * one.height
    return alike and slim and near and abs(one.angle - other.angle) < 0.1


def _seen_from(one: Bar, other: Bar) -> Point:
    """Where the middle of another bar is, along and across the first one."""
    return Frame.at(one.angle).place((other.x - one.x, other.y - one.y))


def _around(one: Bar, other: Bar) -> Bar:
    """Both rows and as much again above and below, where there may be a third."""
    _, across = _seen_from(one, other)
    pitch = abs(across) or 1.5 * max(one.height, other.height)
    length = max(one.length, other.length)
    height = abs(across) + max(one.height, other.height) + 2 * pitch
    return Bar((one.x + other.x) / 2, (one.y + other.y) / 2, length, height, (one.angle + other.angle) / 2)


def _distinct(ranked: Sequence[Place]) -> list[Place]:
    """Without those whose middle lies within a likelier one."""
    kept: list[Place] = []
    for place in ranked:
        if not any(_inside(place[1], bar) for _, bar in kept):
            kept.append(place)
    return kept


def _inside(bar: Bar, one: Bar) -> bool:
    along, across = _seen_from(one, bar)
    return abs(along) < one.length / 2 and abs(across) < one.height / 2


def _moved(bar: Bar, to: Affine) -> Bar:
    """Under a rotation."""
    x, y = to @ (bar.x, bar.y, 1)
    return Bar(float(x), float(y), bar.length, bar.height, bar.angle + atan2(to[1, 0], to[0, 0]))


def _scaled(bar: Bar, factor: float) -> Bar:
    return Bar(bar.x * factor, bar.y * factor, bar.length * factor, bar.height * factor, bar.angle)


def cut(pixels: Pixels, bar: Bar, scale: float, margin: Point) -> Crop:
    """A bar, straight and `scale` times as large, with at least a margin in the page's pixels beside and above it.

    Enlarged linearly: with cubic interpolation, whose edges are harder, PP-OCR reads fillers of low prints as C.
    """
    length, height = bar.length + 2 * margin[0], bar.height + 2 * margin[1]
    size = _whole(length * scale), _whole(height * scale)
    to_page = cutting((bar.x, bar.y), bar.angle, size, scale)
    page, from_page = _shrunk(pixels, scale)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cropped = cv2.warpAffine(page, from_page[:, None] * to_page, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Crop(np.asarray(cropped, dtype=np.uint8), to_page)


def _whole(side: float) -> int:
    return max(1, ceil(side / STEP)) * STEP


def _shrunk(pixels: Pixels, scale: float) -> tuple[Pixels, NDArray[np.float64]]:
    """The page, and its new size in x and y as a share of the old one: fine detail has to go before a part of it is
    made as small as that, or it turns into noise."""
    if scale > SHRUNK:
        return pixels, np.ones(2)
    page = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return page, np.array([page.shape[1] / pixels.shape[1], page.shape[0] / pixels.shape[0]])


def upside_down(crop: Crop) -> Crop:
    """The crop, turned by 180 degrees."""
    pixels, back = half_turned(crop.pixels)
    return Crop(pixels, after(crop.to_page, back))


def bar_of(quad: Quad) -> Bar:
    """The bar that a line's quad is."""
    (x0, y0), (x1, y1) = quad.top_left, quad.top_right
    (x3, y3), (x2, y2) = quad.bottom_left, quad.bottom_right
    length = (hypot(x1 - x0, y1 - y0) + hypot(x2 - x3, y2 - y3)) / 2
    height = (hypot(x3 - x0, y3 - y0) + hypot(x2 - x1, y2 - y1)) / 2
    u, v = run(quad)
    return Bar(*middle(quad), length, height, atan2(v, u))


def surroundings(bar: Bar) -> Bar:
    """A row and what may belong to the same zone, above it or below."""
    return Bar(bar.x, bar.y, bar.length, 7 * bar.height, bar.angle)
