"""Ways to write amounts, and how well printed numbers, currencies and countries go with each.

A way is a mark before decimals, how many decimals there are, and a mark between groups of three digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import log2
from typing import NamedTuple

from services.extractors._commerce.reading.currencies import currencies
from services.extractors._commerce.reading.origin import Origin, countries

MARGIN = 1.0
"""How much better than any other a way has to fit to be sure."""

UNLIKELY = 2.0
"""How much less than for another may speak for a way before any number is looked at, for it to be sure."""

STRANGER = 1.0
"""Evidence for a country that nobody here has thought of: as much as one word of its bills is for another."""

SHARED = 0.05
"""The least share of a currency in what its sign may mean."""

USUAL, POSSIBLE, UNHEARD = 2.0, 1.0, -3.0
"""What speaks for a number of decimals: a currency's own, one that it may have, three of a currency that has two."""


class Way(NamedTuple):
    """`mark` is empty where amounts have no decimals."""

    mark: str
    places: int
    group: str

    @property
    def convention(self) -> str:
        """The mark that stands, or would stand, before decimals."""
        return self.mark or OTHER[self.group]


OTHER = {".": ",", ",": "."}
WAYS = tuple(Way(mark if places else "", places, OTHER[mark]) for places in (2, 0, 3) for mark in ".,")


class Run(NamedTuple):
    """Digits of an amount as printed, and how much they count: more with a currency's sign, less with a unit."""

    text: str
    weight: float = 1.0

    @property
    def marks(self) -> str:
        """Points and commas in it."""
        return "".join(character for character in self.text if character in ".,")

    @property
    def fraction(self) -> str:
        """What follows the last mark; empty without one."""
        return re.split(r"[.,]", self.text)[-1] if self.marks else ""

    @property
    def whole(self) -> str:
        """What stands before the first mark."""
        return re.split(r"[.,]", self.text)[0]

    @property
    def is_open(self) -> bool:
        """Whether its one mark may part decimals or groups."""
        return (
            len(self.marks) == 1
            and len(self.fraction) == 3
            and len(self.whole) <= 3
            and self.whole[:1] not in ("", "0")
        )


class Candidate(NamedTuple):
    """A currency and a decimal mark that a document may have, and how likely that is, from 0 to 1."""

    currency: str | None
    mark: str
    share: float


def likeliest(runs: Sequence[Run], candidates: Sequence[Candidate]) -> tuple[Way, bool]:
    """The way that fits best, and whether it is sure: none that takes decimals for groups, or back, fits as well."""
    priors = {way: _prior(way, candidates) for way in WAYS}
    fits = {way: _fit(way, runs) + priors[way] for way in WAYS}
    best = max(WAYS, key=lambda way: fits[way])
    open_marks = {run.marks for run in runs if run.is_open}
    rivals = [way for way in WAYS if any((way.mark == mark) != (best.mark == mark) for mark in open_marks)]
    usual = not open_marks or priors[best] > max(priors.values()) - UNLIKELY
    return best, usual and all(fits[best] - fits[way] >= MARGIN for way in rivals)


# What is printed


def _fit(way: Way, runs: Iterable[Run]) -> float:
    return sum(_agrees(way, run) * run.weight for run in runs if run.marks)


def _agrees(way: Way, run: Run) -> float:
    """How well a printed number goes with a way, from -3 to 2."""
    marks, decimals = run.marks, len(run.fraction)
    if len(set(marks)) == 2:
        certain = marks.count(marks[-1]) == 1 and (way.mark, way.places) == (marks[-1], decimals)
        return 2.0 if certain else -2.0 if way.mark != marks[-1] else -0.5
    if len(marks) > 1:
        return _in_groups(way, run)
    if decimals == 3:
        return _of_three(way, run)
    if decimals == 2:
        return 2.0 if (way.mark, way.places) == (marks, 2) else -0.5 if way.mark == marks else -3.0
    return 0.3 if way.mark == marks else -0.3


def _in_groups(way: Way, run: Run) -> float:
    """Of several marks of one kind, which part groups if those have three digits."""
    if any(len(group) != 3 for group in re.split(r"[.,]", run.text)[1:]):
        return 0.0
    return 1.0 if way.group == run.marks[0] else -2.0


def _of_three(way: Way, run: Run) -> float:
    """Of three digits behind a mark: a group, unless they are decimals; weights and prices of fuel have three, too."""
    if not run.is_open:
        return 1.0 if (way.mark, way.places) == (run.marks, 3) else 0.2 if way.mark == run.marks else -0.5
    if way.mark == run.marks:
        return 1.0 if way.places == 3 else -0.3 if run.weight <= 1 else -1.0
    return -0.5 if way.group != run.marks else 1.0 if not way.places else 0.5


# What is known of currencies and countries


def _prior(way: Way, candidates: Sequence[Candidate]) -> float:
    """What speaks for a way before any number is looked at, by the candidate that it fits best."""
    return max(_usual(way, candidate) + log2(candidate.share) for candidate in candidates)


def _usual(way: Way, candidate: Candidate) -> float:
    return _of_currency(way, candidate.currency) + _of_mark(way, candidate.mark)


def _of_currency(way: Way, code: str | None) -> float:
    if code is None:
        return -0.5 if way.places == 3 else 0.0
    places, habit = currencies()[code].places, currencies()[code].habit
    if way.places == habit:
        return USUAL
    if way.places == 3:
        return 0.0 if places == 3 else UNHEARD
    return POSSIBLE if way.places == places or (not way.places and habit < 3) else 0.0


def _of_mark(way: Way, mark: str) -> float:
    if not mark:
        return 0.0
    return 0.4 if way.convention == mark else -0.6 if way.mark else -1.5


def candidates(shares: Mapping[str, float], origin: Origin, marks: Mapping[str, int]) -> Sequence[Candidate]:
    """Currencies by how likely signs make them, each with the marks of the countries that have it.

    Without signs, those of the countries that the document may be from, and an unknown one. `marks` are those that
    its language is written with, and how much speaks for each.
    """
    lands = origin.countries
    if not shares:
        return [*_of_countries(lands), *_of_strangers(lands, marks)]
    return [
        Candidate(code, mark, max(share * part, 0.01))
        for code, share in shares.items()
        for mark, part in _marks(code, lands).items()
    ]


def _of_countries(lands: Mapping[str, float]) -> Iterator[Candidate]:
    total = sum(lands.values()) + STRANGER
    for land, score in lands.items():
        if score:
            yield Candidate(countries()[land].currency, countries()[land].mark, score / total)


def _of_strangers(lands: Mapping[str, float], marks: Mapping[str, int]) -> Iterator[Candidate]:
    share = STRANGER / (sum(lands.values()) + STRANGER)
    total = sum(marks.values()) + 1
    yield Candidate(None, "", share / total)
    yield from (Candidate(None, mark, share * votes / total) for mark, votes in marks.items())


def _marks(code: str, lands: Mapping[str, float]) -> Mapping[str, float]:
    """How likely each mark is in a currency: by the evidence for countries that have it, or by their number."""
    own = {land: score for land, score in lands.items() if countries()[land].currency == code}
    weights = own or dict.fromkeys(_owners().get(code, ()), 1.0)
    marks: dict[str, float] = {}
    for land, weight in weights.items():
        marks[countries()[land].mark] = marks.get(countries()[land].mark, 0.0) + weight
    total = sum(marks.values())
    return {mark: weight / total for mark, weight in marks.items()} or {"": 1.0}


@cache
def _owners() -> Mapping[str, Sequence[str]]:
    """Countries by their currency."""
    owners: dict[str, list[str]] = {}
    for country in countries().values():
        owners.setdefault(country.currency, []).append(country.code)
    return owners


def writes(code: str, convention: str) -> bool:
    """Whether a country that has a currency writes decimals behind this mark; an unknown one may."""
    lands = _owners().get(code, ())
    return not lands or any(countries()[land].mark == convention for land in lands)


def shares(votes: Iterable[tuple[Sequence[str], str | None]], origin: Origin) -> Mapping[str, float]:
    """How likely each currency is by the signs that are printed, each with what it may mean and usually does.

    A sign of one currency leaves no doubt. One of several goes by the countries, or else mostly by what is usual.
    """
    found = list(votes)
    sure = {codes[0] for codes, _ in found if len(codes) == 1}
    if sure:
        return dict.fromkeys(sure, 1.0 / len(sure))
    if not found:
        return {}
    codes, main = found[0]
    scores = {code: origin.of_currency(code) for code in codes}
    if total := sum(scores.values()):
        return {code: score / total for code, score in scores.items() if score}
    rest = max(SHARED, 0.5 / len(codes))
    return {code: 0.5 if code == main else rest for code in codes}
