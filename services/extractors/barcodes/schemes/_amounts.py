"""Amounts of payment codes by the rules of their schemes: what breaks them is said, and is no amount."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

LONGEST_SHOWN = 24
"""Characters of what is wrong that are told."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a scheme has an amount written: what matches `pattern`, with the number in its group, from `least` on.

    `rule` says the same in words.
    """

    pattern: re.Pattern[str]
    rule: str
    least: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` is None where there is none, or none that is right; then `errors` has a sentence."""

    value: Decimal | None = None
    errors: tuple[str, ...] = ()


def amount(text: str, form: Form, called: str = "the amount") -> Amount:
    """The amount that stands there, if anything does."""
    if not text:
        return Amount()
    match = form.pattern.fullmatch(text)
    value = Decimal(match[1]) if match else None
    if value is None or value < form.least:
        return Amount(None, (f"{called} '{shown(text)}' is not {form.rule}",))
    return Amount(value)


def shown(text: str) -> str:
    """The text as it may stand in a sentence: its beginning, with a sign for what cannot be printed."""
    short = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in short)
