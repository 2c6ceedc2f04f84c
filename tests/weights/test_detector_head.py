"""The detectors that are shipped find the same text with the smaller head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from config import Settings
from services.ocr.ppocr.graph import DETECTION, with_bytes
from services.ocr.ppocr.head import with_small_head
from services.ocr.ppocr.loading import WEIGHTS
from tests.support import samples

LINES = ["Received with thanks", "Total 12.50 EUR", "VAT 19% 2.00"]


def heat(model: ov.Model, page: np.ndarray) -> np.ndarray:
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return np.array(ov.Core().compile_model(with_bytes(model, DETECTION), "CPU", exact)(page)[0])


def weights(name: str) -> Path:
    return Settings.from_env().model_dir / name / WEIGHTS


@pytest.mark.parametrize("name", ["PP-OCRv6_small_det", "PP-OCRv6_tiny_det", "PP-OCRv5_mobile_det_onnx"])
def test_the_map_of_a_page_is_the_same(name: str) -> None:
    page = np.asarray(samples.picture(LINES, (640, 320), 28))[np.newaxis]
    expected = heat(ov.Core().read_model(weights(name)), page)
    smaller = with_small_head(ov.Core().read_model(weights(name)))
    assert expected.max() > 0.9
    np.testing.assert_allclose(heat(smaller, page), expected, atol=1e-5)
    assert all(node.get_type_name() != "ConvolutionBackpropData" for node in smaller.get_ops())
