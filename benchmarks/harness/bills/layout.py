"""Bills as documents, as the engine would have read them without a fault, and as pictures for it to read."""

from __future__ import annotations

import random
from math import cos, radians, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.harness.bills.printed import Bill, Cell
from services.document.model import Document, Line, Page, Point, Quad
from services.ocr.engine import Pixels

WIDTH, HEIGHT, SPACING = 10, 20, 30
"""Of a character, of a line, and from line to line, in pixels of a document."""

LEAN = 1.5
"""Degrees that a page is turned at most."""

TYPE, MARGIN = 26, 60
"""The type's size and the margin of a picture, in pixels."""


def document(bill: Bill) -> Document:
    """One page, slightly turned, its lines a pixel or two off, read with confidences from .9 on."""
    dice = random.Random(bill.seed)
    angle = radians(dice.uniform(-LEAN, LEAN))
    lines = tuple(
        Line(cell.text, dice.uniform(0.9, 0.999), _quad(cell, row, dice.uniform(-2, 2), angle))
        for row, cells in enumerate(bill.rows)
        for cell in cells
    )
    text = "\n".join(" ".join(cell.text for cell in cells) for cells in bill.rows)
    return Document((Page(1, 1000, SPACING * len(bill.rows), lines, text),))


def _quad(cell: Cell, row: int, jitter: float, angle: float) -> Quad:
    first = cell.column - (len(cell.text) if cell.right else 0)
    left, right = WIDTH * first, WIDTH * (first + len(cell.text))
    top = SPACING * row + jitter
    corners = ((left, top), (right, top), (right, top + HEIGHT), (left, top + HEIGHT))
    return Quad(*(_turned(corner, angle) for corner in corners))


def _turned(point: Point, angle: float) -> Point:
    x, y = point
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


def picture(bill: Bill) -> Pixels:
    """The bill in the type that Pillow carries, slightly turned and noisy."""
    font = ImageFont.load_default(TYPE)
    step, character = TYPE * 3 // 2, TYPE * 0.62
    width = int(character * max(cell.column + len(cell.text) for cells in bill.rows for cell in cells)) + 2 * MARGIN
    image = Image.new("RGB", (width, step * len(bill.rows) + 2 * MARGIN), "white")
    draw = ImageDraw.Draw(image)
    for row, cells in enumerate(bill.rows):
        for cell in cells:
            place = (MARGIN + character * cell.column, MARGIN + step * row)
            draw.text(place, cell.text, (25, 25, 25), font, anchor="ra" if cell.right else "la")
    dice = np.random.default_rng(bill.seed)
    turned = image.rotate(float(dice.uniform(-LEAN, LEAN)), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    grain = dice.normal(0, 6, (turned.height, turned.width, 1))
    return np.clip(np.asarray(turned, dtype=float) + grain, 0, 255).astype(np.uint8)
