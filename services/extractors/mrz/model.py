"""What is read from a machine-readable zone (MRZ)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.document.model import Quad
from services.extractors import Field
from services.extractors.mrz.layouts import FieldName


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """One character that was read as `read` and can only be `corrected`. `line` and `position` count from 1."""

    field: str
    line: int
    position: int
    read: str
    corrected: str


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """One zone, on `page`.

    `mrz_type` is `TD1 TD2 TD3 MRVA MRVB`, or of those that ICAO does not define `FRA_ID` or `EU_DL`. `lines` are as
    they are printed, `quads` where. `fields` are those that the format has, by their names in the `layouts` here.
    `check_digits` says of each check digit whether it is right; None where the format has none. `valid` is true where
    all are right and the format is one whose check digits are known. `confidence` runs from 0 to 1.
    """

    page: int
    mrz_type: str
    lines: tuple[str, ...]
    quads: tuple[Quad, ...]
    fields: Mapping[FieldName, Field]
    check_digits: Mapping[str, bool | None]
    valid: bool
    confidence: float
    corrections: tuple[Correction, ...] = ()
    warnings: tuple[str, ...] = ()
