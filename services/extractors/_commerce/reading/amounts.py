"""Amounts of money in any convention: 1,234.56, 1.234,56, 1 234,56, 1'234.50, 6,54,321.00, (12.00), 1.84-, RM.00.

`1.234` may be twelve hundred or a little more than one: what the document's notation says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from services.extractors._commerce.reading.currencies import TAIL, Found, is_word, sign_after, sign_before
from services.extractors._commerce.reading.lexicon import fold
from services.extractors._commerce.reading.notation import APOSTROPHES, PLAIN, RUN, Notation

SPACES = " \u00a0\u202f\u2009"

THOUSANDS = re.compile(rf"(?:[{SPACES}]\d{{3}}(?!\d))")
"""What may follow a run of digits if groups are parted by spaces."""

MISREAD_ZERO = re.compile(
    r"(?<![a-z0-9])o(?=[.,][0-9o]{2}(?![a-z0-9]))|(?<=rm)o(?=[.,])|(?<=\d[.,])o(?=[0-9o]\b)|(?<=[.,]\d)o\b"
)
MISREAD_DOLLAR = re.compile(r"(?<![a-z0-9])s(?=\d+[.,]\d\d(?!\d))")

MINUS_INSIDE = re.compile(r"[-−]\s?$")
MINUS_BEFORE = re.compile(r"(?:(?<![\w.])[-−–]|\()\s?$")
MINUS_BEHIND = re.compile(r"\s?[-−](?:\s*$|\s?(?:[a-z]\d?|\d?[a-z]|[*#])(?!\w)|(?!\s?[\w$€£]))|\s?cr(?!\w)")

CODE_BEHIND = re.compile(r"-[^\W_]{2}|[^\W\d_]+\d")
"""The rest of a code such as `AOA4-ADI` or `DH5HR7`."""

CLOCK = ("am", "pm", "uhr", "h")

LARGEST = Decimal(10) ** 12
MOST_DIGITS = 15

AROUND = 20
"""How many characters before a number may say what it is."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number at `start` to `end` of a text, its sign of currency included.

    `places` are the decimals as printed, `usual` whether amounts of the document have so many. `currency` is an ISO
    4217 code, None where the sign may mean several, and `sign` what it was printed as. `other` is what the number is
    if its mark parts groups rather than decimals, or the other way round, where the document leaves that open.
    """

    value: Decimal
    start: int
    end: int
    places: int = 0
    grouped: bool = False
    usual: bool = False
    currency: str | None = None
    sign: str = ""
    other: Decimal | None = None

    @property
    def is_money(self) -> bool:
        """Whether it looks like money by itself: the usual decimals, or a currency."""
        return self.usual or bool(self.sign)


class Parsed(NamedTuple):
    """A printed number: its value and decimals, whether its digits are in groups, and what else it may be."""

    value: Decimal
    places: int
    grouped: bool
    other: Decimal | None = None


def parse(printed: str, notation: Notation = PLAIN) -> Parsed | None:
    """None where the marks make no sense. The notation decides about `1.234`."""
    digits = re.sub(rf"[{SPACES}{APOSTROPHES}]", "", printed)
    used = [character for character in digits if character in ".,"]
    spaced = digits != printed
    if len(used) == 1 and not spaced and _is_open(*digits.split(used[0])):
        decimal, group = _by(digits, used[0], True, ""), _by(digits, "", True, used[0])
        read, other = (decimal, group) if notation.mark == used[0] else (group, decimal)
        return read._replace(other=None if notation.sure else other.value) if read and other else None
    decimal_mark = _decimal_mark(used)
    return _by(digits, decimal_mark, spaced, next((mark for mark in used if mark != decimal_mark), ""))


def _is_open(whole: str, fraction: str) -> bool:
    """Whether a mark with three digits behind it may part decimals or groups."""
    return len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0"


def _by(digits: str, decimal_mark: str, spaced: bool, group: str) -> Parsed | None:
    """Digits without spaces, read with these marks."""
    whole, _, fraction = digits.partition(decimal_mark) if decimal_mark else (digits, "", "")
    if len(digits) > MOST_DIGITS + MOST_DIGITS // 3 or (group and (group in fraction or not _grouped(whole, group))):
        return None
    number = f"{(whole.replace(group, '') if group else whole) or '0'}.{fraction or '0'}"
    value = Decimal(number).quantize(Decimal(1).scaleb(-len(fraction)))
    return Parsed(value, len(fraction), bool(group) or spaced)


def _decimal_mark(used: Sequence[str]) -> str:
    """Of the marks in a number the one before its decimals: the last, where it stands once."""
    if len(set(used)) == 2:
        return used[-1] if used.count(used[-1]) == 1 else ""
    return used[0] if len(used) == 1 else ""


def _grouped(whole: str, group: str) -> bool:
    """Groups of three, or as in India of two and a last one of three."""
    first, *rest = whole.split(group)
    if not rest or not 1 <= len(first) <= 3 or len(rest[-1]) != 3:
        return False
    return all(len(part) == 3 for part in rest) or (len(first) <= 2 and all(len(part) == 2 for part in rest[:-1]))


def amounts(text: str, notation: Notation = PLAIN) -> tuple[Amount, ...]:
    """The numbers of a text that may be money, from left to right. Rates and numbers with units or codes are none."""
    folded = MISREAD_DOLLAR.sub("$", MISREAD_ZERO.sub("0", fold(text)))
    return tuple(_found(text, folded, notation))


def rates(text: str) -> tuple[tuple[Decimal, int, int], ...]:
    """Percentages: the number, and where it and its sign start and end."""
    found = re.finditer(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%", fold(text))
    return tuple((Decimal(match[1].replace(",", ".")), *match.span()) for match in found)


def _found(text: str, folded: str, notation: Notation) -> Iterator[Amount]:
    at = 0
    while match := RUN.search(folded, at):
        start, at = match.start(), _end(folded, *match.span(), notation)
        parsed = parse(folded[start:at], notation)
        if parsed and parsed.value < LARGEST and (amount := _with_signs(text, folded, start, at, parsed, notation)):
            yield amount


def _end(folded: str, start: int, end: int, notation: Notation) -> int:
    """Where a number ends whose groups may be parted by spaces."""
    while notation.spaced and (group := THOUSANDS.match(folded, end)) and _may_group(folded[start:end]):
        end = group.end()
        if notation.mark and (rest := re.compile(rf"\{notation.mark}\d{{2}}(?!\d)").match(folded, end)):
            return rest.end()
    return end


def _may_group(run: str) -> bool:
    return run.isdigit() and len(run) <= 3 or re.fullmatch(rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+", run) is not None


def _with_signs(text: str, folded: str, start: int, end: int, parsed: Parsed, notation: Notation) -> Amount | None:
    """The amount with what stands before and after it. None where that shows it to be something else."""
    inner = MINUS_INSIDE.search(folded, max(0, start - 2), start)
    before = _accepted(text, sign_before(folded, inner.start() if inner else start), notation)
    after = None if before else _accepted(text, _behind(folded, end), notation)
    found = before or after
    is_plain = found is None or TAIL.fullmatch(found.sign)
    if (is_plain and _is_other(folded, start, end, parsed.places)) or _goes_on(folded, end, parsed):
        return None
    begin, finish = before.start if before else start, after.end if after else end
    negative = bool(before and inner) or _is_negative(folded, begin, finish)
    sign = found.sign if found else ""
    return Amount(
        value=-parsed.value if negative else parsed.value,
        start=begin,
        end=finish,
        places=parsed.places,
        grouped=parsed.grouped,
        usual=_is_usual(parsed, notation),
        currency=notation.meant(sign, parsed.places),
        sign=sign,
        other=parsed.other and (-parsed.other if negative else parsed.other),
    )


def _goes_on(folded: str, end: int, parsed: Parsed) -> bool:
    """Whether digits are the first part of a code or a fraction, even if a sign seems to stand before them."""
    return bool(re.match(r"/\d", folded[end:]) or (not parsed.places and CODE_BEHIND.match(folded, end)))


def _is_usual(parsed: Parsed, notation: Notation) -> bool:
    return parsed.places == notation.places if parsed.places else parsed.grouped and not notation.places


def _behind(folded: str, end: int) -> Found | None:
    """The sign behind a number, unless it stands before another one."""
    found = sign_after(folded, end)
    return None if found and re.match(r"\s?\d", folded[found.end :]) and not TAIL.fullmatch(found.sign) else found


def _accepted(text: str, found: Found | None, notation: Notation) -> Found | None:
    """None for what is rather a word: small letters, "Euro" before a number, which is a street, or a unit elsewhere."""
    if found is None or is_word(found.sign, text[found.start : found.end]):
        return None
    return found if notation.accepts(found.sign) else None


def _is_negative(folded: str, begin: int, finish: int) -> bool:
    """Whether a minus or a bracket stands before it, or a minus, a tax's code following, or CR for credit behind it."""
    head = folded[max(0, begin - AROUND) : begin]
    return bool(MINUS_BEFORE.search(head) or MINUS_BEHIND.match(folded, finish))


def _is_other(text: str, start: int, end: int, places: int) -> bool:
    """Whether a number without currency is a rate, a part of a code, a time or a measure."""
    rest, head = text[end:], text[max(0, start - AROUND) : start]
    if re.match(r"\s?%|[:/#*]\d|-\d", rest) or re.search(r"[\w#:/*]$|\d[-/.,]$", head):
        return not (places == 2 and re.search(r"[:*]$|(?<![a-z])(?:rm|x|@)$", head) and not re.match(r"\s?%", rest))
    glued = re.match(r"[^\W\d_]*", rest)
    letters = glued.group() if glued else ""
    return bool(letters) and not (places == 2 and len(letters) <= 3 and letters not in CLOCK)  # 10.40SR
