"""What of a page its rules are looked for in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A page's pixels, RGB or grey. Lines are told in pixels of which one of these takes up `size`.

    `upright_rules` is False where it is known that there are none on it.
    """

    pixels: NDArray[np.uint8]
    size: float = 1.0
    upright_rules: bool = True
