"""How a whole document writes its amounts: which mark stands before decimals, and how many there are.

`2.350` is two thousand and some, or two and some. One amount alone does not tell; all of them together do, with the
currency (ISO 4217 says how many decimals it has) and the habit of the country. What is left open is said to be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from services.extractors._commerce.reading.currencies import Found, currencies, sign_after, sign_before, signs
from services.extractors._commerce.reading.lexicon import concepts, fold
from services.extractors._commerce.reading.origin import NOWHERE, Origin

APOSTROPHES = "'\u2019\u02bc`\u00b4\u066c"
RUN = re.compile(rf"\d+(?:[.,{APOSTROPHES}]\d+)*|[.,]\d{{2}}(?!\d|[.,]\d)")
"""Digits with marks between them, or a bare fraction."""

CODED_BEFORE = re.compile(r"[\w#:/*]$|\d[-/.,]$")
CODED_AFTER = re.compile(r"[^\W\d_]|\s?%|[-:/#*]\d")
"""What shows digits to be a part of a code, a time or a rate."""

UNIT = re.compile(r"\s?(?:[kmc]?g|kgs?|lbs?|oz|[mc]?l|lt?r?s?|gal|k?wh|[kmc]?m[23²³]?|t|hrs?|std|stk|pcs?)\b")

SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)")
"""Groups of digits with spaces between them."""

MARGIN = 1.0
"""How much better than the next one a notation has to fit to be sure."""


@dataclass(frozen=True, slots=True)
class Notation:
    """`mark` stands before decimals; empty where no amount of the document has any. `places`: how many they are.

    Not `sure` where digits in three-digit groups may as well be decimals. `origin` decides about shared signs; `codes`
    are words elsewhere and currencies here. `spaced`: groups of digits may be parted by spaces.
    """

    mark: str = "."
    places: int = 2
    sure: bool = True
    origin: Origin = NOWHERE
    codes: frozenset[str] = frozenset()
    spaced: bool = False

    def accepts(self, sign: str) -> bool:
        """Whether a folded sign is one in this document."""
        return sign.upper() in self.codes or self.origin.accepts(sign)

    def meant(self, sign: str, places: int) -> str | None:
        """The currency for a folded sign beside an amount with so many decimals; None where it is none, or unknown."""
        return sign.upper() if sign.upper() in self.codes else self.origin.meant(sign, places)


PLAIN = Notation()
"""Of a text by itself: a point parts decimals and a comma parts thousands."""


class _Way(NamedTuple):
    """A decimal mark, empty without decimals, and their number."""

    mark: str
    places: int


WAYS = (_Way("", 0), _Way(".", 2), _Way(",", 2), _Way(".", 3), _Way(",", 3))


class Run(NamedTuple):
    """Digits of an amount as printed, and how much they count: more with a currency's sign, less with a unit."""

    text: str
    weight: float

    @property
    def marks(self) -> str:
        return "".join(character for character in self.text if character in ".,")

    @property
    def fraction(self) -> str:
        """What follows the last mark; empty without one."""
        return re.split(r"[.,]", self.text)[-1] if self.marks else ""


def notation(texts: Iterable[str], origin: Origin = NOWHERE) -> Notation:
    """That of the amounts in the lines of a document, dates left out."""
    printed = [(text, fold(text)) for text in texts if any(map(str.isdigit, text))]
    codes = frozenset(code for text, line in printed for code in _codes(text, line))
    origin = origin.with_currencies(sign for _, line in printed for sign in _signs(line))
    first = Notation(origin=origin, codes=codes)
    runs = [run for _, line in printed for run in _runs(line)]
    fits = {way: _fit(way, runs) for way in WAYS}
    for way, weight in _expected(_likely_currency((line for _, line in printed), first), origin):
        fits[way] += weight
    best = max(WAYS, key=lambda way: fits[way])
    spaced = _is_spaced(best, origin, (line for _, line in printed))
    return replace(first, mark=best.mark, places=best.places, sure=_is_sure(best, fits, runs), spaced=spaced)


def _is_spaced(best: _Way, origin: Origin, lines: Iterable[str]) -> bool:
    """Where a comma stands before decimals, where the country does so, or where a sign shows it."""
    country = origin.country
    if best.mark == "," or (country and country.spaced and (not best.mark or country.mark != ",")):
        return True
    return not best.mark and any(sign_after(line, match.end()) for line in lines for match in SPACED.finditer(line))


def _codes(text: str, line: str) -> Iterator[str]:
    """Codes of currencies that are words, too, in capitals behind a number, or before one behind a label of amounts."""
    for match in RUN.finditer(line):
        before, after = sign_before(line, match.start()), sign_after(line, match.end())
        if after and _is_code(after, text):
            yield after.sign.upper()
        elif before and _is_code(before, text) and any(_is_of_amounts(name) for name in concepts(text[: before.start])):
            yield before.sign.upper()


def _is_code(found: Found, text: str) -> bool:
    code = text[found.start : found.end]
    return code in currencies() and currencies()[code].word


def _is_of_amounts(concept: str) -> bool:
    return concept.startswith("amounts.")


def _runs(line: str) -> Iterator[Run]:
    for match in RUN.finditer(line):
        before, after = sign_before(line, match.start()), sign_after(line, match.end())
        signed = before is not None or after is not None
        coded = CODED_BEFORE.search(line[: match.start()][-2:]) or CODED_AFTER.match(line, match.end())
        if signed or not coded:
            yield Run(match.group(), 1.5 if signed else 0.2 if UNIT.match(line, match.end()) else 1.0)


def _fit(way: _Way, runs: Iterable[Run]) -> float:
    return sum(_agrees(way, run) * run.weight for run in runs if run.marks)


def _agrees(way: _Way, run: Run) -> float:
    """How well a printed number goes with a notation, from -3 to 2."""
    marks, decimals = run.marks, len(run.fraction)
    if len(set(marks)) == 2:
        certain = marks.count(marks[-1]) == 1 and way == (marks[-1], decimals)
        return 2.0 if certain else -2.0 if way.mark != marks[-1] else -0.5
    if len(marks) > 1:
        if any(len(group) != 3 for group in re.split(r"[.,]", run.text)[1:]):
            return 0.0
        return -2.0 if way.mark == marks[0] else 1.0
    if decimals == 3:
        return _grouped(way, run)
    if decimals == 2:
        return 2.0 if way == (marks, 2) else -0.5 if way.mark == marks else -3.0
    return 0.3 if way.mark == marks else -0.3


def _grouped(way: _Way, run: Run) -> float:
    """Of three digits behind a mark: a group, unless they are decimals; weights and prices of fuel have three, too."""
    whole = re.split(r"[.,]", run.text)[0]
    if whole in ("", "0") or len(whole) > 3 or whole.startswith("0"):
        return 1.0 if way == (run.marks, 3) else 0.2 if way.mark == run.marks else -0.5
    if way.mark == run.marks:
        return 1.0 if way.places == 3 else -0.3
    return 1.0 if not way.mark else 0.5


def _likely_currency(lines: Iterable[str], notation: Notation) -> str | None:
    """What amounts in folded lines are probably in: a sign that leaves no doubt, or else what the country has."""
    votes: Counter[str] = Counter()
    for line in lines:
        for sign in _signs(line):
            if code := notation.meant(sign, 0):
                votes[code] += 3 if len(signs()[sign].codes) == 1 else 1
    country = notation.origin.country
    votes[country.currency if country else ""] += 2
    code = max(votes, key=lambda code: votes[code])
    return code or next((other for other in votes if other), None)


def _signs(line: str) -> Iterator[str]:
    """Signs beside numbers."""
    for match in RUN.finditer(line):
        found = sign_before(line, match.start()) or sign_after(line, match.end())
        if found and found.sign in signs():
            yield found.sign


def _expected(code: str | None, origin: Origin) -> Iterator[tuple[_Way, float]]:
    """What speaks for a notation before any amount is looked at."""
    mark = origin.country.mark if origin.country else ""
    for way in WAYS:
        yield way, 0.4 * (way.mark == mark)
    if code is None:
        yield from ((way, -1.5 if way.mark == "," else -0.5) for way in WAYS if way.places == 3)
        return
    places, habit = currencies()[code].places, currencies()[code].habit
    for way in WAYS:
        if way.places == 3:
            yield way, 2.0 if habit == 3 else 0.0 if places == 3 else -3.0
        else:
            yield way, 2.0 if way.places == habit else 1.0 if way.places in (0, places) else 0.0


def _is_sure(best: _Way, fits: Mapping[_Way, float], runs: Iterable[Run]) -> bool:
    """Whether no other notation fits nearly as well that reads some three-digit group as decimals, or the other way."""
    open_marks = {run.marks for run in runs if len(run.marks) == 1 and len(run.fraction) == 3 and run.text[0] != "0"}
    rivals = [way for way in WAYS if any((way.mark == mark) != (best.mark == mark) for mark in open_marks)]
    return all(fits[best] - fits[way] >= MARGIN for way in rivals)
