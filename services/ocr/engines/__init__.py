"""OCR engines. An engine turns the picture of one page into text lines.

An engine is one module here, found by its name. It has

- `REQUIRES`: the third-party modules it needs,
- `check(settings)`, which raises `config.BadSetting` when a model file is missing or wrong,
- `describe(settings) -> EngineInfo`: what it can do, without loading anything (the web process asks this),
- `build(settings) -> Engine`: the loaded engine; raises what `check` raises.

Nothing here or above knows which library is underneath.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.document import Line

Pixels = NDArray[np.uint8]
"""A page image: height x width x 3, RGB, C-contiguous."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What an engine offers in this deployment.

    `languages` are the accepted values of `lang`; `tiers` those of `tier`. `models` name weights and version of every
    tier: they are part of the cache key, so a change of weights never answers from an old cache.
    """

    name: str
    models: tuple[str, ...]
    languages: tuple[str, ...]
    tiers: tuple[str, ...]
    words: bool


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How one page is to be read. `languages` and `tier` are among those of the engine's `EngineInfo`."""

    languages: tuple[str, ...] = ("en",)
    tier: str = "balanced"
    words: bool = False


class Engine(Protocol):
    """Reads text from page images. Not to be shared between threads unless the engine says otherwise."""

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        """The text lines of one image, in no particular order, with quads in pixels of `pixels`.

        An image without text gives an empty sequence. Raises `services.errors.EngineFailed`.
        """
        ...
