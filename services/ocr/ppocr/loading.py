"""Weights in MODEL_DIR as detectors and recognisers, each loaded when it is first asked for and then kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.ocr.ppocr import alphabet, graph
from services.ocr.ppocr.detection import Detector, Thresholds
from services.ocr.ppocr.quantisation import calibrations
from services.ocr.ppocr.recognition import Recogniser

WEIGHTS = "inference.onnx"
DICTIONARY = "characters.txt"


class Models:
    """The models of one process. Each has threads of its own: they run one after the other.

    With `integers`, recognisers that have been calibrated compute in 8 bits.
    """

    def __init__(self, model_dir: Path, arithmetic: graph.Arithmetic, integers: bool) -> None:
        self._model_dir = model_dir
        self._arithmetic = arithmetic
        self._integers = integers
        self.detector = cache(self._detector)
        self.recogniser = cache(self._recogniser)

    def _detector(self, name: str, thresholds: Thresholds) -> Detector:
        return Detector(graph.detector(self._model_dir / name / WEIGHTS, self._arithmetic), thresholds)

    def _recogniser(self, name: str, cjk: bool) -> Recogniser:
        """With `cjk` the classifier is whole, else without Chinese and Japanese characters."""
        path = self._model_dir / name / WEIGHTS
        characters = alphabet.of_dictionary(dictionary(path))
        classes = None if cjk else alphabet.without_cjk(characters)
        kept = characters if classes is None else [characters[index] for index in classes]
        known = calibrations().get(name) if self._integers else None
        return Recogniser(graph.recogniser(path, self._arithmetic, classes, known), kept)


def dictionary(weights: Path) -> str:
    """The model's characters, a line each: from the file beside the weights, or else from their metadata."""
    beside = weights.with_name(DICTIONARY)
    return beside.read_text(encoding="utf-8") if beside.exists() else graph.embedded_dictionary(weights)
