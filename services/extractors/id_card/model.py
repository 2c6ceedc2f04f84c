"""What an identity card says beside its number."""

from __future__ import annotations

from dataclasses import dataclass

from services.extractors import Field


@dataclass(frozen=True, slots=True, repr=False)
class IdCard:
    """`type` is `PAN AADHAAR DRIVING_LICENCE`, or None where no such card is seen; fields are None where nothing is.

    `father_name` is that of the father, husband or guardian. Dates are days; of a birth whose year alone is printed the
    value is a text of four digits. `gender` is `M`, `F` or `X`.
    """

    type: str | None = None
    name: Field | None = None
    father_name: Field | None = None
    birth_date: Field | None = None
    gender: Field | None = None
    address: Field | None = None
    valid_until: Field | None = None

    def __repr__(self) -> str:
        return f"IdCard(type={self.type!r})"
