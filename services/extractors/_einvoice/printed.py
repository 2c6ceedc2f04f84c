"""Where a value is printed: the same number, date or name in whichever way a page puts it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property, partial

from services.document.model import Document, Line, Quad
from services.extractors._commerce.reading.dates import readings
from services.extractors._iban import ibans

Value = str | Decimal | date

GROUP = r"[.,'’   \u00a0\u202f]?"
MARKS = r"[\s./\-_]{0,3}"
SHORTEST = 3
"""Letters and digits of a text that is looked for; fewer are anywhere."""

LONGEST_WORD = 6
"""Letters up to which a text may be a part of another word by chance, so that it has to be a word."""

MOST_LINES = 20_000

_CONFUSED = str.maketrans("oilszbABCDEFGHIJKLMNOPQRSTUVWXYZ", "011528a8cdefgh1jk1mn0pqr5tuvwxy2")

WORD = 4
"""Letters that are a word."""

MOST_LIKE = 2000
"""Lines that are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is printed, on which page, and where."""

    raw: str
    page: int
    bbox: Quad
    confidence: float


@dataclass(frozen=True)
class Print:
    """The lines of a document."""

    document: Document

    @cached_property
    def lines(self) -> list[tuple[int, Line, str]]:
        """Page, line, and its letters and digits alone."""
        every = ((page.number, line) for page in self.document.pages for line in page.lines)
        return [(page, line, alnum(line.text)) for (page, line), _ in zip(every, range(MOST_LINES), strict=False)]

    def find(self, value: Value) -> Place | None:
        """The first place where it stands."""
        if isinstance(value, str) and not any(map(str.isdigit, value)):
            return self._text(alnum(value))
        matches = partial(_matches, _pattern(value), isinstance(value, str))
        for page, line, _ in self.lines:
            if found := next(matches(line.text), None):
                return _place(page, line, *found)
        return self._in_words(value) if isinstance(value, date) else None

    def _in_words(self, day: date) -> Place | None:
        """A date whose month is a word."""
        for page, line, _ in self.lines[:MOST_LIKE]:
            for reading in readings(line.text):
                if any(meant.date == day for meant in reading.meanings.values()):
                    return _place(page, line, reading.start, reading.end)
        return None

    def _text(self, letters: str) -> Place | None:
        if len(letters) < SHORTEST:
            return None
        lines = ((page, line) for page, line, own in self.lines if letters in own)
        whole = ((page, line) for page, line in lines if len(letters) > LONGEST_WORD or _has_word(line.text, letters))
        return next((_place(page, line, 0, len(line.text)) for page, line in whole), None)

    def like(self, value: Value, share: float) -> Place | None:
        """The first line that is nearly this text, or begins so; or one with most words of it, if the page has all."""
        letters = alnum(value) if isinstance(value, str) else ""
        if len(letters) < SHORTEST:
            return None
        matcher = SequenceMatcher(None, "", letters, autojunk=False)
        for page, line, own in self.lines[:MOST_LIKE]:
            matcher.set_seq1(own[: len(letters)])
            if 2 * len(own) > len(letters) and matcher.ratio() >= share:
                return _place(page, line, 0, len(line.text))
        return self._scattered([word for part in str(value).split() if len(word := alnum(part)) >= SHORTEST])

    def _scattered(self, words: list[str]) -> Place | None:
        """A name that is printed in several lines."""
        lines = [(sum(word in own for word in words), page, line, own) for page, line, own in self.lines[:MOST_LIKE]]
        if not words or not all(any(word in own for *_, own in lines) for word in words):
            return None
        _, page, line, _ = max(lines, key=lambda line: line[0])
        return _place(page, line, 0, len(line.text))

    def shaped(self, value: str) -> Iterator[Place]:
        """Numbers for VAT of the same country and form: two letters, then letters and digits in the same places."""
        if not re.match(r"[A-Z]{2}.*\d{6}", value):
            return
        form = ("[A-Z]" if character.isalpha() else r"\d" for character in value[2:] if character.isalnum())
        pattern = re.compile(rf"(?<![A-Z0-9]){value[:2]}{MARKS}{MARKS.join(form)}(?![A-Z0-9])")
        for page, line, _ in self.lines:
            for match in pattern.finditer(line.text):
                yield _place(page, line, match.start(), match.end())

    def ibans(self) -> Iterator[Place]:
        """All account numbers whose check digits are right (ISO 13616)."""
        for page, line, _ in self.lines:
            yield from (_place(page, line, *span) for span in ibans(line.text))


def alnum(text: str) -> str:
    """Letters and digits alone, in small letters and without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, parts))


def _has_word(text: str, letters: str) -> bool:
    """Whether it is one word, or several beside each other; figures may stand against it."""
    words = [alnum(word) for word in re.findall(r"[^\W\d_]+", text)]
    starts = range(len(words))
    return any("".join(words[start:end]) == letters for start in starts for end in range(start + 1, start + 1 + WORD))


def _place(page: int, line: Line, start: int, end: int) -> Place:
    length = max(1, len(line.text))
    box = line.quad.stretch(start / length, end / length)
    return Place(line.text[start:end].strip(), page, box, line.confidence)


def unmistaken(text: str) -> str:
    """In small letters, with one sign for all that recognition takes for each other; as long as the text is."""
    return text.translate(_CONFUSED)


def _pattern(value: Value) -> re.Pattern[str]:
    if isinstance(value, Decimal):
        return re.compile(_amount(value))
    return re.compile(_number(unmistaken(value)) if isinstance(value, str) else _day(value))


def _number(text: str) -> str:
    """Its letters and digits, with any marks between them."""
    return MARKS.join(map(re.escape, filter(str.isalnum, text)))


def _matches(pattern: re.Pattern[str], number: bool, text: str) -> Iterator[tuple[int, int]]:
    """Where a text has it; a number with slips of recognition, but not as a part of another one."""
    for match in pattern.finditer(unmistaken(text) if number else text):
        if not number or (
            _parted(text[: match.start()][::-1], text[match.start()])
            and _parted(text[match.end() :], text[match.end() - 1])
        ):
            yield match.span()


def _parted(around: str, edge: str) -> bool:
    """Whether a number ends at its edge: before no letter or digit, or before a word, if only the blank is lost."""
    return not around[:1].isalnum() or (edge.isdigit() and len(around) >= WORD and around[:WORD].isalpha())


def _amount(value: Decimal) -> str:
    """In any convention of marks and groups; a sign before it does not matter."""
    whole, _, fraction = f"{abs(value):f}".partition(".")
    fraction = fraction.rstrip("0")
    groups = GROUP.join(_thirds(whole.lstrip("0") or "0"))
    decimals = rf"[.,]{fraction}0*" if fraction else r"(?:[.,](?:0+|-+|–))?"
    return rf"(?<![\d.,]){groups}{decimals}(?![.,]?\d)"


def _thirds(digits: str) -> list[str]:
    head = len(digits) % 3
    return [digits[:head]] * bool(head) + [digits[at : at + 3] for at in range(head, len(digits), 3)]


def _day(day: date) -> str:
    """In numbers, in any order; a year may have two digits."""
    year, month, dom = rf"(?:{day.year}|{day.year % 100:02d})", rf"0?{day.month}", rf"0?{day.day}"
    mark = r"\s?[-./]\s?"
    orders = ((dom, month, year), (month, dom, year), (year, month, dom))
    return "|".join(rf"(?<!\d){mark.join(order)}(?!\d)" for order in orders) + rf"|(?<!\d){day:%Y%m%d}(?!\d)"
