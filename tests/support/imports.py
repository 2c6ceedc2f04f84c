"""Imports every module of every package that the service asks for: `python -m tests.support.imports`.

A wheel that installs on a version of Python need not load there. Exit status 1, with what was raised, if one does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from pkgutil import walk_packages

ROOT = Path(__file__).parents[2]
OURS = ("wiring", "routes", "controllers", "middleware", "services", "tasks", "utils")


def asked() -> Iterator[str]:
    """The packages of runtime.in, by their distributions' names."""
    for line in (ROOT / "requirements" / "runtime.in").read_text().splitlines():
        if found := re.match(r"[A-Za-z][\w.-]*", line):
            yield found[0]


def modules() -> Iterator[str]:
    """What those packages are imported as, then all of our own."""
    owners = packages_distributions()
    for name in asked():
        metadata = distribution(name).metadata["Name"]
        yield from sorted(m for m, names in owners.items() if metadata in names and re.match(r"[a-z]\w*$", m, re.I))
    for package in OURS:
        yield package
        yield from (found.name for found in walk_packages([str(ROOT / package)], f"{package}."))


def main() -> int:
    """Import them all."""
    failed = 0
    for name in dict.fromkeys(modules()):
        try:
            import_module(name)
        except Exception as error:
            failed += 1
            print(f"{name}: {type(error).__name__}: {error}")
    print(f"Python {sys.version.split()[0]}: {failed} imports failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
