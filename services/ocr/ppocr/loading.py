"""Weights in MODEL_DIR as detectors and recognisers, each loaded when it is first asked for and then kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import yaml

from services.ocr import lexicon
from services.ocr.ppocr import alphabet, graph
from services.ocr.ppocr.detection import Detector, Thresholds
from services.ocr.ppocr.quantisation import calibrations
from services.ocr.ppocr.recognition import Recogniser
from services.ocr.ppocr.rescoring import RescoringRecogniser

WEIGHTS = "inference.onnx"
DICTIONARY = "characters.txt"
SETTINGS = "inference.yml"
"""What PaddleOCR exports beside its weights, the dictionary in it."""

MOST_LEXICONS = 8
"""Sets of languages whose words are kept. Clients choose them; a language takes up to 8 MB."""


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
        self._lexicon = lru_cache(MOST_LEXICONS)(lexicon.load)
        self._rescoring = lru_cache(MOST_LEXICONS)(self._load_rescoring)

    def _detector(self, name: str, thresholds: Thresholds) -> Detector:
        return Detector(graph.detector(self._model_dir / name / WEIGHTS, self._arithmetic), thresholds)

    def _recogniser(self, name: str, cjk: bool, integers: bool = True) -> Recogniser:
        """With `cjk` the classifier is whole, else without Chinese and Japanese characters.

        `integers` is whether 8 bits will do where this process computes in them.
        """
        path = self._model_dir / name / WEIGHTS
        characters = alphabet.of_dictionary(dictionary(path))
        if (columns := graph.columns(path)) != len(characters):
            raise ValueError(f"{name} tells {columns} classes apart, but its dictionary makes {len(characters)}")
        classes = None if cjk else alphabet.without_cjk(characters)
        kept = characters if classes is None else [characters[index] for index in classes]
        known = calibrations().get(name) if integers and self._integers else None
        return Recogniser(graph.recogniser(path, self._arithmetic, classes, known), kept)

    def rescoring(
        self,
        name: str,
        languages: Iterable[str],
        *,
        cjk: bool,
        integers: bool,
        widths: tuple[float, ...],
        narrows: bool = False,
    ) -> RescoringRecogniser:
        """On top of that recogniser, with the words of those of these languages that have a list.

        How far lines may be narrowed was found for Latin letters: with `cjk` none is.
        """
        lists = lexicon.listed(languages, self._model_dir / lexicon.MODEL)
        return self._rescoring(name, tuple(sorted(lists)), cjk, integers, widths, narrows and not cjk)

    def _load_rescoring(
        self,
        name: str,
        lists: tuple[Path, ...],
        cjk: bool,
        integers: bool,
        widths: tuple[float, ...],
        narrows: bool,
    ) -> RescoringRecogniser:
        words = self._lexicon(lists) if lists else None
        return RescoringRecogniser(self.recogniser(name, cjk, integers), words, widths, narrows=narrows)


def dictionary(weights: Path) -> str:
    """The model's characters, a line each: from a file beside the weights, or else from their metadata."""
    plain, settings = weights.with_name(DICTIONARY), weights.with_name(SETTINGS)
    if plain.exists():
        return plain.read_text(encoding="utf-8")
    if settings.exists():
        return "\n".join(map(str, yaml.safe_load(settings.read_bytes())["PostProcess"]["character_dict"]))
    return graph.embedded_dictionary(weights)
