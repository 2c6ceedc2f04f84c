"""What a document tells of the country it is from: enough to read its dates and its dollar signs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from services.extractors._commerce.reading.amounts import amounts
from services.extractors._commerce.reading.currencies import AMBIGUOUS, codes, currencies, is_word, sign_pattern
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.lexicon import fold

STATE = (
    "(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]"
    "|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
)
"""The states of the USA by their postal codes."""

ZIP = re.compile(rf"\b{STATE}\b[,.]?\s*\d{{5}}(?:-\d{{4}})?\b")
CITY_STATE = re.compile(rf"[A-Za-z]{{3,}},\s*{STATE}\b")
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")


def order_priors(sheet: Sheet) -> Mapping[str, float]:
    """What speaks for each order of numeric dates before any date is looked at."""
    votes: Counter[str] = Counter({"dmy": 1})
    votes["mdy"] += 2 * min(_american(sheet.text), 2)
    for code, number in currency_signs(sheet).items():
        votes[currencies()[code].order] += min(number, 2)
    if CJK.search(sheet.text):
        votes["ymd"] += 3
    return {order: float(number) for order, number in votes.items()}


def currency_signs(sheet: Sheet) -> Counter[str]:
    """How often each currency is printed: as a code anywhere; as a sign with an amount, in brackets or ending a line.

    After the end of a line the amount may stand in the next column.
    """
    found: Counter[str] = Counter()
    for cell in sheet.cells:
        found.update(code for code in CODE.findall(cell.text) if code in currencies())
        folded = fold(cell.text)
        found.update(amount.currency for amount in amounts(cell.text) if amount.currency)
        for match in re.finditer(rf"(?:^|\s)({sign_pattern()})[\s.:]*$|\(({sign_pattern()})\)", folded):
            sign = match[1] or match[2]
            if not is_word(sign, cell.text):
                found[codes()[sign]] += 1
    return found


def is_ambiguous(sign: str) -> bool:
    """Whether several currencies are written with this sign."""
    return sign in AMBIGUOUS


def _american(text: str) -> int:
    """Places given with a state of the USA."""
    return len(ZIP.findall(text)) or len(CITY_STATE.findall(text))
