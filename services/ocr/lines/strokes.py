"""Lone strokes: I, l, 1 or | in a cell of a table, higher than wide like a line that stands on its side.

A line that stands is at least two characters long, and so longer than the page's lines are high; a lone character is
about as high as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels
from services.ocr.lines.characters import Characters
from services.ocr.lines.crops import UPRIGHT, Crop, size_of, straightened
from services.ocr.lines.recogniser import Recogniser

LONE = 1.4
"""In heights of the page's usual line: what stands and is longer is a line on its side."""

WITNESSES = 3
"""Lines that do not stand, by which the usual height is told; pages of fewer have none."""

ALIKE = frozenset("Il1|!i")
FAINTEST = 0.25
"""What one of them alone is believed at: with nothing beside it to tell by, its probability is shared among all."""

Corners = NDArray[np.float32]


def cut_lines(recogniser: Recogniser, page: Pixels, quads: Sequence[Corners]) -> list[Crop]:
    """Every line of a page, lone strokes as they stand."""
    sizes = [size_of(corners) for corners in quads]
    lying = [height for width, height in sizes if height < UPRIGHT * width]
    usual = float(np.median(lying)) if len(lying) >= WITNESSES else 0.0
    found = zip(quads, sizes, strict=True)
    return [
        _stroke(recogniser, page, corners, size) if UPRIGHT * size[0] <= size[1] <= LONE * usual
        else recogniser.cut(page, corners)
        for corners, size in found
    ]  # fmt: skip


def is_stroke(characters: Characters) -> bool:
    """Whether a line is nothing but a stroke, and sure enough to be one."""
    return len(characters) == 1 and characters[0].text in ALIKE and characters[0].probability >= FAINTEST


def _stroke(recogniser: Recogniser, page: Pixels, corners: Corners, size: tuple[float, float]) -> Crop:
    """With paper beside it, made of its own edges, so that nobody lays it down, and no neighbour comes in."""
    straight = straightened(page, corners, *size)
    height, width = straight.shape[:2]
    room = ceil((height - width) / 2)
    roomy = np.asarray(cv2.copyMakeBorder(straight, 0, 0, room, room, cv2.BORDER_REPLICATE), dtype=np.uint8)
    sides = roomy.shape[1], roomy.shape[0]
    whole = np.array([[0, 0], [sides[0], 0], sides, [0, sides[1]]], dtype=np.float32)
    return replace(recogniser.cut(roomy, whole), corners=corners)
