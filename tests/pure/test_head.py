"""A detector's head in convolutions of 1 x 1: the same map, and other heads as they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import openvino as ov
import openvino.opset13 as ops
import pytest

from services.ocr.ppocr.head import with_small_head

FEATURES = 6


def drawn(shape: tuple[int, ...], seed: int) -> ov.Node:
    return ops.constant(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def transposed(given: ov.Node, outputs: int, seed: int, *, patch: int = 2, stride: int = 2) -> ov.Node:
    inputs = given.get_output_partial_shape(0)[1].get_length()
    weights = drawn((inputs, outputs, patch, patch), seed)
    grown = ops.convolution_backprop_data(given, weights, [stride, stride], pads_begin=[0, 0], pads_end=[0, 0])
    return ops.add(grown, drawn((1, outputs, 1, 1), seed + 1))


def normalised(given: ov.Node) -> ov.Node:
    scale, shift, mean = (drawn((FEATURES,), seed) for seed in (5, 6, 7))
    variance = ops.constant(np.linspace(0.5, 2, FEATURES, dtype=np.float32))
    return ops.batch_norm_inference(given, scale, shift, mean, variance, 1e-5)


def with_head(head: Callable[[ov.Node], ov.Node]) -> ov.Model:
    page = ops.parameter([1, FEATURES, -1, -1], ov.Type.f32)
    return ov.Model([ops.result(head(page))], [page], "drawn")


def heat(model: ov.Model, page: np.ndarray) -> np.ndarray:
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(compiled(page)[0])


def transposed_left(model: ov.Model) -> int:
    return sum(node.get_type_name() == "ConvolutionBackpropData" for node in model.get_ops())


def plain(page: ov.Node) -> ov.Node:
    return ops.sigmoid(transposed(ops.relu(transposed(page, FEATURES, 1)), 1, 3))


def with_norm(page: ov.Node) -> ov.Node:
    return ops.sigmoid(transposed(ops.relu(normalised(transposed(page, FEATURES, 1))), 1, 3))


def overlapping(page: ov.Node) -> ov.Node:
    return ops.sigmoid(transposed(ops.relu(transposed(page, FEATURES, 1)), 1, 3, patch=3))


def of_two_maps(page: ov.Node) -> ov.Node:
    return ops.sigmoid(transposed(ops.relu(transposed(page, FEATURES, 1)), 2, 3))


def bent_otherwise(page: ov.Node) -> ov.Node:
    return ops.sigmoid(transposed(ops.tanh(transposed(page, FEATURES, 1)), 1, 3))


def without_sigmoid(page: ov.Node) -> ov.Node:
    return transposed(ops.relu(transposed(page, FEATURES, 1)), 1, 3)


@pytest.mark.parametrize("head", [plain, with_norm])
@pytest.mark.parametrize("size", [(1, 1), (5, 3), (8, 13)])
def test_the_map_is_the_same_and_nothing_is_transposed(
    head: Callable[[ov.Node], ov.Node], size: tuple[int, int]
) -> None:
    page = np.random.default_rng(11).normal(size=(1, FEATURES, *size)).astype(np.float32)
    smaller = with_small_head(with_head(head))
    expected = heat(with_head(head), page)
    assert expected.shape == (1, 1, 4 * size[0], 4 * size[1]) and expected.std() > 0.05
    np.testing.assert_allclose(heat(smaller, page), expected, atol=1e-5)
    assert transposed_left(smaller) == 0


@pytest.mark.parametrize("head", [overlapping, of_two_maps, bent_otherwise, without_sigmoid])
def test_another_head_is_left_as_it_is(head: Callable[[ov.Node], ov.Node]) -> None:
    model = with_head(head)
    assert with_small_head(model) is model and transposed_left(model) == 2
