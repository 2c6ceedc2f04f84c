"""The detector's last layers, computed at a quarter of the page's side.

DB's head (Liao et al. 2020) ends in two transposed convolutions of 2 x 2 points with stride 2. Their patches do not
overlap, so each is a product at every point: the first makes four points of one, the second sixteen. Together they are
two convolutions of 1 x 1 and a rearrangement of sixteen channels into 4 x 4 points. The map is the same but for
rounding, in .87 of the detector's time: the two largest layers, half as high as the page and as high, are never
written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import openvino as ov
import openvino.opset13 as ops

from services.ocr.ppocr.nodes import Floats, constant, data_of, is_constant

SCALE = 4
"""The side, in points of the map, of what both transposed convolutions make of one point."""

PATCHWISE = {"strides": [2, 2], "pads_begin": [0, 0], "pads_end": [0, 0], "dilations": [1, 1], "output_padding": [0, 0]}
"""Attributes of a transposed convolution of 2 x 2 whose patches do not overlap."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A transposed convolution: `weights` are inputs x outputs x 2 x 2, `offsets` one for each output, or for all."""

    given: ov.Output
    weights: Floats
    offsets: Floats


def with_small_head(model: ov.Model) -> ov.Model:
    """A model with the same map and the smaller head; `model` itself where its head is another one."""
    layers = _layers(model)
    if layers is None:
        return model
    first, last = layers
    features = ops.relu(_convolved(first.given, *_four_points(first)))
    chances = ops.sigmoid(_convolved(features.output(0), *_sixteen_points(last)))
    heat = ops.depth_to_space(chances, "blocks_first", SCALE)
    return ov.Model([ops.result(heat)], model.get_parameters(), "detector")


def _layers(model: ov.Model) -> tuple[_Layer, _Layer] | None:
    """The last two layers of a model that ends like DB's."""
    last = _layer(_above(model.output(0).get_node()), "Sigmoid")
    if last is None or last.weights.shape[1] != 1:
        return None
    first = _layer(_without_identities(last.given.get_node()), "Relu")
    return (first, last) if first else None


def _layer(activation: ov.Node, kind: str) -> _Layer | None:
    """The transposed convolution under an activation of this kind, with what is done to its outputs folded into it."""
    if activation.get_type_name() != kind:
        return None
    factors, offsets, node = np.ones(1, dtype=np.float32), np.zeros(1, dtype=np.float32), _above(activation)
    while (change := _change(node)) is not None:
        factors, offsets, node = factors * change[0], offsets + factors * change[1], _above(node)
    if not _is_patchwise(node):
        return None
    weights = data_of(node.input_value(1)) * factors.reshape(1, -1, 1, 1)
    return _Layer(node.input_value(0), weights, offsets)


def _is_patchwise(node: ov.Node) -> bool:
    if node.get_type_name() != "ConvolutionBackpropData" or not is_constant(node.input_value(1)):
        return False
    attributes, sides = node.get_attributes(), list(node.input_value(1).get_shape())[2:]
    return sides == [2, 2] and all(list(attributes[name]) == wanted for name, wanted in PATCHWISE.items())


def _change(node: ov.Node) -> tuple[Floats, Floats] | None:
    """What a node multiplies channels by and what it then adds, if that is all that it does."""
    nothing = np.ones(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    match node.get_type_name():
        case "Identity":
            return nothing
        case "Add" if is_constant(node.input_value(1)):
            return nothing[0], data_of(node.input_value(1)).reshape(-1)
        case "BatchNormInference":
            scale, shift, mean, variance = (data_of(node.input_value(port)) for port in range(1, 5))
            factor = scale / np.sqrt(variance + np.float32(node.get_attributes()["epsilon"]))
            return factor, shift - mean * factor
    return None


def _four_points(layer: _Layer) -> tuple[Floats, Floats]:
    """As a convolution of 1 x 1: for each point of the patch, row by row, all outputs."""
    inputs, outputs = layer.weights.shape[:2]
    offsets = np.tile(np.broadcast_to(layer.offsets, (outputs,)), 4)
    return layer.weights.transpose(2, 3, 1, 0).reshape(4 * outputs, inputs, 1, 1), offsets


def _sixteen_points(layer: _Layer) -> tuple[Floats, Floats]:
    """As a convolution of 1 x 1 on four points: the 4 x 4 points of the map, row by row.

    The first four axes are the row of one of the four points, the row in its patch, and the same for columns; then
    come row and column of the point that is looked at, which is that one alone.
    """
    inputs = len(layer.weights)
    weights = np.zeros((2, 2, 2, 2, 2, 2, inputs), dtype=np.float32)
    for row in range(2):
        for column in range(2):
            weights[row, :, column, :, row, column] = layer.weights[:, 0].transpose(1, 2, 0)
    return weights.reshape(16, 4 * inputs, 1, 1), layer.offsets


def _convolved(given: ov.Output, weights: Floats, offsets: Floats) -> ov.Node:
    product = ops.convolution(given, constant(weights), [1, 1], [0, 0], [0, 0], [1, 1])
    return ops.add(product, constant(offsets.reshape(1, -1, 1, 1)))


def _above(node: ov.Node) -> ov.Node:
    """What a node gets first."""
    return node.input_value(0).get_node()


def _without_identities(node: ov.Node) -> ov.Node:
    while node.get_type_name() == "Identity":
        node = _above(node)
    return node
