"""Reading lines: each on its own, at its own width, as many at once as there are streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.ocr.ppocr.crops import Crop, crop
from services.ocr.ppocr.ctc import Characters, decode


class Recogniser:
    """One compiled recogniser, by its `openvino.AsyncInferQueue`, and its characters by class. Not for several threads.

    Batches would pad lines to the widest of them and wait for the slowest; single lines in a queue do neither, and what
    a line reads as never depends on its neighbours.
    """

    cut = staticmethod(crop)

    def __init__(self, queue: Any, alphabet: Sequence[str]) -> None:
        self._queue = queue
        self._alphabet = alphabet

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line, in the order of `crops`."""
        found: list[Characters] = [()] * len(crops)

        def keep(request: Any, index: int) -> None:
            best, probability = (request.get_output_tensor(port).data[0] for port in (0, 1))
            crop = crops[index]
            steps_filled = len(best) * crop.filled / crop.pixels.shape[2]
            found[index] = decode(best, probability, self._alphabet, steps_filled)

        self._queue.set_callback(keep)
        for index in sorted(range(len(crops)), key=lambda index: -crops[index].filled):
            self._queue.start_async({0: crops[index].pixels}, index)
        self._queue.wait_all()
        return found
