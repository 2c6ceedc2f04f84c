"""Quads, boxes and maps of the plane, each written once for whoever reads, understands or draws pages.

Coordinates are continuous: pixel (i, j) covers x in [i, i+1), y in [j, j+1), so that the right edge of an image is
exactly `width`. This is what makes a mirrored or scaled edge land on an edge and not half a pixel beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import cos, sin
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.document.model import Bounds, Line, Point, Quad

Affine = NDArray[np.float64]
"""A map of the plane, 2 x 3 and read-only: (x, y, 1) to the mapped (x, y)."""

Scalar = TypeVar("Scalar", bound=np.generic)


# Affine maps


def affine(rows: Sequence[Sequence[float]]) -> Affine:
    """A read-only 2 x 3 array."""
    matrix = np.array(rows, dtype=np.float64).reshape(2, 3)
    matrix.setflags(write=False)
    return matrix


IDENTITY = affine([[1, 0, 0], [0, 1, 0]])


def scaling(factor_x: float, factor_y: float) -> Affine:
    """The map that multiplies x and y."""
    return affine([[factor_x, 0, 0], [0, factor_y, 0]])


def cutting(centre: Point, angle: float, size: tuple[float, float], scale: float = 1.0) -> Affine:
    """From a straight picture of `size` (width, height) to where it lies in a page, which it shows enlarged by `scale`.

    Its middle is at `centre` in the page, and its rows run at `angle` there, in radians clockwise from the right.
    """
    c, s = cos(angle) / scale, sin(angle) / scale
    width, height = size
    return affine(
        [
            [c, -s, centre[0] - (c * width - s * height) / 2],
            [s, c, centre[1] - (s * width + c * height) / 2],
        ]
    )


def after(then: Affine, first: Affine) -> Affine:
    """The map that does `first`, and `then` to what that gives."""
    return affine((then @ np.vstack([first, (0, 0, 1)])).tolist())


def inverse(there: Affine) -> Affine:
    """The way back. Raises numpy.linalg.LinAlgError where there is none."""
    return affine(np.linalg.inv(np.vstack([there, (0, 0, 1)]))[:2].tolist())


def half_turned(picture: NDArray[Scalar]) -> tuple[NDArray[Scalar], Affine]:
    """A picture (height x width x any) turned by 180 degrees, C-contiguous, and the map from its pixels back."""
    height, width = picture.shape[:2]
    return np.ascontiguousarray(picture[::-1, ::-1]), affine([[-1, 0, width], [0, -1, height]])


def map_quad(there: Affine, quad: Quad) -> Quad:
    """The quad with every corner mapped, each keeping its name.

    Under a mirrored EXIF orientation the text itself is mirrored in the stored pixels: `top_left` is still the text's
    own top left, though the four points then run counter-clockwise on the screen.
    """
    (xx, xy, x0), (yx, yy, y0) = there.tolist()
    return Quad(*((xx * x + xy * y + x0, yx * x + yy * y + y0) for x, y in quad.points))


def map_line(there: Affine, line: Line) -> Line:
    """The line and its words, each with its quad mapped."""
    words = tuple(replace(word, quad=map_quad(there, word.quad)) for word in line.words)
    return replace(line, quad=map_quad(there, line.quad), words=words)


# Quads


def upright(bounds: Bounds) -> Quad:
    """The quad of a text that runs level from left to right in these bounds."""
    left, top, right, bottom = bounds
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))


def enclosing(quads: Iterable[Quad]) -> Bounds:
    """The upright rectangle around quads, of which there is at least one."""
    return around(quad.bounds for quad in quads)


def around(boxes: Iterable[Bounds]) -> Bounds:
    """The smallest that holds all of these, of which there is at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def joined(first: Quad, last: Quad) -> Quad:
    """The quad of a line whose first part and whose last part have these."""
    return Quad(first.top_left, last.top_right, last.bottom_right, first.bottom_left)


def start(quad: Quad) -> Point:
    """The middle of the side at which its text begins."""
    (x, y), (x3, y3) = quad.top_left, quad.bottom_left
    return (x + x3) / 2, (y + y3) / 2


def middle(quad: Quad) -> Point:
    """The mean of its corners."""
    xs, ys = zip(*quad.points, strict=True)
    return sum(xs) / 4, sum(ys) / 4


def run(quad: Quad) -> Point:
    """The vector from the middle of the side at which its text begins to the middle of that where it ends."""
    (x, y), (x1, y1), (x2, y2), (x3, y3) = quad.points
    return (x1 + x2 - x - x3) / 2, (y1 + y2 - y - y3) / 2
