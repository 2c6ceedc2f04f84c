"""Reading lines: each on its own, at its own width, as many at once as there are streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.ocr.ppocr.crops import Crop
from services.ocr.ppocr.ctc import Characters
from services.ocr.ppocr.likelihood import Lattice, best_path


class Recogniser:
    """One compiled recogniser, by its `openvino.AsyncInferQueue`, and its characters by class. Not for several threads.

    Batches would pad lines to the widest of them and wait for the slowest; single lines in a queue do neither, and what
    a line reads as never depends on its neighbours.
    """

    def __init__(self, queue: Any, alphabet: Sequence[str]) -> None:
        self._queue = queue
        self.alphabet = alphabet

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line, in the order of `crops`."""
        return [best_path(seen, self.alphabet) for seen in self.lattices(crops)]

    def lattices(self, crops: Sequence[Crop]) -> list[Lattice]:
        """What was seen of every line, in the order of `crops`."""
        found: dict[int, Lattice] = {}

        def keep(request: Any, index: int) -> None:
            classes, probabilities = (request.get_output_tensor(port).data[0].copy() for port in (0, 1))
            steps_filled = len(classes) * crops[index].filled / crops[index].pixels.shape[2]
            found[index] = Lattice(classes, probabilities, steps_filled)

        self._queue.set_callback(keep)
        for index in sorted(range(len(crops)), key=lambda index: -crops[index].filled):
            self._queue.start_async({0: crops[index].pixels}, index)
        self._queue.wait_all()
        return [found[index] for index in range(len(crops))]
