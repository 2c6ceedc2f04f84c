"""Turns names from the settings into capabilities.

A capability is one module in a package of its kind. Its name is the module's name, so adding one is adding a file
and removing one is deleting it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from config import BadSetting


def names(package: ModuleType) -> list[str]:
    """The capabilities that ship in `package`, whether or not they are switched on. A leading underscore is none."""
    return sorted(module.name for module in iter_modules(package.__path__) if not module.name.startswith("_"))


def missing(package: ModuleType, name: str) -> list[str]:
    """The third-party modules that `name` needs and this machine lacks."""
    module = import_module(f"{package.__name__}.{name}")
    return [need for need in getattr(module, "REQUIRES", ()) if find_spec(need) is None]


def chosen(package: ModuleType, wanted: Sequence[str]) -> tuple[str, ...]:
    """What is on, sorted: those `wanted`, or without any all whose packages are there. Raises what `load` does."""
    if not wanted:
        return tuple(name for name in names(package) if not missing(package, name))
    for name in wanted:
        load(package, name)
    return tuple(sorted(set(wanted)))


def load(package: ModuleType, name: str) -> ModuleType:
    """The module of one capability. Raises BadSetting for an unknown or uninstalled one, naming those that exist.

    A package whose capabilities a setting chooses names it in `SETTING`.
    """
    chooser = getattr(package, "SETTING", package.__name__.rpartition(".")[2])
    if name not in names(package):
        raise BadSetting(f"{chooser}: there is no {name!r}; choose from {', '.join(names(package))}")
    if lacking := missing(package, name):
        raise BadSetting(f"{chooser}: {name!r} needs the Python package {', '.join(lacking)}; install it")
    return import_module(f"{package.__name__}.{name}")
