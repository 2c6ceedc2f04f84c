"""Currencies by their codes and signs."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from services.extractors._commerce.reading.lexicon import fold

TABLE = Path(__file__).with_name("currencies.toml")

TAIL = re.compile(r"[.,:][-–—]{1,2}(?!\s?\d)|/[-=]")
"""What closes an amount without decimals: `12.-`, `12,--`, `500/-`, `1,250/=`."""

SPACED = "\u0590"
"""Letters from here on belong to scripts in which a sign may stand against a word."""


@dataclass(frozen=True, slots=True)
class Currency:
    """`code` is ISO 4217's. `places` are the decimals that amounts in it have, `habit` those that bills print.

    `word`: the code is a word, too.
    """

    code: str
    places: int = 2
    habit: int = 2
    word: bool = False


class Sign(NamedTuple):
    """What may stand beside an amount: `codes` are the currencies that it may mean, `main` is the usual one.

    `after`: only behind an amount. `local`: only where the country is one that has the currency.
    """

    codes: tuple[str, ...]
    main: str | None = None
    after: bool = False
    local: bool = False


class Found(NamedTuple):
    """A sign in a folded text."""

    sign: str
    start: int
    end: int


@cache
def currencies() -> Mapping[str, Currency]:
    """All known ones by code."""
    return {
        code: Currency(code, places := entry.get("places", 2), entry.get("habit", places), entry.get("word", False))
        for code, entry in _table().items()
    }


@cache
def signs() -> Mapping[str, Sign]:
    """All signs, and the codes themselves, folded."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for code, entry in _table().items():
        for sign in (code, *(sign for kind in ("signs", "words", "local") for sign in entry.get(kind, ()))):
            if code not in owners[fold(sign)]:
                owners[fold(sign)].append(code)
    return {sign: _sign(sign, codes) for sign, codes in owners.items()}


def _sign(sign: str, codes: Sequence[str]) -> Sign:
    def among(kind: str) -> list[str]:
        return [code for code in codes if sign in map(fold, _table()[code].get(kind, ()))]

    plain = [code for code in codes if sign == fold(code)] + among("signs")
    main = next(iter(among("main")), codes[0] if len(codes) == 1 else None)
    return Sign(tuple(codes), main, not plain and bool(among("words")), not plain and not among("words"))


def sign_before(text: str, end: int) -> Found | None:
    """The longest sign in a folded text that ends at `end`, or a space or a mark before it."""
    known = signs()
    for gap in range(3):
        last = end - gap
        if gap and (last < 0 or text[last] not in " .:"):
            break
        for length in range(min(_longest(), last), 0, -1):
            sign = text[last - length : last]
            if sign not in known or known[sign].after:
                continue
            if _is_bounded(text, found := Found(sign, last - length, last)):
                return found
    return None


def sign_after(text: str, start: int) -> Found | None:
    """The longest sign in a folded text that starts at `start`, or a space behind it."""
    if tail := TAIL.match(text, start):
        sign = tail.group() if tail.group() in signs() else ":-"
        return Found(sign, *tail.span())
    start += text.startswith(" ", start)
    known = signs()
    for length in range(min(_longest(), len(text) - start), 0, -1):
        sign = text[start : start + length]
        if sign in known and _is_bounded(text, found := Found(sign, start, start + length)):
            return found
    return None


def _is_bounded(text: str, found: Found) -> bool:
    """Whether a sign of letters is no part of a longer word."""
    first, last = found.sign[0], found.sign[-1]
    return not (_joins(first, text[found.start - 1 : found.start]) or _joins(last, text[found.end : found.end + 1]))


def _joins(own: str, neighbour: str) -> bool:
    return own.isalpha() and neighbour.isalpha() and own < SPACED


def is_word(sign: str, printed: str) -> bool:
    """Whether a folded sign is rather a word, such as `try` or `all`: a code that is not printed in capitals."""
    code = sign.upper()
    return code in _table() and sign not in _table()[code].get("signs", ()) and code not in printed


@cache
def _longest() -> int:
    return max(map(len, signs()))


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
