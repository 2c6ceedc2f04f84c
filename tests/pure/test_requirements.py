"""The small environment of `make lint` finds what the one of `make check` finds."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution

from config import ROOT

REQUIREMENTS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
OWN = {"app", "config", *PROJECT["tool"]["importlinter"]["root_packages"]} | {
    *("benchmarks", "deploy", "examples", "ocr_client", "tests")
}


def pins(lock: str) -> dict[str, set[str]]:
    """The versions by package; some have one for old Pythons and one for new ones."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", (REQUIREMENTS / lock).read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def imported() -> Iterator[str]:
    """The top-level modules that files of this repository import, and that are not theirs or Python's own."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for file in listed.split():
        names = re.findall(r"^ *(?:from (\w+)[\w.]* import |import (\w+))", (ROOT / file).read_text(), re.MULTILINE)
        yield from {first or second for first, second in names} - OWN - set(sys.stdlib_module_names)


def read() -> set[str]:
    """The modules that packages of lint.lock bring, or bring stubs of."""
    found = set()
    for name in pins("lint.lock"):
        with suppress(PackageNotFoundError):  # another system's
            files = (distribution(name).read_text("RECORD") or "").splitlines()
            found |= {re.split("[/,]", file)[0].removesuffix("-stubs").removesuffix(".py") for file in files}
    return found


def unread() -> set[str]:
    """The modules that mypy passes over wherever it runs."""
    overrides = PROJECT["tool"]["mypy"]["overrides"]
    names = [name for each in overrides if each.get("follow_imports") == "skip" for name in each["module"]]
    return {name.removesuffix(".*") for name in names}


def test_lint_has_the_versions_of_the_tests() -> None:
    ours, whole = pins("lint.lock"), pins("dev.lock")
    assert ours and {name: versions for name, versions in ours.items() if whole.get(name) != versions} == {}


def test_mypy_reads_the_same_types_in_both() -> None:
    """A new import goes into lint.in or, if it is large or has no types, into that list of pyproject.toml."""
    modules = set(imported()) - unread()
    assert "numpy" in modules
    assert modules - read() == set()
