"""Weights in MODEL_DIR as detectors and recognisers, each loaded when it is first asked for and then kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from services.ocr.ppocr import alphabet, graph, lexicon
from services.ocr.ppocr.detection import Detector, Thresholds
from services.ocr.ppocr.recognition import Recogniser
from services.ocr.ppocr.rescoring import SecondThoughts

WEIGHTS = "inference.onnx"
DICTIONARY = "characters.txt"

MOST_LEXICONS = 8
"""Sets of languages whose words are kept. Clients choose them; a language takes up to 8 MB."""


class Models:
    """The models of one process, each on `threads` threads of its own kind: they run one after the other."""

    def __init__(self, model_dir: Path, threads: int) -> None:
        self._model_dir = model_dir
        self._threads = threads
        self.detector = cache(self._detector)
        self.recogniser = cache(self._recogniser)
        self._second_thoughts = lru_cache(MOST_LEXICONS)(self._load_second_thoughts)

    def _detector(self, name: str, thresholds: Thresholds) -> Detector:
        return Detector(graph.detector(self._model_dir / name / WEIGHTS, self._threads), thresholds)

    def _recogniser(self, name: str, cjk: bool) -> Recogniser:
        """With `cjk` the classifier is whole, else without Chinese and Japanese characters."""
        path = self._model_dir / name / WEIGHTS
        characters = alphabet.of_dictionary(_dictionary(path))
        classes = None if cjk else alphabet.without_cjk(characters)
        kept = characters if classes is None else [characters[index] for index in classes]
        return Recogniser(graph.recogniser(path, self._threads, classes), kept)

    def second_thoughts(self, name: str, cjk: bool, languages: Iterable[str]) -> SecondThoughts:
        """On top of that recogniser, with the words of those of these languages that have a list."""
        lists = lexicon.listed(languages, self._model_dir / lexicon.MODEL)
        return self._second_thoughts(name, cjk, tuple(sorted(lists)))

    def _load_second_thoughts(self, name: str, cjk: bool, lists: tuple[Path, ...]) -> SecondThoughts:
        return SecondThoughts(self.recogniser(name, cjk), lexicon.load(lists) if lists else None)


def _dictionary(weights: Path) -> str:
    """The model's characters, a line each: from the file beside the weights, or else from their metadata."""
    beside = weights.with_name(DICTIONARY)
    return beside.read_text(encoding="utf-8") if beside.exists() else graph.embedded_dictionary(weights)
