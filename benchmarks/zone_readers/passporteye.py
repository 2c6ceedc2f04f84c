"""PassportEye: looks for the zone by image processing, reads it with Tesseract's English data."""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment

ENVIRONMENT = Environment(requirements=("passporteye==2.2.2",))


def load(setup: Setup) -> Loaded:
    """Its defaults. What it works with is what Tesseract gave, cleaned."""
    from passporteye import read_mrz
    from passporteye.mrz.text import MRZOCRCleaner

    def read(path: Path, language: str, begin: Begin) -> str:
        begin()
        zone = read_mrz(str(path))
        return "\n".join(MRZOCRCleaner.apply(zone.aux["raw_text"])) if zone else ""

    return Loaded(read, ("passporteye",))
