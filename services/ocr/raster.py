"""A page as an engine sees it, and the way back from its pixels to those of the upload.

Coordinates are continuous: pixel (i, j) covers x in [i, i+1), y in [j, j+1), so that the right edge of an image is
exactly `width`. This is what makes a mirrored or scaled edge land on an edge and not half a pixel beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from config import Settings
from services.document.model import Line, Quad
from services.ocr.engine import Pixels

Affine = NDArray[np.float64]
"""2 x 3 and read-only: (x, y, 1) of the raster to (x, y) of the upload."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """One page, upright and within the pixel budget.

    `number` counts from 1. `pixels` are what the engine reads; `to_upload` maps their coordinates to those of the
    upload, whose size is `width` x `height`: for an image the stored pixels before EXIF rotation and before any scaling
    of ours, for a PDF the displayed page (its /Rotate applied) at `dpi`. `rotation` is the clockwise turn in degrees
    (0, 90, 180, 270) that a viewer applies to what is stored; for a PDF it is informational, the turn is already in
    both sizes. `dpi` is None where the upload names no resolution.
    """

    number: int
    pixels: Pixels
    to_upload: Affine
    width: int
    height: int
    dpi: int | None = None
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost. Pixels, but for `max_pages`.

    An image of more than `max_pixels` is refused. A page that exceeds `max_width` x `max_height` in either orientation
    is scaled down to fit.
    """

    max_width: int
    max_height: int
    max_pixels: int
    max_pages: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Those of this deployment."""
        return cls(
            settings.max_image_width, settings.max_image_height, settings.max_image_pixels, settings.max_pdf_pages
        )


def budget_scale(width: float, height: float, limits: Limits) -> float:
    """The factor, at most 1, that brings a page of this size (pixels, > 0) into the pixel budget.

    The longer side is held against the longer of the two limits, so a landscape page is worth a portrait one.
    """
    short, long = sorted((width, height))
    short_limit, long_limit = sorted((limits.max_width, limits.max_height))
    return min(1.0, long_limit / long, short_limit / short, math.sqrt(limits.max_pixels / (long * short)))


def affine(rows: Sequence[Sequence[float]]) -> Affine:
    """A read-only 2 x 3 array."""
    matrix = np.array(rows, dtype=np.float64).reshape(2, 3)
    matrix.setflags(write=False)
    return matrix


def scaling(factor_x: float, factor_y: float) -> Affine:
    """The map that multiplies x and y."""
    return affine([[factor_x, 0, 0], [0, factor_y, 0]])


def map_quad(to_upload: Affine, quad: Quad) -> Quad:
    """The quad in upload pixels, each corner keeping its name.

    Under a mirrored EXIF orientation the text itself is mirrored in the stored pixels: `top_left` is still the text's
    own top left, though the four points then run counter-clockwise on the screen.
    """
    (xx, xy, x0), (yx, yy, y0) = to_upload.tolist()
    return Quad(*((xx * x + xy * y + x0, yx * x + yy * y + y0) for x, y in quad.points))


def map_line(to_upload: Affine, line: Line) -> Line:
    """The line and its words, each with its quad mapped."""
    words = tuple(replace(word, quad=map_quad(to_upload, word.quad)) for word in line.words)
    return replace(line, quad=map_quad(to_upload, line.quad), words=words)
