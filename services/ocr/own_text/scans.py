"""Whether text that is not seen is somebody's earlier recognition of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from services.document.model import Bounds
from services.ocr.own_text.seen import Looks
from services.ocr.own_text.stretches import Row

PICTURES = 0.5
"""The share of the page that pictures cover where it is a scan."""

OVER_INK = 0.3
"""The share of hidden lines from which they may be what is printed there: earlier recognitions may be a little off."""

INK = 40
"""The range of grey levels where something is printed."""


def are_recognised(unseen: Sequence[Row], pictures: float, looks: Looks) -> bool:
    """Whether these rows, which are not seen, lie over print in a scan, of which `pictures` is the covered share."""
    inked = sum(_has_ink(row, looks) for row in unseen)
    return pictures > PICTURES and inked > OVER_INK * len(unseen)


def _has_ink(row: Row, looks: Looks) -> bool:
    left, top, right, bottom = (max(0, int(side * looks.scale)) for side in row.quad(row.parts).bounds)
    window = looks.grey[top : bottom + 1, left : right + 1]
    return bool(window.size) and int(window.max()) - int(window.min()) > INK


def covered(boxes: Iterable[Bounds], width: float, height: float) -> float:
    """The share of the page under any of these boxes, to about a hundredth."""
    steps = 100
    grid = np.zeros((steps, steps), dtype=bool)
    for left, top, right, bottom in boxes:
        columns = _steps(left / width, right / width, steps)
        grid[_steps(top / height, bottom / height, steps), columns] = True
    return float(grid.mean())


def _steps(start: float, end: float, steps: int) -> slice:
    return slice(round(max(0.0, min(start, 1.0)) * steps), round(max(0.0, min(end, 1.0)) * steps))
