"""Convolutions in 8-bit integers: twice the speed of a recogniser on processors with VNNI, at the same accuracy.

Every ordinary convolution but the first gets integers: its weights are rounded to 255 levels per output channel, its
input to 256 levels of a range that `calibration.json` has for it (affine quantisation, Jacob et al. 2018). That is
nine tenths of a recogniser's arithmetic. The first convolution, which sees the image, depth-wise ones, squeeze-and-
excitation, attention and classifier stay in floats: they cost little, and quantising all of them lost two points of F1.

What is written into the graph are FakeQuantize nodes, which OpenVINO's compiler turns into integer kernels.
`benchmarks/calibrate.py` finds the ranges and the scales.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import openvino as ov
import openvino.opset13 as ops
from numpy.typing import NDArray

CALIBRATION = Path(__file__).with_name("calibration.json")

Range = tuple[float, float]
"""The least and the greatest number that keep a value of their own; nought is between them."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one convolution: what the channels of its input are divided by, and the range of what that gives."""

    range: Range
    scales: tuple[float, ...]


Ends = tuple[NDArray[np.float32], NDArray[np.float32]]

Calibrations = Mapping[str, Calibration]
"""By the name of the convolution in the ONNX file."""


@cache
def calibrations() -> Mapping[str, Calibrations]:
    """Those of every model that has been calibrated."""
    models = json.loads(CALIBRATION.read_text(encoding="ascii"))
    return {
        model: {name: Calibration(tuple(ends), tuple(scales)) for name, (ends, scales) in convolutions.items()}
        for model, convolutions in models.items()
    }


def convolutions(model: ov.Model) -> Iterator[ov.Node]:
    """Those that are worth integers."""
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Convolution" and not _sees_image(node) and not _is_squeezed(node):
            yield node


def _sees_image(node: ov.Node) -> bool:
    return bool(node.input_value(1).get_partial_shape()[1].get_length() == 3)


def _is_squeezed(node: ov.Node) -> bool:
    """Whether it works on one value per channel, as in squeeze-and-excitation."""
    sides = list(node.input_value(0).get_partial_shape())[2:]
    return all(side.is_static and side.get_length() == 1 for side in sides)


def quantise(model: ov.Model, known: Calibrations) -> None:
    """Turns the convolutions of `model` in place. Raises KeyError where the calibrations are another model's."""
    for node in list(convolutions(model)):
        found = known[node.get_friendly_name()]
        low, high = _through_nought(*found.range)
        scales = np.array(found.scales, dtype=np.float32).reshape(1, -1, 1, 1)
        inputs = _rounded(node.input_value(0), (low * scales, high * scales), (_one(low), _one(high)), 256)
        weights = np.asarray(node.input_value(1).get_node().get_data(), dtype=np.float32) * scales
        ends = _symmetric(weights)
        node.input(0).replace_source_output(inputs)
        node.input(1).replace_source_output(_rounded(ops.constant(weights).output(0), ends, ends, 255))


def _rounded(value: ov.Output, seen: Ends, given: Ends, levels: int) -> ov.Output:
    """What is `seen` between two ends is rounded to one of the levels and given out between two others."""
    ends = [ops.constant(np.asarray(end, dtype=np.float32)) for end in (*seen, *given)]
    return ops.fake_quantize(value, *ends, levels).output(0)


def _one(value: float) -> NDArray[np.float32]:
    return np.full((1, 1, 1, 1), value, dtype=np.float32)


def _symmetric(weights: NDArray[np.float32]) -> Ends:
    """Ends for each output channel; never nought, which would be a range of no width."""
    most = np.maximum(np.abs(weights).max(axis=(1, 2, 3), keepdims=True), np.float32(1e-8))
    return -most, most


def _through_nought(low: float, high: float) -> Range:
    """The range moved a little, so that nought is one of its 256 levels: padding and ReLU make many noughts."""
    step = (high - low) / 255
    place = round(-low / step)
    return -place * step, (255 - place) * step
