"""A field as it is printed and as a code says it: they confirm each other, differ, or one of them is all there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.extractors import Field, Source
from services.extractors._commerce.reading.evidence import Check
from services.extractors.barcodes.model import Barcode

Value = str | Decimal | date

CONFIRMED, IN_DOUBT = 0.99, 0.5
"""The least confidence in what both say, and the most in what they differ in."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a code says of the field `name`."""

    name: str
    value: Value
    code: Barcode

    @property
    def field(self) -> Field:
        """The field as the code alone has it, at the code's place."""
        code = self.code
        return Field(self.value, str(self.value), code.confidence, code.page, code.bbox, Source.CODE)


DIFFERS = "CODE_DIFFERS"
"""What the warning begins with, for programs."""

Same = Callable[[Value, Value], bool]


def joined(
    printed: Mapping[str, Field | None], told: Iterable[Told], same: Mapping[str, Same]
) -> tuple[dict[str, Field], tuple[Check, ...]]:
    """The fields that codes change, and the checks of print against code: `total = total in code`.

    What is not printed is taken from the code. What is printed stays; it is surer where the code says the same, and in
    doubt where it says something else. `same` says of some fields when two values are one.
    """
    changed: dict[str, Field] = {}
    checks: list[Check] = []
    for one in told:
        own = printed.get(one.name)
        if one.name in changed or one.name not in printed:
            continue
        if own is None or own.value is None:
            changed[one.name] = one.field
        elif isinstance(own.value, str | Decimal | date) and one.name in same:
            holds = same[one.name](own.value, one.value)
            sure = max(own.confidence, CONFIRMED) if holds else min(own.confidence, IN_DOUBT)
            changed[one.name] = replace(own, confidence=sure)
            checks.append(Check(_rule(one.name), own.value, one.value, holds))
    return changed, tuple(checks)


def differing(checks: Iterable[Check], names: Iterable[str]) -> tuple[str, ...]:
    """At most one warning: which of these fields have another value in a code than in print."""
    failed = {check.rule for check in checks if not check.holds}
    fields = [name for name in names if _rule(name) in failed]
    return (f"{DIFFERS}: print and code disagree about: {', '.join(fields)}.",) if fields else ()


def _rule(name: str) -> str:
    return f"{name} = {name} in code"


def equal(one: Value, other: Value) -> bool:
    """Values of one type that are equal, texts by their letters and digits."""
    if isinstance(one, str) and isinstance(other, str):
        return _bare(one) == _bare(other)
    return one == other


def alike(one: Value, other: Value) -> bool:
    """Texts of which one is a part of the other, such as a number with and without its series."""
    first, second = _bare(str(one)), _bare(str(other))
    return bool(first and second) and (first in second or second in first)


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
