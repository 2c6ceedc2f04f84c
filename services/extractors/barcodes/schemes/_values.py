"""Amounts, days and links as codes write them. Nothing here raises: what is no such value is None."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from services.extractors.barcodes.schemes._amounts import shown

AMOUNT = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,8})?|[+-]?[.,]\d{1,8}")
MOST_PARAMETERS = 80
MOST_TWICE = 5

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Link:
    """A web address, parted. `host` is lower case without port; `query` has the value of each parameter by its name in
    small letters.

    A parameter that is there with two values is among the `empty` ones, and `errors` says so.
    """

    host: str
    path: str
    query: Mapping[str, str]
    errors: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Whether this parameter says something, be it two things."""
        return bool(self.query.get(name)) or name in self.empty

    def any(self, *names: str) -> str:
        """The first of these parameters that is there, whatever its case; else nothing."""
        return next((self.query[name] for name in names if self.query.get(name)), "")


def amount(text: object) -> Decimal | None:
    """A number with a point or comma before its decimals and nothing between its thousands."""
    written = str(text).strip() if isinstance(text, (str, int, float, Decimal)) and not isinstance(text, bool) else ""
    return Decimal(written.replace(",", ".")) if AMOUNT.fullmatch(written) else None


def day(text: object, *forms: str) -> date | None:
    """The day in the first of these forms of `strptime` that the text has."""
    for form in forms:
        try:
            return datetime.strptime(str(text).strip(), form).date()
        except ValueError:
            continue
    return None


def iso_day(text: object) -> date | None:
    """The day of a date or a point in time in ISO 8601, by its own clock."""
    match = re.match(r"(\d{4}-\d{2}-\d{2})(?:[T ]|$)", str(text).strip(), re.ASCII)
    return day(match[1], "%Y-%m-%d") if match else None


def link(text: str) -> Link | None:
    """An address of the web, if it is all of the text."""
    bare = text.strip()
    if not re.match(r"https?://\S+$", bare, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(bare)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
        return linked((parts.hostname or "").lower(), parts.path, pairs)
    except ValueError:
        return None


def linked(host: str, path: str, pairs: Iterable[tuple[str, str]]) -> Link:
    """An address with the parameters of its query."""
    folded = [(name.lower(), value) for name, value in pairs]
    query, errors = single(folded)
    return Link(host, path, query, errors, frozenset(name for name, _ in folded if name not in query))


def single(pairs: Iterable[tuple[str, V]]) -> tuple[dict[str, V], tuple[str, ...]]:
    """What each name says, and a sentence for every name that says two things, which then says nothing."""
    found: dict[str, list[V]] = {}
    for name, value in pairs:
        if value not in found.setdefault(name, []):
            found[name].append(value)
    twice = [name for name, values in found.items() if len(values) > 1]
    errors = (f"'{shown(name)}' is there {len(found[name])} times with different values" for name in twice[:MOST_TWICE])
    return {name: values[0] for name, values in found.items() if len(values) == 1}, tuple(errors)


def unpacked(text: str) -> bytes | None:
    """The bytes of base64, of either alphabet, padded or not; blanks for the plus that a query made of them."""
    written = text.strip().replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def parsed(data: bytes | str | None) -> Mapping[str, Any]:
    """An object of JSON; empty where it is none, or has halves of characters (`\\ud800`), which are no text.

    So is one with a name that says two things: which of them counts differs between readers (RFC 8259, section 4).
    """
    try:
        found = json.loads(data or "null", object_pairs_hook=_unambiguous)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a name with two values."""
    found = dict(pairs)
    if any(found[name] != value for name, value in pairs):
        raise ValueError("a name says two things")
    return found


def said(text: object) -> str | None:
    """The text without blanks at its ends, if there is any."""
    return " ".join(str(text).split()) or None if isinstance(text, (str, int)) else None


def under(host: str, *domains: str) -> bool:
    """Whether a host is one of these domains or in one of them."""
    return any(host == domain or host.endswith("." + domain) for domain in domains)
