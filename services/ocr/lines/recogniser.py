"""What reads the lines that a detector has found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.ocr.engine import Pixels
from services.ocr.lines.characters import Characters
from services.ocr.lines.crops import Crop


class Recogniser(Protocol):
    """Reads lines. Not for several threads."""

    def cut(self, page: Pixels, corners: NDArray[np.float32], /) -> Crop:
        """The line inside four corners of a page, clockwise from the upper left, as `read` wants it."""
        ...

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line, in the order of `crops`, each line's in logical order."""
        ...
