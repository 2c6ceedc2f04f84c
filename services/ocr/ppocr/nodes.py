"""Constants of OpenVINO's graphs, read and made."""

from __future__ import annotations

import numpy as np
import openvino as ov
import openvino.opset13 as ops
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def is_constant(value: ov.Output) -> bool:
    """Whether a node's output is the same for every image."""
    return bool(value.get_node().get_type_name() == "Constant")


def data_of(value: ov.Output) -> Floats:
    """The numbers of a constant, copied."""
    return np.array(value.get_node().get_data(), dtype=np.float32)


def constant(data: Floats) -> ov.Node:
    """A node that gives these numbers."""
    return ops.constant(np.ascontiguousarray(data, dtype=np.float32))
