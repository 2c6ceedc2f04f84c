"""Structured append: where a QR code belongs among several that hold one text (ISO/IEC 18004:2024, section 8).

zxing-cpp reads the place but does not tell it in Python. It does give the symbol's modules as it read them, so that
the first 20 bits of the data are read here once more: mode 0011, place, number of symbols less one, parity.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import zxingcpp
from numpy.typing import NDArray

Modules = NDArray[np.bool_]
"""Side x side, row first; True is dark."""

MODE = 0b0011

BLOCKS = {
    "L": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "M": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "Q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "H": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 "
    "25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
}
"""Blocks of error correction by level, for versions 1 to 40 (table 9): codewords of the blocks are interleaved."""


class Place(NamedTuple):
    """`number` counts from 1. `parity` is the sum modulo 2 of all bytes of the whole text, the same in every part."""

    number: int
    total: int
    parity: int


def place(found: zxingcpp.Barcode) -> Place | None:
    """The place of a QR code, None where it stands alone."""
    extra = found.extra if isinstance(found.extra, dict) else {}
    version, level, mask = int(extra.get("Version") or 0), str(extra.get("ECLevel")), int(extra.get("DataMask") or 0)
    if not 1 <= version <= 40 or level not in BLOCKS:
        return None
    modules = np.asarray(found.to_image(scale=1, add_quiet_zones=False)) < 128
    if modules.shape != (17 + 4 * version,) * 2:
        return None
    return header(modules, version, level, mask)


def header(modules: Modules, version: int, level: str, mask: int) -> Place | None:
    """The same, from the modules as they are printed."""
    blocks = int(BLOCKS[level].split()[version - 1])
    bits = _bits(modules, version, mask)
    first, second, third = (_codeword(bits, number * blocks) for number in range(3))
    if first >> 4 != MODE:
        return None
    index, last = first & 15, second >> 4
    return Place(index + 1, last + 1, (second & 15) << 4 | third >> 4) if index <= last else None


def _bits(modules: Modules, version: int, mask: int) -> Modules:
    """The data bits in their order, the mask taken away."""
    rows, columns = _order(version)
    return np.asarray(modules[rows, columns] ^ _MASKS[mask](rows, columns))


def _codeword(bits: Modules, number: int) -> int:
    return int("".join("1" if bit else "0" for bit in bits[8 * number : 8 * number + 8]) or "0", 2)


_MASKS = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
"""Table 10: i counts rows, j columns."""


@cache
def _order(version: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the data modules, in pairs of columns up and down from the right (section 7.7.3)."""
    side = 17 + 4 * version
    free = ~_function(version)
    found = [(row, column) for row, column in _zigzag(side) if free[row, column]]
    rows, columns = np.array(found, dtype=np.intp).T
    return rows, columns


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    rights = [right - (right <= 6) for right in range(side - 1, 0, -2)]
    for turn, right in enumerate(rights):
        for row in range(side) if turn % 2 else range(side - 1, -1, -1):
            yield row, right
            yield row, right - 1


def _function(version: int) -> Modules:
    """Modules that are no data: finders with format, timing, alignment, version."""
    side = 17 + 4 * version
    taken = np.zeros((side, side), bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True
    taken[6, :] = taken[:, 6] = True
    for row in (middles := _alignment(version)):
        for column in middles:
            if (row, column) not in ((6, 6), (6, side - 7), (side - 7, 6)):
                taken[row - 2 : row + 3, column - 2 : column + 3] = True
    if version >= 7:
        taken[:6, -11:-8] = taken[-11:-8, :6] = True
    return taken


def _alignment(version: int) -> list[int]:
    """Middles of the alignment patterns along one side (annex E)."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *sorted(10 + 4 * version - step * place for place in range(count - 1))]
