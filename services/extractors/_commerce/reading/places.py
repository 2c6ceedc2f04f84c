"""What a document tells of how it writes its dates, and which currencies it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from services.extractors._commerce.reading.amounts import amounts
from services.extractors._commerce.reading.currencies import Found, is_word, sign_before, signs
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.lexicon import fold
from services.extractors._commerce.reading.notation import Notation, printed_codes
from services.extractors._commerce.reading.origin import countries

CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
HALVES = re.compile(r"\d\s?[AaPp]\.?[Mm]\b")
"""A time of day in two halves of twelve hours."""

BARE = re.compile(r"[\d.,\s:/%+-]*")
"""What names no currency: most cells of a long table."""

DEFAULT = 0.5
"""What speaks for the day before the month where nothing else does: less than one sign of a currency."""


def order_priors(sheet: Sheet, notation: Notation) -> Mapping[str, float]:
    """What speaks for each order of numeric dates before any date is looked at."""
    votes: Counter[str] = Counter()
    votes["dmy"] += DEFAULT  # type: ignore[assignment]
    for order, weight in _votes(sheet, notation):
        votes[order] += weight  # type: ignore[assignment]
    return dict(votes)


def _votes(sheet: Sheet, notation: Notation) -> Iterator[tuple[str, float]]:
    yield from ((countries()[land].order, min(score, 4.0)) for land, score in notation.origin.countries.items())
    signed = currency_signs(sheet, notation)
    yield from ((_orders()[code], min(number, 2)) for code, number in signed.items() if code in _orders())
    if "USD" in signed and HALVES.search(sheet.text):
        yield "mdy", 0.5
    if CJK.search(sheet.text):
        yield "ymd", 3.0


@cache
def _orders() -> Mapping[str, str]:
    """How numeric dates are written where a currency is used: in the country that it is called after, or in most."""
    orders: dict[str, Counter[str]] = {}
    for country in countries().values():
        own = country.currency.startswith(country.code)
        orders.setdefault(country.currency, Counter())[country.order] += 100 if own else 1
    return {code: counts.most_common(1)[0][0] for code, counts in orders.items()}


def currency_signs(sheet: Sheet, notation: Notation) -> Counter[str]:
    """How often each currency is printed: as a code anywhere; as a sign with an amount, in brackets or ending a line.

    After the end of a line the amount may stand in the next column.
    """
    found: Counter[str] = Counter()
    for cell in sheet.cells:
        if not BARE.fullmatch(cell.text):
            found.update(printed_codes(cell.text, notation))
            found.update(amount.currency for amount in amounts(cell.text, notation) if amount.currency)
            found.update(code for code, _ in signs_apart(cell.text, notation))
    return found


def signs_apart(text: str, notation: Notation) -> Iterator[tuple[str, Found]]:
    """Currencies whose signs stand in brackets or at the end of a line, and where."""
    folded = fold(text)
    ends = [len(folded.rstrip(" .:")), *(match.start() for match in re.finditer(r"\)", folded))]
    for place, end in enumerate(ends):
        found = sign_before(folded, end)
        if found is None or is_word(found.sign, text) or not notation.accepts(found.sign):
            continue
        alone = found.start == 0 or folded[found.start - 1] in ("(" if place else " (")
        if alone and (code := notation.meant(found.sign, 0)):
            yield code, found


def is_ambiguous(sign: str) -> bool:
    """Whether several currencies are written with this sign."""
    return sign in signs() and len(signs()[sign].codes) > 1
