"""The recogniser's characters, and which of them a request can do without.

A classifier's column that is left out can no longer win, and its share of the product, the soft-max and the arg-max is
saved. For text in Latin letters those are the 16,000 Chinese and Japanese ones; every letter, digit, punctuation mark
and symbol below U+2E80 stays, so a Greek letter or a tick in an English form is still read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FIRST_CJK = "\u2e80"
"""The first character of the CJK Radicals Supplement; Unicode has Chinese and Japanese from here on."""


def of_dictionary(text: str) -> tuple[str, ...]:
    """The characters by class: the blank, the lines of a PP-OCR dictionary, and the space that PP-OCR appends."""
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    return ("", *lines, " ")


def without_cjk(alphabet: Sequence[str]) -> NDArray[np.int64]:
    """The classes that text in Latin letters needs, ascending, the blank among them."""
    return np.array([index for index, character in enumerate(alphabet) if character < FIRST_CJK], dtype=np.int64)
