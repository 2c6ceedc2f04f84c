"""Amounts of money in any convention: 1,234.56, 1.234,56, 1 234,56, 1'234.50, 6,54,321.00, (12.00), 1.84-, RM.00.

`1.234` may be twelve hundred or a little more than one. The document's other amounts decide, or else the sign: a point
parts decimals and a comma parts thousands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from services.extractors._commerce.reading.currencies import is_word, meant, sign_pattern
from services.extractors._commerce.reading.lexicon import fold

SPACES = " \u00a0\u202f\u2009"
APOSTROPHES = "'\u2019\u02bc`\u00b4"
RUN = re.compile(rf"\d+(?:[.,{APOSTROPHES}]\d+)*|[.,]\d{{2}}(?!\d|[.,]\d)")
"""Digits with marks between them, or a bare fraction."""

THOUSANDS = re.compile(rf"(?:[{SPACES}]\d{{3}}(?!\d))")
"""What may follow a run of digits if groups are parted by spaces."""

MISREAD_ZERO = re.compile(
    r"(?<![a-z0-9])o(?=[.,][0-9o]{2}(?![a-z0-9]))|(?<=rm)o(?=[.,])|(?<=\d[.,])o(?=[0-9o]\b)|(?<=[.,]\d)o\b"
)
MISREAD_DOLLAR = re.compile(r"(?<![a-z0-9])s(?=\d+[.,]\d\d(?!\d))")

CLOCK = ("am", "pm", "uhr", "h")

LARGEST = Decimal(10) ** 12
MOST_DIGITS = 15

AROUND = 20
"""How many characters before a number may say what it is."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number at `start` to `end` of a text, its sign of currency included.

    `places` are the decimals as printed; `currency` an ISO 4217 code and `sign` what it was printed as.
    """

    value: Decimal
    start: int
    end: int
    places: int = 0
    grouped: bool = False
    currency: str | None = None
    sign: str = ""

    @property
    def is_money(self) -> bool:
        """Whether it looks like money by itself: two decimals, or a currency."""
        return self.places == 2 or self.currency is not None


def parse(printed: str, mark: str = "") -> tuple[Decimal, int, bool] | None:
    """The value, its decimals and whether it has grouped digits. None where the marks make no sense.

    `mark` is the document's decimal mark, where it is known; it decides about `1.234`.
    """
    digits = re.sub(rf"[{SPACES}{APOSTROPHES}]", "", printed)
    if len(digits) > MOST_DIGITS + MOST_DIGITS // 3:
        return None
    used = [character for character in digits if character in ".,"]
    decimal = _decimal_mark(digits, used, mark, digits != printed)
    whole, _, fraction = digits.partition(decimal) if decimal else (digits, "", "")
    group = next((character for character in used if character != decimal), "")
    if group and (group in fraction or not _grouped(whole, group)):
        return None
    number = f"{(whole.replace(group, '') if group else whole) or '0'}.{fraction or '0'}"
    grouped = bool(group) or digits != printed
    return Decimal(number).quantize(Decimal(1).scaleb(-len(fraction))), len(fraction), grouped


def decimal_mark(texts: Iterable[str]) -> str:
    """The mark before the decimals in most amounts that leave no doubt; empty where none does."""
    votes: Counter[str] = Counter()
    for text in texts:
        for run in RUN.findall(fold(text)):
            votes[_certain_mark(run)] += 1
    votes.pop("", None)
    return votes.most_common(1)[0][0] if votes else ""


def amounts(text: str, mark: str = "") -> tuple[Amount, ...]:
    """The numbers of a text that may be money, from left to right. Rates and numbers with units or codes are none."""
    folded = MISREAD_ZERO.sub("0", fold(text))
    folded = MISREAD_DOLLAR.sub("$", folded)
    return tuple(_in_capitals(text, amount) for amount in _found(folded, mark))


def rates(text: str) -> tuple[tuple[Decimal, int, int], ...]:
    """Percentages: the number, and where it and its sign start and end."""
    found = re.finditer(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%", fold(text))
    return tuple((Decimal(match[1].replace(",", ".")), *match.span()) for match in found)


def _found(text: str, mark: str) -> Iterator[Amount]:
    at = 0
    while match := RUN.search(text, at):
        start, at = match.span()
        while mark == "," and (group := THOUSANDS.match(text, at)) and _may_group(text[start:at]):
            at = group.end()
            if rest := re.compile(r",\d{2}(?!\d)").match(text, at):
                at = rest.end()
                break
        parsed = parse(text[start:at], mark)
        if parsed and parsed[0] < LARGEST and (amount := _with_signs(text, start, at, *parsed)):
            yield amount


def _in_capitals(text: str, amount: Amount) -> Amount:
    """The amount without a currency that is a word in the text."""
    return (
        replace(amount, currency=None, sign="")
        if amount.sign and is_word(amount.sign, text[amount.start : amount.end])
        else amount
    )


def _may_group(run: str) -> bool:
    return run.isdigit() and len(run) <= 3 or re.fullmatch(rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+", run) is not None


def _with_signs(text: str, start: int, end: int, value: Decimal, places: int, grouped: bool) -> Amount | None:
    """The amount with what stands before and after it. None where that shows it to be something else."""
    before, after = _sign_before().search(text, max(0, start - AROUND), start), _sign_after().match(text, end)
    if before and len(before["sign"]) > 3 and before["sign"].isalpha():  # "Euro" before a number is a street
        before = None
    sign = before["sign"] if before else after["sign"] if after else ""
    begin = before.start() if before else start
    finish = after.end() if after and not before else end
    if (not sign and _is_other(text, start, end, places)) or re.match(r"/\d", text[end:]):
        return None
    head = text[max(0, begin - AROUND) : begin]
    minus = re.search(r"(?:(?<![\w.])[-−–]|\()\s?$", head) or re.match(r"\s?[-−](?!\s?[\w$€£])", text[finish:])
    negative = bool(minus) or (before is not None and before["minus"] is not None)
    return Amount(-value if negative else value, begin, finish, places, grouped, meant(sign, places), sign)


def _is_other(text: str, start: int, end: int, places: int) -> bool:
    """Whether a number without currency is a rate, a part of a code, a time or a measure."""
    rest, head = text[end:], text[max(0, start - AROUND) : start]
    if re.match(r"\s?%|[:/#*]\d|-\d", rest) or re.search(r"[\w#:/*]$|\d[-/.,]$", head):
        return not (places == 2 and re.search(r"[:*]$|(?<![a-z])(?:rm|x|@)$", head) and not re.match(r"\s?%", rest))
    glued = re.match(r"[^\W\d_]*", rest)
    letters = glued.group() if glued else ""
    return bool(letters) and not (places == 2 and len(letters) <= 3 and letters not in CLOCK)  # 10.40SR


@cache
def _sign_before() -> re.Pattern[str]:
    return re.compile(rf"(?P<sign>{sign_pattern()})[\s.:]{{0,2}}(?P<minus>[-−]\s?)?$")


@cache
def _sign_after() -> re.Pattern[str]:
    return re.compile(rf"\s?(?P<sign>{sign_pattern()})(?!\s?\d)")


# Marks


def _decimal_mark(digits: str, used: list[str], mark: str, spaced: bool) -> str:
    if not used:
        return ""
    if len(set(used)) == 2:
        return used[-1] if used.count(used[-1]) == 1 else ""
    if len(used) > 1:
        return ""
    whole, _, fraction = digits.partition(used[0])
    if len(fraction) == 3 and whole not in ("", "0") and len(whole) <= 3 and not spaced:
        return used[0] if (mark or ".") == used[0] else ""
    return used[0]


def _certain_mark(run: str) -> str:
    used = [character for character in run if character in ".,"]
    if not used or used.count(used[-1]) > 1:
        return ""
    fraction = run.rpartition(used[-1])[2]
    return used[-1] if len(fraction) in (1, 2) else ""


def _grouped(whole: str, group: str) -> bool:
    """Groups of three, or as in India of two and a last one of three."""
    first, *rest = whole.split(group)
    if not rest or not 1 <= len(first) <= 3 or len(rest[-1]) != 3:
        return False
    return all(len(part) == 3 for part in rest) or (len(first) <= 2 and all(len(part) == 2 for part in rest[:-1]))
