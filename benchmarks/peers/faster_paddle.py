"""faster-paddle: PP-OCRv6 in Rust on ONNX Runtime. It takes files only, so it gets an uncompressed one from memory."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment
from benchmarks.peers import CHINESE, JAPANESE, LATIN, pixels

ENVIRONMENT = Environment(requirements=("faster-paddle==1.0.4", "numpy", "pillow"))
VARIANTS = ("v6_tiny", "v6_small")
SLOW = False


def languages(variant: str) -> frozenset[str]:
    """PP-OCRv6_tiny has no Japanese syllables."""
    return CHINESE | LATIN if variant == "v6_tiny" else CHINESE | LATIN | JAPANESE


def load(setup: Setup) -> Loaded:
    """Both models are in the package."""
    from faster_paddle import OcrEngine
    from PIL import Image

    engine = OcrEngine(model_size=setup.variant.removeprefix("v6_"), threads=setup.threads)

    def read(path: Path, language: str, begin: Begin) -> str:
        file = BytesIO()
        Image.fromarray(pixels(path)).save(file, "BMP")
        begin()
        return str(engine.ocr(file.getvalue())["text"])

    return Loaded(read, ("faster-paddle",))
