"""FastMRZ: a network finds the zone, Tesseract reads it with a model that is not in the package."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment

ENVIRONMENT = Environment(requirements=("fastmrz==2.1.2",))


def load(setup: Setup) -> Loaded:
    """Raises FileNotFoundError where Tesseract lacks the model."""
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    if "mrz" not in listed:
        raise FileNotFoundError("copy mrz.traineddata from FastMRZ's repository to where Tesseract has its data")
    from fastmrz import FastMRZ

    reader = FastMRZ()

    def read(path: Path, language: str, begin: Begin) -> str:
        begin()
        return str(reader.get_details(str(path), ignore_parse=True))

    return Loaded(read, ("fastmrz",))
