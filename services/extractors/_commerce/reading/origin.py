"""What a document tells of the country it is from: names, numbers of tax and telephone, hosts, postal codes, words."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from services.extractors._commerce.reading.currencies import currencies, signs
from services.extractors._commerce.reading.lexicon import TOKEN, fold

TABLE = Path(__file__).with_name("countries.toml")

NAMED, CITY, WORD, REGISTERED, POSTED = 2.0, 1.0, 1.0, 3.0, 1.5
CALLED, HOSTED, BANKED, SCRIPT, PAID_IN = 2.5, 2.0, 2.0, 1.5, 1.5
"""What speaks for a country: its name, a city, a word of its bills, a tax number, a postal code; a telephone number, a
host, a bank account, a script that is written there alone, its own currency."""

ENOUGH = 1.0
"""Evidence from which on a country counts as known."""

UNSPACED = "\u0e00"
"""From this letter on, scripts do not part words."""

MADE_IN = frozenset(
    ("made", "product", "produced", "origin", "imported", "manufactured", "hecho", "fabrique", "hergestellt", "produkt")
)
"""Words after which a country is where goods are from."""

PHONE = re.compile(r"\+\s?\(?(\d[\d\s().-]{7,})")
HOST = re.compile(r"(?:@|www\.|https?://)[\w.-]*\.([a-z]{2})\b")
IBAN = re.compile(r"\b([A-Z]{2})\d{2}(?: ?[A-Z0-9]{4}){3,}")
ANYBODYS = frozenset({"co", "io", "ly", "me", "tv", "ai", "to", "eu", "cc"})
"""Domains that are sold to everybody."""

SCRIPTS = {
    "JP": re.compile("[\u3040-\u30ff]"),
    "KR": re.compile("[\uac00-\ud7a3]"),
    "TH": re.compile("[\u0e00-\u0e7f]"),
    "BD": re.compile("[\u0980-\u09ff]"),
    "IN": re.compile("[\u0900-\u097f\u0a00-\u0d7f]"),
    "IL": re.compile("[\u0590-\u05ff]"),
    "GR": re.compile("[\u0370-\u03ff]{3}"),
    "GE": re.compile("[\u10a0-\u10ff]"),
}


@dataclass(frozen=True, slots=True)
class Country:
    """`currency` is ISO 4217's code, `order` that of numeric dates, `mark` stands before decimals.

    `spaced`: groups of digits may be parted by spaces.
    """

    code: str
    currency: str
    order: str = "dmy"
    mark: str = "."
    spaced: bool = False


@dataclass(frozen=True)
class Origin:
    """How much speaks for each country, by ISO 3166 code."""

    countries: Mapping[str, float] = field(default_factory=dict)

    @property
    def country(self) -> Country | None:
        """The one that most speaks for; None where nothing does, or for two alike."""
        ranked = sorted(self.countries.values(), reverse=True)
        if not ranked or ranked[0] < ENOUGH or ranked[0] in ranked[1:]:
            return None
        return countries()[max(self.countries, key=lambda code: self.countries[code])]

    def with_currencies(self, beside: Iterable[str]) -> Origin:
        """With what signs beside amounts say that mean one currency alone, which one country alone has."""
        lands = {land for sign in {*beside} if (land := _owner(sign))}
        return Origin({**self.countries, **{land: self.countries.get(land, 0.0) + PAID_IN for land in lands}})

    def of_currency(self, code: str) -> float:
        """How much speaks for the countries that have a currency."""
        return max((score for land, score in self.countries.items() if countries()[land].currency == code), default=0)

    def accepts(self, sign: str) -> bool:
        """Whether a folded sign is one here: some are words or units in other countries."""
        known = signs().get(sign)
        if known is None:
            return sign == ":-"
        doubtful = known.local or (sign.upper() in currencies() and currencies()[sign.upper()].word)
        return not doubtful or any(self.of_currency(code) for code in known.codes)

    def meant(self, sign: str, places: int) -> str | None:
        """The currency for a folded sign beside an amount with so many decimals; None where it is none, or unknown."""
        known = signs().get(sign)
        if known is None or not self.accepts(sign):
            return None
        scores = {code: self.of_currency(code) for code in known.codes if _may_print(code, places)}
        if sum(scores.values()):
            best = max(scores.values())
            likely = [code for code, score in scores.items() if score == best]
            return likely[0] if len(likely) == 1 else known.main if known.main in likely else None
        if known.main in scores:
            return known.main
        return next(iter(scores)) if len(scores) == 1 else None


NOWHERE = Origin()


@lru_cache(maxsize=1024)
def _owner(sign: str) -> str | None:
    """The only country whose money a folded sign means; None for shared signs, words and currencies of several."""
    known = signs().get(sign)
    if known is None or len(known.codes) > 1 or known.local or currencies()[known.codes[0]].word:
        return None
    lands = [country.code for country in countries().values() if country.currency == known.codes[0]]
    return lands[0] if len(lands) == 1 else None


def _may_print(code: str, places: int) -> bool:
    """Whether amounts in a currency may have so many decimals: cents of a yen are a yuan's."""
    return not places or currencies()[code].places > 0 or code != "JPY"


class _Clues(NamedTuple):
    """`phrases` by their first word, `within` those of scripts that do not part words."""

    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str, float]]]
    within: Sequence[_Clue]
    numbers: Sequence[tuple[re.Pattern[str], str]]
    postcodes: Sequence[tuple[re.Pattern[str], str]]
    prefixes: Mapping[str, str]
    domains: Mapping[str, str]


@cache
def countries() -> Mapping[str, Country]:
    """All known ones by code."""
    return {
        code: Country(
            code,
            entry["currency"],
            entry.get("order", "dmy"),
            mark := entry.get("mark", "."),
            entry.get("spaced", mark == ","),
        )
        for code, entry in _table().items()
    }


@lru_cache(maxsize=8)
def origin(text: str) -> Origin:
    """What a document's text says about where it is from."""
    folded = fold(text)
    found = {*_phrases(folded), *_scripts(text, folded), *_numbers(folded), *_posted(text)}
    scores: defaultdict[str, float] = defaultdict(float)
    for _, land, weight in found:
        scores[land] += weight
    return Origin(dict(scores))


_Clue = tuple[str, str, float]
"""What was found, the country that it speaks for, and how much."""


def _phrases(folded: str) -> Iterator[_Clue]:
    phrases = _clues().phrases
    for line in folded.splitlines():
        words = TOKEN.findall(line)
        for place, word in enumerate(words):
            for phrase, land, weight in phrases.get(word, ()):
                if tuple(words[place : place + len(phrase)]) == phrase and not MADE_IN & {*words[:place][-3:]}:
                    yield word, land, weight


def _scripts(text: str, folded: str) -> Iterator[_Clue]:
    if not text.isascii():
        yield from (clue for clue in _clues().within if clue[0] in folded)
        yield from (("script", land, SCRIPT) for land, script in SCRIPTS.items() if script.search(text))


def _numbers(folded: str) -> Iterator[_Clue]:
    clues = _clues()
    text = "\n".join(line for line in folded.splitlines() if _has_digits(line, 7))
    yield from (("number", land, REGISTERED) for pattern, land in clues.numbers if pattern.search(text))
    for match in PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[1])
        if land := next((clues.prefixes[digits[:size]] for size in (3, 2, 1) if digits[:size] in clues.prefixes), None):
            yield "phone", land, CALLED


def _has_digits(line: str, least: int) -> bool:
    return sum(map(str.isdigit, line)) >= least


def _posted(text: str) -> Iterator[_Clue]:
    clues = _clues()
    lines = "\n".join(line for line in text.splitlines() if _has_digits(line, 2) or line[-2:].isupper())
    yield from (("post", land, POSTED) for pattern, land in clues.postcodes if pattern.search(lines))
    yield from (("bank", match[1], BANKED) for match in IBAN.finditer(text) if match[1] in countries())
    for match in HOST.finditer(text.casefold()):
        if match[1] not in ANYBODYS and (land := clues.domains.get(match[1])):
            yield "host", land, HOSTED


# Loading


@cache
def _clues() -> _Clues:
    phrases: defaultdict[str, list[tuple[tuple[str, ...], str, float]]] = defaultdict(list)
    within = []
    for land, entry in _table().items():
        for kind, weight in (("names", NAMED), ("cities", CITY), ("words", WORD), ("labels", REGISTERED)):
            for phrase in map(fold, entry.get(kind, ())):
                words = tuple(TOKEN.findall(phrase))
                phrases[words[0]].append((words, land, weight))
                within += [(phrase, land, weight)] * (phrase[0] >= UNSPACED)
    return _Clues(phrases, within, _patterns("ids"), _patterns("postcodes"), _prefixes(), _domains())


def _patterns(kind: str) -> Sequence[tuple[re.Pattern[str], str]]:
    every = ((land, entry[kind]) for land, entry in _table().items() if kind in entry)
    several = ((land, [found] if isinstance(found, str) else found) for land, found in every)
    return [(re.compile("|".join(f"(?:{one})" for one in patterns), re.MULTILINE), land) for land, patterns in several]


def _prefixes() -> Mapping[str, str]:
    """Countries by their telephone prefix."""
    return {entry["dial"]: land for land, entry in _table().items() if "dial" in entry}


def _domains() -> Mapping[str, str]:
    """Countries by their internet domain."""
    return {entry.get("domain", land.lower()): land for land, entry in _table().items()}


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
