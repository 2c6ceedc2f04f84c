"""Lets a Python that has this directory on its PYTHONPATH find the engines of `tests/faults/engines` by their names.

The service looks for engines in the package `services.ocr.engines`; here a second directory is added to that package
when it is imported. The service itself knows nothing of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

PACKAGE = "services.ocr.engines"
ENGINES = Path(__file__).parent.parent / "engines"


class Faults:
    """A finder on `sys.meta_path` that widens one package and leaves all others to the finders after it."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == PACKAGE else None
        if spec and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(str(ENGINES))
        return spec


sys.meta_path.insert(0, Faults)
