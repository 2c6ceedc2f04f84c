"""Other OCR software to be measured beside ours. Adding one is adding a file.

A peer is one module here, found by its name. It is imported in two places: by the driver, where the peer is not
installed, and in the peer's own environment. It has

- `ENVIRONMENT`: what is installed for it (`benchmarks.harness.environments`),
- `VARIANTS`: the models or modes to be measured, by name,
- `SLOW`: whether it takes seconds an image, so that `--slow-files` holds for it,
- `languages(variant) -> frozenset[str]`: what it claims to read, asked by the driver,
- `load(setup) -> benchmarks.harness.door.Loaded`: the peer, ready to read; the only place that imports it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

CHINESE = frozenset({"ch", "zh", "chinese_cht", "zh-Hant"})
JAPANESE = frozenset({"ja", "japan"})
LATIN = frozenset({"en", "fr", "it", "es", "la", "sr-Latn", "nl", "de"})
"""Of the languages that the sets are in; peers may read more."""


def pixels(path: Path) -> Any:
    """A picture as height x width x 3 bytes, RGB. For the peers' environments, which all have Pillow and NumPy."""
    import numpy as np
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def bgr(path: Path) -> Any:
    """The same in OpenCV's order of channels, in memory of its own."""
    return pixels(path)[..., ::-1].copy()
