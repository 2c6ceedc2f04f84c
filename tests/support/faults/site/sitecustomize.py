"""Lets a Python that has this directory on its PYTHONPATH find engines and extractors of `faults` by their names.

The service looks for each kind in a package; here a second directory is added to that package when it is imported. The
service itself knows nothing of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

FAULTS = Path(__file__).parent.parent
PACKAGES = {"services.ocr.engines": FAULTS / "engines", "services.extractors": FAULTS / "extractors"}


class Faults:
    """A finder on `sys.meta_path` that widens these packages and leaves all others to the finders after it."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in PACKAGES else None
        if spec and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(str(PACKAGES[name]))
        return spec


sys.meta_path.insert(0, Faults)
