"""ONNX weights as compiled models that take RGB bytes and answer in few numbers.

What PP-OCR leaves to its callers is put into the graph: bytes to floats, RGB to BGR, mean and scale before it, the
choice of the likeliest classes behind it. So no float image and no matrix of 18,710 columns per line reaches Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
import openvino.opset13 as ops
from numpy.typing import NDArray
from openvino.preprocess import ColorFormat, PrePostProcessor

from services.ocr.ppocr.head import with_small_head
from services.ocr.ppocr.nodes import constant, data_of, is_constant
from services.ocr.ppocr.quantisation import Calibrations, quantise

Classes = NDArray[np.int64]
"""Indices of the classifier's columns, ascending, 0 (the CTC blank) among them."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What is taken off a byte and what the rest is divided by, for each channel in the model's order, BGR."""

    mean: tuple[float, float, float]
    scale: tuple[float, float, float]


DETECTION = Normalisation((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
"""ImageNet's, applied to BGR as PaddleOCR does (DetResizeForTest, NormalizeImage in inference.yml)."""

RECOGNITION = Normalisation((127.5, 127.5, 127.5), (127.5, 127.5, 127.5))
"""RecResizeImg: minus one to one."""


KEPT = 8
"""Classes per step that leave a recogniser. All but the best serve second thoughts (`rescoring`); one costs as much."""

KERNELS = 5000
"""Kernels that a recogniser keeps, some 200 a width (OpenVINO's default): lines come in few widths.

A detector keeps none: hardly two scans have one size, and what it kept grew a worker by 250 MB over 120 pages and saved
no time.
"""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a process computes: on so many threads, and `exact`, in 32-bit floats, or as fast as the processor can.

    What is not quantised is then in bfloat16 where the processor has it (AVX512_BF16, AMX): OpenVINO's default.
    """

    threads: int
    exact: bool = False


def detector(path: Path, arithmetic: Arithmetic) -> ov.InferRequest:
    """Takes 1 x height x width x 3 bytes, sides multiples of 32; gives the text map, 1 x 1 x height x width floats."""
    core = ov.Core()
    model = with_bytes(with_small_head(core.read_model(path)), DETECTION)
    return _compiled(core, model, arithmetic, streams=1, kept_shapes=0).create_infer_request()


def recogniser(
    path: Path, arithmetic: Arithmetic, classes: Classes | None = None, known: Calibrations | None = None
) -> ov.AsyncInferQueue:
    """Takes 1 x 48 x width x 3 bytes; gives the likeliest classes and their probabilities, 1 x steps x KEPT each.

    With `classes` the classifier has only these columns, and classes are numbered by their place among them. With
    `known` calibrations the convolutions compute in integers. One stream per thread: lines are read side by side.
    """
    core = ov.Core()
    model = core.read_model(path)
    if known is not None:
        quantise(model, known)
    model = with_bytes(_with_best_classes(model, classes), RECOGNITION)
    return ov.AsyncInferQueue(_compiled(core, model, arithmetic, streams=arithmetic.threads, kept_shapes=KERNELS))


def embedded_dictionary(path: Path) -> str:
    """The characters that RapidOCR writes into the metadata of an ONNX recogniser, a line each."""
    return str(ov.Core().read_model(path).get_rt_info(["framework", "character"]).astype(str))


def columns(path: Path) -> int:
    """The classes of a recogniser, the blank among them."""
    return int(ov.Core().read_model(path).output(0).get_partial_shape()[2].get_length())


def _compiled(
    core: ov.Core, model: ov.Model, arithmetic: Arithmetic, streams: int, kept_shapes: int
) -> ov.CompiledModel:
    config = {
        "INFERENCE_NUM_THREADS": arithmetic.threads,
        "NUM_STREAMS": streams,
        "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT",
        "ENABLE_CPU_PINNING": False,
        "CPU_RUNTIME_CACHE_CAPACITY": kept_shapes,
    }
    if arithmetic.exact:
        config["INFERENCE_PRECISION_HINT"] = "f32"
    return core.compile_model(model, "CPU", config)


def with_bytes(model: ov.Model, normalisation: Normalisation) -> ov.Model:
    wrapped = PrePostProcessor(model)
    image = wrapped.input()
    image.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.RGB)
    image.model().set_layout(ov.Layout("NCHW"))
    steps = image.preprocess().convert_element_type(ov.Type.f32).convert_color(ColorFormat.BGR)
    steps.mean(list(normalisation.mean)).scale(list(normalisation.scale))
    return wrapped.build()


def _with_best_classes(model: ov.Model, classes: Classes | None) -> ov.Model:
    """The model with its soft-max over all classes replaced by the best of them and their probabilities."""
    product, bias = _classifier(model)
    turned = product.get_attributes()
    weights, offsets = data_of(product.input_value(1)), data_of(bias)
    if classes is not None:
        weights, offsets = weights.take(classes, axis=0 if turned["transpose_b"] else 1), offsets[classes]
    features = product.input_value(0)
    logits = ops.add(
        ops.matmul(features, constant(weights), turned["transpose_a"], turned["transpose_b"]), constant(offsets)
    )
    best = ops.topk(ops.softmax(logits, axis=2), _index(KEPT), 2, "max", "value", index_element_type="i32")
    return ov.Model([ops.result(best.output(i)) for i in (1, 0)], model.get_parameters(), "recogniser")


def _classifier(model: ov.Model) -> tuple[ov.Node, ov.Output]:
    """The product that makes logits of features, and the constant that is added to it."""
    added = _upwards(model.output(0).get_node(), "Add")
    product = _upwards(added, "MatMul")
    bias = next(value for value in added.input_values() if is_constant(value))
    return product, bias


def _upwards(node: ov.Node, kind: str) -> ov.Node:
    """The nearest node of a kind above this one, along first inputs."""
    node = node.input_value(0).get_node()
    while node.get_type_name() != kind:
        node = node.input_value(0).get_node()
    return node


def _index(value: int | Sequence[int]) -> ov.Node:
    return ops.constant(np.array(value, dtype=np.int64))
