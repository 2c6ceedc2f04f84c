"""Recognisers in 8-bit integers, beside the same weights in floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from benchmarks.calibrate import drawn, least_error
from benchmarks.harness.scoring import distance
from config import Settings
from services.ocr.lines.characters import text
from services.ocr.lines.crops import Crop
from services.ocr.ppocr.alphabet import of_dictionary
from services.ocr.ppocr.graph import Arithmetic
from services.ocr.ppocr.loading import WEIGHTS, Models, dictionary
from services.ocr.ppocr.quantisation import calibrations, convolutions, quantise
from utils.cpus import multiplies_integers

MODELS = list(calibrations())
EXACT = Arithmetic(threads=2, exact=True)


def weights(name: str) -> Path:
    return Settings.from_env().model_dir / name / WEIGHTS


@pytest.mark.parametrize("name", MODELS)
def test_most_of_the_convolutions_are_calibrated(name: str) -> None:
    model = ov.Core().read_model(weights(name))
    found = {node.get_friendly_name(): node for node in convolutions(model)}
    assert calibrations()[name].keys() == found.keys()
    for convolution, calibration in calibrations()[name].items():
        low, high = calibration.range
        assert low <= 0 < high and min(calibration.scales) > 0
        assert len(calibration.scales) == found[convolution].input_value(1).get_partial_shape()[1].get_length()


@pytest.mark.parametrize("name", MODELS)
def test_they_compute_in_integers(name: str) -> None:
    model = ov.Core().read_model(weights(name))
    quantise(model, calibrations()[name])
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    runtime = [node.get_rt_info() for node in compiled.get_runtime_model().get_ops()]
    integers = [info for info in runtime if info["runtimePrecision"].astype(str) in ("i8", "u8")]
    assert len([info for info in integers if info["layerType"].astype(str) == "Convolution"]) >= len(
        calibrations()[name]
    )


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("cjk", [False, True])
def test_integers_read_what_floats_read(name: str, cjk: bool) -> None:
    """The lines are worn, and no words: hard ones, on which samples of 160 differ by .01 to .05 where VNNI adds up.

    Elsewhere sums of products overflow 16 bits, and up to .2 of the characters change: the engine never asks for
    integers there, so this only says that they still read at all.
    """
    folder = Settings.from_env().model_dir
    characters = [
        calibration for calibration in of_dictionary(dictionary(weights(name))) if cjk or calibration < "\u2e80"
    ]
    lines = [Crop(pixels, pixels.shape[2], np.empty((4, 2), np.float32)) for pixels in drawn(characters, 160, 3)]
    exact, rounded = (
        [text(line) for line in Models(folder, EXACT, integers).recogniser(name, cjk).read(lines)]
        for integers in (False, True)
    )
    differing = sum(distance(calibration, other) for calibration, other in zip(exact, rounded, strict=True))
    allowed = (0.06 if cjk else 0.04) if multiplies_integers() else 0.3
    assert 0 < differing <= allowed * sum(map(len, exact))


def test_calibrations_of_another_model_are_refused() -> None:
    with pytest.raises(KeyError):
        quantise(ov.Core().read_model(weights(MODELS[0])), {})


def test_the_range_cuts_off_what_is_rare_and_far() -> None:
    values = np.append(np.random.default_rng(1).normal(0, 1, 20_000), 400).astype(np.float32)
    low, high = least_error(values)
    assert low < 0 < 3 < high < 400
