"""An engine that passes every check and then cannot be loaded."""

from __future__ import annotations

from config import Settings
from services.ocr.engine import Engine, EngineInfo, uniform

REQUIRES: tuple[str, ...] = ()


def describe(settings: Settings) -> EngineInfo:
    return EngineInfo("unloadable", uniform(("none",), ("en",), "balanced"), words=False)


def check(settings: Settings) -> None:
    """Finds nothing wrong."""


def build(settings: Settings) -> Engine:
    raise OSError("the weights cannot be read")
