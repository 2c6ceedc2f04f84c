"""What a code can mean, in one form for all schemes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Day = date
"""Under a name of its own, since a member is called `date`."""

Detail = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a symbol holds: its text as it was decoded, and the bytes that it was decoded from.

    `gs1` says that the symbol itself marks its content as GS1 element strings.
    """

    text: str = field(repr=False)
    data: bytes = field(repr=False)
    gs1: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Meaning:
    """What a code says by the rules of its `scheme`; None for what the scheme or this code does not say.

    Amounts are in `currency` (ISO 4217). `number` is the document's own, `reference` what it refers to or is paid
    under. `seller_id` and `buyer_id` are tax numbers where the scheme has such. `gtin` has 14 digits. `verified` is
    None unless a signature was checked, which no scheme here does: it needs keys that are not in the code. `details`
    are what has no place of its own, under the scheme's names. `errors` are sentences about the rules of
    its scheme that the code breaks though it is of it; what they are about is None.
    """

    scheme: str
    total: Decimal | None = None
    tax: Decimal | None = None
    currency: str | None = None
    date: Day | None = None
    seller: str | None = None
    seller_id: str | None = None
    buyer_id: str | None = None
    number: str | None = None
    reference: str | None = None
    iban: str | None = None
    gtin: str | None = None
    batch: str | None = None
    serial: str | None = None
    expiry_date: Day | None = None
    best_before: Day | None = None
    production_date: Day | None = None
    weight_kg: Decimal | None = None
    price: Decimal | None = None
    url: str | None = None
    name: str | None = None
    birth_date: Day | None = None
    address: str | None = None
    verified: bool | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Meaning(scheme={self.scheme!r})"
