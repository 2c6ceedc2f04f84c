"""What codes mean: a file of rules for each scheme of payment, tax, trade and travel.

A scheme is one module here with `read(content) -> Meaning | None`, which is None for what is not of its scheme, raises
nothing, and ends in time that grows evenly with the content. Its docstring names the public source and version of its
rules. Names with a leading underscore are helpers. Adding a scheme is adding a file and its samples to the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from services.extractors.barcodes.schemes.model import Content, Meaning

NOT_SCHEMES = frozenset({"model"})

LONGEST_CHARACTERS = 50_000
"""Characters of content that are looked at. One symbol holds 7,089 at most, sixteen joined ones some 47,000 bytes."""

Rules = Callable[[Content], Meaning | None]


def meaning(content: Content) -> Meaning | None:
    """What the content says by the scheme that it is of; None where it is of none."""
    if not content.text or len(content.text) > LONGEST_CHARACTERS:
        return None
    found = next((found for read in rules() if (found := read(content))), None)
    if not found:
        return None
    details = {name: said for name, said in found.details.items() if said is not None}
    return replace(found, details=details, errors=(*found.errors, *_impossible(found)))


def _impossible(found: Meaning) -> tuple[str, ...]:
    """What is wrong in any scheme."""
    more = found.total is not None and found.tax is not None and abs(found.tax) > abs(found.total)
    return ("the tax is more than the total",) if more else ()


@cache
def rules() -> Sequence[Rules]:
    """Those of every scheme, in the order of their names. No content is of two schemes."""
    return [import_module(f"{__name__}.{name}").read for name in names()]


def names() -> list[str]:
    """The modules of all schemes."""
    found = (module.name for module in iter_modules(__path__))
    return sorted(name for name in found if not name.startswith("_") and name not in NOT_SCHEMES)
