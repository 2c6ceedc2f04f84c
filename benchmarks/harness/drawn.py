"""Pages of the project's own making, for machines without a collection of scans.

Clean print in one type, slightly turned and noisy: much easier than scans, so they tell speed better than accuracy.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from services.ocr.engine import Pixels

SIZE = (1240, 1754)
"""A4 at 150 dpi."""

MARGIN = 90
VOCABULARY = tuple(
    re.findall(
        r"\w+",
        """account address agreement amount balance between carried charge copies date delivery department description
        discount during engine enclosed estimate following freight general hundred invoice items letter machine material
        measured month number office order paper payment period please price quantity received reference remarks report
        returned sample section service shipment signature station subtotal supply terms thousand total transfer""",
    )
)


def page(seed: int) -> tuple[Pixels, str]:
    """A page and its text, the same for the same seed: every third one a table, the others prose."""
    dice = random.Random(seed)
    lines = list(_table(dice) if seed % 3 == 0 else _prose(dice))
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    size = dice.choice((20, 24, 28))
    font, step = ImageFont.load_default(size), size * 1.6
    lines = lines[: int((SIZE[1] - 2 * MARGIN) / step)]
    for number, cells in enumerate(lines):
        for place, text in cells:
            draw.text((MARGIN + place, MARGIN + number * step), text, (20, 20, 20), font)
    turned = image.rotate(dice.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor="white")
    return _noisy(turned, seed), "\n".join(" ".join(text for _, text in cells) for cells in lines)


def _prose(dice: random.Random) -> Iterator[list[tuple[int, str]]]:
    for _ in range(dice.randint(18, 55)):
        sentence = " ".join(dice.choices(VOCABULARY, k=dice.randint(3, 7)))
        yield [(0, f"{sentence.capitalize()} {dice.randint(1, 9999)}.")]


def _table(dice: random.Random) -> Iterator[list[tuple[int, str]]]:
    for number in range(1, dice.randint(20, 45)):
        amount = f"{dice.randint(0, 9999)}.{dice.randint(0, 99):02}"
        yield [(0, str(number)), (80, dice.choice(VOCABULARY)), (500, str(dice.randint(1, 99))), (800, amount)]


def _noisy(image: Image.Image, seed: int) -> Pixels:
    grain = np.random.default_rng(seed).normal(0, 6, (*reversed(SIZE), 1))
    return np.clip(np.asarray(image, dtype=float) + grain, 0, 255).astype(np.uint8)
