"""Our own engines as contestants, each tier one: what a worker does with a page, without the service around it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.harness.data import media_type
from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.precision import noted
from config import Settings
from services.ocr import engines
from services.ocr.engine import Engine, ReadOptions
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.plugins import load as plugin


def load(setup: Setup) -> Loaded:
    """The engine called `setup.name` with the tier `setup.variant`, one process with all of its threads."""
    settings = replace(Settings.from_env(), ocr_engine=setup.name, ocr_tier=setup.variant, ocr_workers=1)
    module = plugin(engines, setup.name)
    with noted(setup.float32) as precisions:
        engine = module.build(settings)

    def read(path: Path, language: str, begin: Begin) -> str:
        return read_file(path, engine, settings, ReadOptions((language,), setup.variant), begin)

    return Loaded(read, tuple(need for need in module.REQUIRES if need != "cv2"), tuple(precisions))


def read_file(path: Path, engine: Engine, settings: Settings, options: ReadOptions, begin: Begin) -> str:
    """All pages' text. `begin` is called when a page has been decoded."""

    def observe(stage: str, seconds: float) -> None:
        if stage == "render":
            begin()

    pipeline = Pipeline(engine, Limits.of(settings), observe)
    with pipeline.open(path, media_type(path), pages=None, password=None, dpi=settings.default_dpi) as source:
        return "\n".join(pipeline.read(source, number, options).text for number in source.numbers)
