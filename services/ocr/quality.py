"""What a picture lacks that keeps it from being read: measured, and said with what would help."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels

SIDE = 1000
"""The longer side, in pixels, at which a picture is measured: detection sees little more of it."""

REACH = 9
"""Pixels over which a picture is blurred again."""

EDGES = 98
"""The percentile of differences from which on they are edges, of which blur is told; grain is below it."""

SMALLEST = 400
"""Pixels of the longer side below which characters are hardly more than dots."""

FAINTEST = 0.25
BLANK = 0.05
"""Contrast up to which there are no edges to be blurred; blur takes contrast away, so above it blur is told first."""

MOST_BLURRED = 0.6
"""Sharp photos and scans have .03 to .25; with a Gaussian blur of 1.5 pixels .2 to .6, of 3 pixels .7 to .8."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """`measure` is `size`, `contrast` or `blur`; `reason` and `suggestion` are sentences for who took the picture."""

    measure: str
    reason: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Quality:
    """`width` and `height` in pixels; `contrast` (0 none, 1 full) and `blur` (0 sharp, 1 no edges left)."""

    width: int
    height: int
    contrast: float
    blur: float

    @property
    def flaw(self) -> Flaw | None:
        """The first thing to mend; None for a picture that should be readable if there is something to read."""
        if max(self.width, self.height) < SMALLEST:
            return Flaw(
                "size",
                f"The picture has only {self.width} x {self.height} pixels.",
                "Send the photo as the camera took it, or scan at 200 dpi or more.",
            )
        if self.blur > MOST_BLURRED and self.contrast > BLANK:
            return Flaw(
                "blur",
                f"The picture is blurred ({self.blur:.2f} on a scale where sharp ones are below 0.3).",
                "Hold the camera still, let it focus on the text, and take the picture again.",
            )
        if self.contrast < FAINTEST:
            return Flaw(
                "contrast",
                f"The picture has hardly any contrast ({self.contrast:.0%} of the full range).",
                "Take it again in even, brighter light, without a flash that reflects.",
            )
        return None


def measured(pixels: Pixels) -> Quality:
    """The quality of a picture of any size."""
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    low, high = np.percentile(small, (1, 99))
    return Quality(width, height, float(high - low) / 255, max(_blur(small), _blur(small.T)))


def _blur(grey: NDArray[np.float32]) -> float:
    """How little a picture changes from left to right when it is blurred once more: sharp edges lose most of a step.

    After Crete, Dolmiere, Ladret and Nicolas, "The blur effect: perception and estimation with a new no-reference
    perceptual blur metric" (2007), here of strong edges only.
    """
    steps = np.abs(np.diff(grey, axis=1))
    if not steps.size or not steps.any():
        return 1.0
    again = np.abs(np.diff(cv2.blur(grey, (REACH, 1)), axis=1))
    edges = steps >= max(1.0, float(np.percentile(steps, EDGES)))
    if not edges.any():
        return 1.0
    lost = np.maximum(0, steps[edges] - again[edges])
    return float(1 - lost.sum() / steps[edges].sum())
