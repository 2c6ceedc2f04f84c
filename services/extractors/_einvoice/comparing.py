"""The electronic invoice held against the printed one.

A reader of print may take one amount for another, and recognition may err in a letter. So a value that differs from
what was read as the same field counts as printed all the same if it stands on the page, unless the reader was sure of
something that the electronic invoice does not have at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.extractors import Field
from services.extractors._commerce.reading.sameness import same_name
from services.extractors._einvoice.printed import Place, Print, Value, alnum, unmistaken

NAMES = frozenset({"vendor", "buyer"})
"""What may be read with a slip and is still the same."""

WHOLE = frozenset({"total", "amount_due"})
"""What readers of print are surest of: here it counts if the other value is printed too, but as something else."""

TAX_IDS = frozenset({"vendor_tax_id", "buyer_tax_id"})

BY_FORM = TAX_IDS | {"iban"}
"""What is looked for by its form: a seller prints numbers of several kinds, and accounts at several banks."""

ROLES = (("vendor", "buyer"), ("vendor_tax_id", "buyer_tax_id"))
"""What the same page has of both sides."""

LEAST_OF_NAME = 12
"""Letters that a part of a name has to have if it is no word of it."""

SURE = 0.8
"""The confidence of a reading that outweighs that the other value is printed somewhere too."""

ALIKE = 0.85
"""How much of two names is the same if they are one, read with a slip."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of the electronic invoice, and what print has: `agrees` is None where print has nothing like it."""

    name: str
    xml: Value
    print: Value | None
    agrees: bool | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read as the field."""

    value: Value
    place: Place


def compared(
    values: Mapping[str, Value],
    fields: Mapping[str, Field | None],
    page: Print,
    amounts: Collection[Decimal],
    parts: Mapping[str, Collection[Decimal]],
) -> list[Compared]:
    """Every value, by the name of its field, against the field as it was read and against the pages.

    `amounts` are all that the electronic invoice has, whatever their role; `parts` those that a value is the sum of,
    since taxes are often printed by rate alone.
    """
    read = {name: _labelless(name, values, page) if name in BY_FORM else _read(fields.get(name)) for name in values}
    places = {name: _place(name, value, page, parts.get(name, ())) for name, value in values.items()}
    crossed = {name for pair in ROLES for name in pair if _crossed(pair, values, fields)}
    return [
        _otherwise(name, value, _read(fields.get(name)))
        if name in crossed
        else _compared(name, value, read[name], places[name], amounts)
        for name, value in values.items()
    ]


def _crossed(pair: tuple[str, str], values: Mapping[str, Value], fields: Mapping[str, Field | None]) -> bool:
    """Whether print has the two the other way round: each is read as what the electronic invoice has as the other.

    Both stand on the page then, so that looking for them there finds nothing wrong.
    """
    one, other = (values.get(name) for name in pair)
    read, read_other = (_read(fields.get(name)) for name in pair)
    if one is None or other is None or read is None or read_other is None or _alike(pair[0], one, other):
        return False
    return _alike(pair[0], other, read.value) and _alike(pair[0], one, read_other.value)


def _alike(name: str, one: Value, other: Value) -> bool:
    return _same(one, other) or (name in NAMES and same_name(one, other) is True)


def _otherwise(name: str, value: Value, read: _Read | None) -> Compared:
    return Compared(name, value, read.value if read else None, False, read.place if read else None)


def _place(name: str, value: Value, page: Print, parts: Collection[Decimal]) -> Place | None:
    if place := page.find(value) or (page.like(value, ALIKE) if name in NAMES else None):
        return place
    found = [page.find(part) for part in parts] if len(parts) > 1 else []
    return found[0] if all(found) and found else None


def _labelless(name: str, values: Mapping[str, Value], page: Print) -> _Read | None:
    """What shows by its form alone what it is: an account, and a number for VAT like the seller's that is not known."""
    place = None
    if name == "iban":
        place = next(page.ibans(), None)
    elif name == "vendor_tax_id":
        known = {alnum(str(values[tax_id])) for tax_id in TAX_IDS & values.keys()}
        place = next((place for place in page.shaped(str(values[name])) if alnum(place.raw) not in known), None)
    return _Read(place.raw, place) if place else None


def _read(field: Field | None) -> _Read | None:
    if field is None or field.value is None or field.page is None or field.bbox is None:
        return None
    value = field.value if isinstance(field.value, str | date | Decimal) else Decimal(str(field.value))
    return _Read(value, Place(field.raw, field.page, field.bbox, field.confidence))


def _compared(
    name: str, value: Value, read: _Read | None, place: Place | None, amounts: Collection[Decimal]
) -> Compared:
    if read and (_same(value, read.value) or (name in NAMES and _is_part(read.value, value))):
        return Compared(name, value, read.value, True, read.place)
    if place and not (name in WHOLE and read and _is_another(read, amounts)):
        return Compared(name, value, value, True, place)
    if read is None:
        return Compared(name, value, None, None, None)
    return Compared(name, value, read.value, False, read.place)


def _is_another(read: _Read, amounts: Collection[Decimal]) -> bool:
    """Whether the reader is sure of an amount that the electronic invoice has nowhere."""
    return isinstance(read.value, Decimal) and abs(read.value) not in amounts and read.place.confidence >= SURE


def _same(one: Value, other: Value) -> bool:
    """The sign of an amount is a matter of habit: credit notes have it or not."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one) == abs(other)
    if isinstance(one, str) and isinstance(other, str):
        return unmistaken(alnum(one)) == unmistaken(alnum(other))
    return one == other


def _is_part(printed: Value, name: Value) -> bool:
    """Whether a name is printed shorter: without number, department or legal form, or without blanks."""
    own = alnum(str(printed))
    return same_name(printed, name) is True or (len(own) >= LEAST_OF_NAME and own in alnum(str(name)))
