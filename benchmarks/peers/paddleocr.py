"""PaddleOCR itself: PP-OCRv5 mobile on Paddle Inference with oneDNN, everything but detection and recognition off.

Its models are those of our engine `paddle`, out of MODEL_DIR. The detector sees at most 960 pixels of the long side, as
is usual on CPUs: uncapped, a 300-dpi page takes gigabytes (PaddleOCR#17955).
"""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment
from benchmarks.peers import CHINESE, JAPANESE, LATIN, bgr

ENVIRONMENT = Environment(
    # 3.3 with oneDNN fails on CPUs (Paddle#77340).
    requirements=("paddleocr==3.7.0", "paddlepaddle==3.2.2", "opencv-contrib-python==4.10.0.84", "pillow"),
    # paddlex insists on a distribution called opencv-contrib-python, whose files need libGL; these replace them.
    over=("opencv-contrib-python-headless==4.10.0.84",),
)
VARIANTS = ("v5_mobile",)
SLOW = True

DETECTION_SIDE = 960


def languages(variant: str) -> frozenset[str]:
    """Those of PP-OCRv5's one recogniser."""
    return CHINESE | JAPANESE | LATIN


def load(setup: Setup) -> Loaded:
    """Naming every model and its directory keeps it off the network."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"  # noqa: TID251 - the library takes it from nowhere else
    from paddleocr import PaddleOCR

    models = Path(setup.model_dir)
    engine = PaddleOCR(
        text_detection_model_name="PP-OCRv5_mobile_det",
        text_detection_model_dir=str(models / "PP-OCRv5_mobile_det"),
        text_recognition_model_name="PP-OCRv5_mobile_rec",
        text_recognition_model_dir=str(models / "PP-OCRv5_mobile_rec"),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        text_det_limit_type="max",
        text_det_limit_side_len=DETECTION_SIDE,
        device="cpu",
        enable_mkldnn=True,
        cpu_threads=setup.threads,
    )

    def read(path: Path, language: str, begin: Begin) -> str:
        page = bgr(path)
        begin()
        return "\n".join(engine.predict(page)[0]["rec_texts"])

    return Loaded(read, ("paddleocr", "paddlepaddle"))
