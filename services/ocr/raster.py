"""A page as an engine sees it, with the way back from its pixels to those of the upload, and what one may cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from config import Settings
from services.document.geometry import Affine
from services.ocr.engine import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """One page, upright and within the pixel budget.

    `number` counts from 1. `pixels` are what the engine reads; `to_upload` maps their coordinates to those of the
    upload, whose size is `width` x `height`: for an image the stored pixels before EXIF rotation and before any scaling
    of ours, for a PDF the displayed page (its /Rotate applied) at `dpi`. `rotation` is the clockwise turn in degrees
    (0, 90, 180, 270) that a viewer applies to what is stored; for a PDF it is informational, the turn is already in
    both sizes. `dpi`, across, is None where the upload names no resolution. `aspect` is the height of a stored pixel
    over its width; those of `pixels` are square.
    """

    number: int
    pixels: Pixels
    to_upload: Affine
    width: int
    height: int
    dpi: int | None = None
    rotation: int = 0
    aspect: float = 1.0


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
