"""RapidOCR on OpenVINO with PP-OCRv6 small, the weights of our tier `balanced`.

Its classifier of upside-down lines is off: none of ours runs either, and the sets' lines stand upright.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment
from benchmarks.harness.precision import noted
from benchmarks.peers import CHINESE, JAPANESE, LATIN, bgr

ENVIRONMENT = Environment(
    requirements=("rapidocr==3.10.0", "openvino==2026.4.1", "opencv-python==5.0.0.93", "pillow"),
    over=("opencv-python-headless==5.0.0.93",),
    unwanted=("openvino-telemetry",),
)
VARIANTS = ("v6_small",)
SLOW = False


def languages(variant: str) -> frozenset[str]:
    """Those of PP-OCRv6."""
    return CHINESE | JAPANESE | LATIN


def load(setup: Setup) -> Loaded:
    """The models are in the package, and are loaded at their first use, which a blank picture is."""
    import numpy as np
    from rapidocr import EngineType, RapidOCR

    parameters = {
        "Det.engine_type": EngineType.OPENVINO,
        "Rec.engine_type": EngineType.OPENVINO,
        "EngineConfig.openvino.inference_num_threads": setup.threads,
        "Global.log_level": "warning",
    }
    blank = np.full((736, 736, 3), 255, dtype=np.uint8)
    with noted(setup.float32) as precisions:
        engine = RapidOCR(params=parameters)
        engine(blank, use_det=True, use_cls=False, use_rec=False)
        engine(blank, use_det=False, use_cls=False, use_rec=True)

    def read(path: Path, language: str, begin: Begin) -> str:
        page = bgr(path)
        begin()
        return "\n".join(engine(page, use_det=True, use_cls=False, use_rec=True).txts or ())

    return Loaded(read, ("rapidocr", "openvino"), tuple(precisions))
