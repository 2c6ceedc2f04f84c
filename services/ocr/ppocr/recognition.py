"""Reading lines: each at its own width, as many requests at once as there are streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from services.ocr.engine import Pixels
from services.ocr.lines.characters import Characters
from services.ocr.lines.crops import Crop
from services.ocr.ppocr.crops import crop
from services.ocr.ppocr.ctc import Steps, stitched
from services.ocr.ppocr.likelihood import Lattice, best_path

PART, SHARED = 3072, 256
"""Pixels of a line that are read at once, and those that two parts of it share; multiples of the widest step of crops.

One request for all of it would read it as well, but the process keeps the memory of its widest request.
"""

BATCHES = (4, 2, 1)
"""Lines that are read in one request. More gain nothing, and every size is compiled for every width."""

BATCHED = 320
"""Pixels up to which lines of the same width share a request, which saves a tenth to a quarter of their time.

Beyond, hardly anything is saved."""

Part = tuple[int, int]
"""Of a line: its index among the crops, and the column at which the part starts."""

Seen = dict[Part, Steps]


class Recogniser:
    """One compiled recogniser, by its `openvino.AsyncInferQueue`, and its characters by class. Not for several threads.

    Only lines of the same width share a request: batches of others would be padded to the widest, and what a line reads
    as would depend on its neighbours.
    """

    cut = staticmethod(crop)

    def __init__(self, queue: Any, alphabet: Sequence[str]) -> None:
        self._queue = queue
        self._queue.set_callback(_keep)
        self.alphabet = alphabet

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line, in the order of `crops`."""
        return [best_path(seen, self.alphabet) for seen in self.lattices(crops)]

    def lattices(self, crops: Sequence[Crop]) -> list[Lattice]:
        """What was seen of every line, in the order of `crops`.

        Every request takes along where its results belong: one may still run when its page was given up, because the
        time was over, and the next page, which may be another client's, begins.
        """
        seen: Seen = {}
        for batch in _batches(crops):
            self._queue.start_async({0: np.concatenate([_pixels(crops, part) for part in batch])}, (seen, batch))
        self._queue.wait_all()
        lines = enumerate(crops)
        return [_lattice(crop, [seen[index, start] for start in _starts(crop)]) for index, crop in lines]


def _keep(request: Any, asked: tuple[Seen, Sequence[Part]]) -> None:
    """What one request saw, copied: it is the request's own memory. A part that is missing afterwards fails its page.

    Nothing may be raised from here: OpenVINO would end the process at its next page.
    """
    seen, batch = asked
    with suppress(MemoryError):
        outputs = [request.get_output_tensor(port).data for port in (0, 1)]
        for row, part in enumerate(batch):
            classes, probabilities = (output[row].copy() for output in outputs)
            seen[part] = classes, probabilities


def _batches(crops: Sequence[Crop]) -> Iterator[Sequence[Part]]:
    """All parts of all lines, the widest first so that no stream ends long after the others."""
    by_width: dict[int, list[Part]] = {}
    for index, line in enumerate(crops):
        for start in _starts(line):
            by_width.setdefault(min(PART, line.pixels.shape[2] - start), []).append((index, start))
    for width, parts in sorted(by_width.items(), reverse=True):
        yield from _divided(parts) if width <= BATCHED else ([part] for part in parts)


def _divided(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    while parts:
        size = next(size for size in BATCHES if size <= len(parts))
        yield parts[:size]
        parts = parts[size:]


def _pixels(crops: Sequence[Crop], part: Part) -> Pixels:
    index, start = part
    return crops[index].pixels[:, :, start : start + PART]


def _lattice(crop: Crop, parts: Sequence[Steps]) -> Lattice:
    width = crop.pixels.shape[2]
    classes, probabilities = stitched(parts, SHARED * len(parts[0][0]) // min(PART, width))
    return Lattice(classes, probabilities, len(classes) * crop.filled / width)


def _starts(crop: Crop) -> range:
    """Where its parts begin, in pixels. The last one is wider than what it shares."""
    return range(0, max(1, crop.pixels.shape[2] - SHARED), PART - SHARED)
