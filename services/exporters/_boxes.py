"""Boxes as formats of whole pixels want them, and text as XML takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import atan2, ceil, degrees, floor

from services.document.model import Bounds, Page, Quad

BASELINE = 0.2
"""Where the baseline is, as a share of a line's height above its lower edge: detected boxes reach below descenders."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def pixels(bounds: Bounds, page: Page) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in whole pixels, within the page and not empty."""
    left, top = (max(0, floor(side)) for side in bounds[:2])
    right, bottom = min(page.width, ceil(bounds[2])), min(page.height, ceil(bounds[3]))
    left, top = min(left, max(0, page.width - 1)), min(top, max(0, page.height - 1))
    return left, top, max(left + 1, right), max(top + 1, bottom)


def slant(quad: Quad) -> float:
    """The angle in which the text runs, in degrees clockwise from the right, -180 to 180."""
    (x, y), (x1, y1) = quad.bottom_left, quad.bottom_right
    return degrees(atan2(y1 - y, x1 - x))


def is_upright(quad: Quad) -> bool:
    """Whether the text runs more or less from left to right as the page stands."""
    return abs(slant(quad)) <= 45


def baseline(quad: Quad) -> tuple[tuple[float, float], tuple[float, float]]:
    """Its two ends."""
    return _raised(quad.bottom_left, quad.top_left), _raised(quad.bottom_right, quad.top_right)


def _raised(low: tuple[float, float], high: tuple[float, float]) -> tuple[float, float]:
    return low[0] + BASELINE * (high[0] - low[0]), low[1] + BASELINE * (high[1] - low[1])


def language(names: Sequence[str]) -> str | None:
    """The first language as BCP 47 has it, if it is named by an ISO 639-1 code; PaddleOCR's `ch` is not Chamorro."""
    return names[0] if names and re.fullmatch("[a-z]{2}", names[0]) and names[0] != "ch" else None


def xml_text(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write, such as a text layer's control codes."""
    return _NO_XML.sub("", text)
