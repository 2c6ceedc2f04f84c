"""How a whole document writes its amounts: which mark stands before decimals, and how many there are.

`2.350` is two thousand and some, or two and some. One amount alone does not tell; all of them together do, with the
currency (ISO 4217 says how many decimals it has) and the habit of the country. What is left open is said to be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.extractors._commerce.reading.conventions import OTHER, Run, candidates, likeliest, shares, writes
from services.extractors._commerce.reading.currencies import Found, currencies, sign_after, sign_before, signs
from services.extractors._commerce.reading.lexicon import Mention, concepts, fold, mentions
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

SPACED_SUM = re.compile(r"\W{0,2}\w{0,3}\W{0,2}\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d\d)?\s?\W?\w{0,3}")
"""Such a number alone, perhaps with a sign."""

LONE_SUM = re.compile(
    r"(?P<before>[^\W\d_]{1,3}\.?) ?(?:\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d\d)?|\d+[.,]\d\d)"
    r"|(?:\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d\d)?|\d+[.,]\d\d) ?(?P<after>[^\W\d_]{1,3}\.?)"
)
"""An amount with decimals or groups, alone with few letters."""

CODE = re.compile(r"(?<![A-Za-z\d])([A-Z]{3})(?![A-Za-z\d]|-\w)")
LONGEST_LABEL_CHARACTERS = 12
"""Longer lines with a code are names or sentences, unless they speak of amounts."""

ENGLISH = frozenset({"USD", "GBP"})
"""What is meant by signs on bills in English, or without words; not on those in another language."""

SUMS = frozenset(
    f"amounts.{name}" for name in ("total", "payable", "grand", "subtotal", "paid", "change", "cash", "balance")
)
"""What stands in a row of one amount, so that digits before it are no quantity."""


@dataclass(frozen=True, slots=True)
class Notation:
    """`mark` stands before decimals; empty where no amount of the document has any. `places`: how many they are.

    `group` parts groups of three digits. Not `sure` where such groups may as well be decimals. `origin` decides about
    shared signs; `signs` are words or units elsewhere and currencies here. `spaced`: groups may be parted by spaces.
    `foreign`: its words are of another language than English.
    """

    mark: str = "."
    places: int = 2
    group: str = ","
    sure: bool = True
    origin: Origin = NOWHERE
    signs: frozenset[str] = frozenset()
    spaced: bool = False
    foreign: bool = False

    def accepts(self, sign: str) -> bool:
        """Whether a folded sign is one in this document."""
        return sign in self.signs or self.origin.accepts(sign)

    def meant(self, sign: str, places: int) -> str | None:
        """The currency for a folded sign beside an amount with so many decimals; None where it is none, or unknown.

        What a sign usually means is no answer where amounts are not written so there, or other words.
        """
        if sign in self.signs:
            return next(iter(signs()[sign].codes))
        code = self.origin.meant(sign, places)
        if code is None or len(signs()[sign].codes) == 1 or self.origin.of_currency(code):
            return code
        return code if self._may_be_usual(code) else None

    def _may_be_usual(self, code: str) -> bool:
        return writes(code, self.mark or OTHER[self.group]) and not (self.foreign and code in ENGLISH)


PLAIN = Notation()
"""Of a text by itself: a point parts decimals and a comma parts thousands."""


def notation(rows: Sequence[Sequence[str]], origin: Origin = NOWHERE) -> Notation:
    """That of the amounts in a document, whose rows are texts side by side, dates left out."""
    texts = [text for row in rows for text in row]
    cells = [(text, fold(text)) for text in texts if any(map(str.isdigit, text))]
    own = frozenset(sign for text, line in cells for sign in _own_signs(text, line))
    beside = [found.sign for text, line in cells for found in _signs(line) if found.sign in signs()]
    if not any(origin.accepts(sign) or sign in own for sign in beside):
        own = frozenset(_lone_signs(rows))
    origin = origin.with_currencies(sign for sign in beside if origin.accepts(sign) or sign in own)
    words = {mention for text in texts for mention in mentions(text) if mention.exact}
    first = Notation(origin=origin, signs=own, foreign=_is_foreign(words))
    votes = [(signs()[sign].codes, signs()[sign].main) for sign in beside if first.accepts(sign)]
    votes += [((code,), code) for text in texts for code in printed_codes(text, first)]
    runs = [run for _, line in cells for run in _runs(line)]
    way, sure = likeliest(runs, candidates(shares(votes, origin), origin, _marks(words)))
    found = replace(first, mark=way.mark, places=way.places, group=way.group, sure=sure)
    return replace(found, spaced=_is_spaced(found, rows, (line for _, line in cells)))


def _marks(words: Iterable[Mention]) -> Mapping[str, int]:
    """How many phrases are of languages that are spoken where decimals stand behind a point, or a comma."""
    return Counter(mark for _, mark in {(mention.concept, mention.mark) for mention in words} if mark)


def _is_foreign(words: Iterable[Mention]) -> bool:
    """Whether at least two more things are said in a language than in English."""
    said = {(mention.concept, language) for mention in words for language in mention.languages}
    votes = Counter(language for _, language in said)
    return any(number >= votes["en"] + 2 for number in votes.values())


def printed_codes(text: str, notation: Notation) -> Iterator[str]:
    """Codes of currencies in capitals; those that are words as well only where the document uses them."""
    found = [code for code in CODE.findall(text) if code in currencies() and notation.accepts(fold(code))]
    if found and (len(text) <= LONGEST_LABEL_CHARACTERS or any(_is_of_money(name) for name in concepts(text))):
        yield from found


def _is_of_money(concept: str) -> bool:
    return concept.startswith(("amounts.", "columns."))


def _is_spaced(found: Notation, rows: Iterable[Sequence[str]], lines: Iterable[str]) -> bool:
    """Where a comma stands before decimals, where the country does so, or where a sign or a sum shows it."""
    country = found.origin.country
    if found.mark == "," or (country and country.spaced and (not found.mark or country.mark != ",")):
        return True
    if not found.mark:
        return any(sign_after(line, match.end()) for line in lines for match in SPACED.finditer(line))
    return any(_names_sum(row) and SPACED_SUM.fullmatch(row[-1]) for row in rows if len(row) == 2)


def _names_sum(row: Sequence[str]) -> bool:
    return not SUMS.isdisjoint(concepts(row[0]))


def _own_signs(text: str, line: str) -> Iterator[str]:
    """Signs that are words or units elsewhere, where this document shows them to be money.

    Codes that are words count behind a number, or before one behind a label of amounts. Signs of money with three
    decimals count behind a number that has three.
    """
    for match in RUN.finditer(line):
        before, after = sign_before(line, match.start()), sign_after(line, match.end())
        if after and (_is_code(after, text) or _has_three(after, match.group())):
            yield after.sign
        elif before and _is_code(before, text) and any(_is_of_amounts(name) for name in concepts(text[: before.start])):
            yield before.sign


def _lone_signs(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Signs that are words elsewhere, but no units, alone with a sum; those behind it, with another amount as well."""
    alone = [(row, match) for row in rows if row and (match := LONE_SUM.fullmatch(fold(row[-1])))]
    times = Counter(match["after"] for _, match in alone)
    for row, match in alone:
        sign = match["before"] or match["after"]
        if _is_local(sign) and len(row) > 1 and _names_sum(row) and (match["before"] or times[sign] > 1):
            yield sign


def _is_local(sign: str) -> bool:
    """Whether it is one currency's, a word elsewhere, and no unit."""
    known = signs().get(sign)
    return known is not None and known.local and len(known.codes) == 1 and not UNIT.fullmatch(sign)


def _is_code(found: Found, text: str) -> bool:
    code = text[found.start : found.end]
    return code in currencies() and currencies()[code].word


def _has_three(found: Found, number: str) -> bool:
    """Whether a sign means one currency, which has three decimals as the number does."""
    codes = signs()[found.sign].codes if found.sign in signs() else ()
    return len(codes) == 1 and currencies()[codes[0]].habit == 3 and bool(re.search(r"[.,]\d{3}$", number))


def _is_of_amounts(concept: str) -> bool:
    return concept.startswith("amounts.")


def _runs(line: str) -> Iterator[Run]:
    for match in RUN.finditer(line):
        before, after = sign_before(line, match.start()), sign_after(line, match.end())
        signed = before is not None or after is not None
        coded = CODED_BEFORE.search(line[: match.start()][-2:]) or CODED_AFTER.match(line, match.end())
        if signed or not coded:
            yield Run(match.group(), 1.5 if signed else 0.2 if UNIT.match(line, match.end()) else 1.0)


def _signs(line: str) -> Iterator[Found]:
    """Signs beside numbers."""
    for match in RUN.finditer(line):
        if found := sign_before(line, match.start()) or sign_after(line, match.end()):
            yield found
