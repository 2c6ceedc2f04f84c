"""Currencies by their codes and signs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.extractors._commerce.reading.lexicon import fold

TABLE = Path(__file__).with_name("currencies.toml")

AMBIGUOUS = frozenset({"$", "¥", "￥", "kr", "rs", "rs."})
"""Signs of more than one currency."""


@dataclass(frozen=True, slots=True)
class Currency:
    """`code` is ISO 4217's. `places` are the decimals that amounts in it have. `order` is that of numeric dates."""

    code: str
    places: int = 2
    order: str = "dmy"


@cache
def currencies() -> Mapping[str, Currency]:
    """All known ones by code."""
    return {code: Currency(code, entry.get("places", 2), entry.get("order", "dmy")) for code, entry in _table().items()}


@cache
def codes() -> Mapping[str, str]:
    """Codes by folded sign or code."""
    by_code = {code.casefold(): code for code in _table()}
    return {fold(sign): code for code, entry in _table().items() for sign in entry["signs"]} | by_code


def meant(sign: str, places: int) -> str | None:
    """The code for a folded sign beside an amount with so many decimals; None where it is no sign."""
    code = codes().get(sign)
    if code and places and not currencies()[code].places:
        return next((other for other, entry in _table().items() if sign in entry.get("shares", ())), code)
    return code


def is_word(sign: str, printed: str) -> bool:
    """Whether a folded sign is rather a word, such as `try` or `all`: a code that is not printed in capitals."""
    code = codes().get(sign, "")
    return sign.upper() == code and sign not in _table()[code]["signs"] and code not in printed


@cache
def sign_pattern() -> str:
    """A regular expression for any sign in folded text. A sign of letters is not part of a longer word."""
    longest = sorted(codes(), key=len, reverse=True)
    return "(?:" + "|".join(_bounded(sign) for sign in longest) + ")"


def _bounded(sign: str) -> str:
    before = r"(?<![^\W\d_])" if sign[0].isascii() and sign[0].isalpha() else ""
    after = r"(?![^\W\d_])" if sign[-1].isascii() and sign[-1].isalpha() else ""
    return f"{before}{re.escape(sign)}{after}"


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
