"""Reading lines: each on its own, at its own width, as many at once as there are streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.ocr.ppocr.crops import Crop, crop
from services.ocr.ppocr.ctc import Characters, Steps, stitched
from services.ocr.ppocr.likelihood import Lattice, best_path

PART, SHARED = 3200, 256
"""Pixels of a line that are read at once, and those that two parts of it share; multiples of crops.STEP.

One request for all of it would read it as well, but the process keeps the memory of its widest request.
"""


class Recogniser:
    """One compiled recogniser, by its `openvino.AsyncInferQueue`, and its characters by class. Not for several threads.

    Batches would pad lines to the widest of them and wait for the slowest; single lines in a queue do neither, and what
    a line reads as never depends on its neighbours.
    """

    cut = staticmethod(crop)

    def __init__(self, queue: Any, alphabet: Sequence[str]) -> None:
        self._queue = queue
        self.alphabet = alphabet

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line, in the order of `crops`."""
        return [best_path(seen, self.alphabet) for seen in self.lattices(crops)]

    def lattices(self, crops: Sequence[Crop]) -> list[Lattice]:
        """What was seen of every line, in the order of `crops`."""
        parts = [(index, start) for index, crop in enumerate(crops) for start in _starts(crop)]
        seen: dict[tuple[int, int], Steps] = {}

        def keep(request: Any, part: tuple[int, int]) -> None:
            seen[part] = tuple(request.get_output_tensor(port).data[0].copy() for port in (0, 1))

        self._queue.set_callback(keep)
        for index, start in sorted(parts, key=lambda part: part[1] - crops[part[0]].filled):
            pixels = crops[index].pixels[:, :, start : start + PART]
            self._queue.start_async({0: np.ascontiguousarray(pixels)}, (index, start))
        self._queue.wait_all()
        lines = enumerate(crops)
        return [_lattice(crop, [seen[index, start] for start in _starts(crop)]) for index, crop in lines]


def _lattice(crop: Crop, parts: Sequence[Steps]) -> Lattice:
    width = crop.pixels.shape[2]
    classes, probabilities = stitched(parts, SHARED * len(parts[0][0]) // min(PART, width))
    return Lattice(classes, probabilities, len(classes) * crop.filled / width)


def _starts(crop: Crop) -> range:
    """Where its parts begin, in pixels. The last one is wider than what it shares."""
    return range(0, max(1, crop.pixels.shape[2] - SHARED), PART - SHARED)
