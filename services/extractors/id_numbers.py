"""Indian identity numbers: PAN, Aadhaar, driving licence, passport and UDYAM registration.

A number is found by its shape, believed by what stands around it, and checked as far as it can be. What has the shape
of a number that needs a label, and none, is left out: an order number is no Aadhaar because it has twelve digits.
Neither representations nor errors hold a value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import atan2, cos, hypot, sin
from statistics import median

from config import Settings
from services.document import Document, Line, Point, Quad
from services.extractors import Extractor

REQUIRES: tuple[str, ...] = ()

UNLABELLED = 0.8
"""What the confidence of a number without a label is multiplied by."""

MOST_CORRECTED = 2
"""Characters of one number that may have been mistaken for what looks like them."""

SAME_ROW = 0.5
"""Lines stand in one row when their middles are closer than this share of their height."""

LABEL_ROWS = 2
"""Rows above a number in which its label may stand."""

BEFORE, BESIDE = 1000, 80
"""Characters before a number in which its label is looked for, and in which one of something else is: a text layer may
have lines without end."""

OLDEST = 1950
"""Year of the oldest driving licence."""


@dataclass(frozen=True, slots=True, repr=False)
class IdNumber:
    """`type` is `PAN AADHAAR DRIVING_LICENCE PASSPORT UDYAM`. `value` has no spaces, and hyphens in UDYAM's only.

    `raw` is what was read. `valid` is false where a check fails. `page` counts from 1. `bbox` is in pixels of the
    image of the lines.
    """

    type: str
    value: str
    raw: str
    valid: bool
    confidence: float
    page: int
    bbox: Quad

    @property
    def masked(self) -> str:
        """All but the last four characters hidden, as it may be shown or logged."""
        return "X" * (len(self.value) - 4) + self.value[-4:]

    def __repr__(self) -> str:
        return f"IdNumber(type={self.type!r}, value={self.masked!r}, valid={self.valid})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a number: its label before it or above it; words of such a document anywhere on the page; its
    check; its parts standing apart as they are printed. And against it: another label, and so many `corrected`
    characters."""

    label: bool
    context: bool
    valid: bool
    grouped: bool
    foreign: bool
    corrected: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of number. The groups of `shape`, joined, are of `letters`: `A` for a letter, `0` for a digit.

    `is_valid` takes the joined groups and the day; `belief` is the share of its confidence that a number keeps, 0 where
    it is none.
    """

    type: str
    shape: re.Pattern[str]
    letters: str
    label: re.Pattern[str]
    context: re.Pattern[str]
    is_valid: Callable[[str, date], bool]
    belief: Callable[[Evidence], float]
    form: Callable[[str], str] = str


def build(settings: Settings) -> Extractor:
    """Looks at the text only; no settings of its own."""
    return Extractor(document=_of_document)


def _of_document(document: Document) -> Sequence[IdNumber]:
    return [number for page in document.pages for number in find(page.lines, page.number)]


def find(lines: Sequence[Line], number: int = 1, today: date | None = None) -> tuple[IdNumber, ...]:
    """The numbers among the lines of page `number`, valid ones first, then the surest, each once.

    `today` decides which years of issue have been; it is the system's day where it is not given.
    """
    page = _page(lines, number)
    found = [one for kind in KINDS for one in _of(kind, page, today or date.today())]
    ranked = sorted(found, key=lambda one: (one.valid, one.confidence))
    return tuple({(one.type, one.value): one for one in ranked}.values())[::-1]


# A page as one text, rows parted by line feeds


@dataclass(frozen=True, slots=True, repr=False)
class _Page:
    """`starts` are where the text of each of the lines begins."""

    number: int
    text: str
    lines: tuple[Line, ...]
    starts: tuple[int, ...]


APART = "  "
"""Stands between the lines of one row, so that columns are told from words."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def _page(lines: Sequence[Line], number: int) -> _Page:
    rows = _rows([line for line in lines if line.text])
    ordered = [line for row in rows for line in row]
    ends = [gap for row in rows for gap in (*[APART] * (len(row) - 1), "\n")]
    pieces = [line.text.translate(_DASHES) + end for line, end in zip(ordered, ends, strict=True)]
    starts = accumulate((len(piece) for piece in pieces), initial=0)
    return _Page(number, "".join(pieces), tuple(ordered), tuple(starts)[:-1])


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """From the top, each from the left, in the direction in which the middle one of the lines runs."""
    angle = median(_angle(line.quad) for line in lines) if lines else 0.0
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: _place(line.quad, angle)[1]):
        last = rows[-1][-1] if rows else line
        away = _place(line.quad, angle)[1] - _place(last.quad, angle)[1]
        if rows and away < SAME_ROW * min(_height(line.quad), _height(last.quad)):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: _place(line.quad, angle)[0]) for row in rows]


def _angle(quad: Quad) -> float:
    return atan2(quad.top_right[1] - quad.top_left[1], quad.top_right[0] - quad.top_left[0])


def _height(quad: Quad) -> float:
    return hypot(quad.bottom_left[0] - quad.top_left[0], quad.bottom_left[1] - quad.top_left[1])


def _place(quad: Quad, angle: float) -> Point:
    """The middle, along `angle` and across it."""
    xs, ys = zip(*quad.points, strict=True)
    x, y = sum(xs) / 4, sum(ys) / 4
    return x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle)


# From a page to numbers


def _of(kind: Kind, page: _Page, today: date) -> Iterator[IdNumber]:
    context = bool(kind.context.search(page.text))
    for match in kind.shape.finditer(page.text):
        written = "".join(match.groups())
        number = _corrected(written, kind.letters)
        if not number:
            continue
        valid = kind.is_valid(number, today)
        corrected = _differing(written.upper(), number)
        belief = kind.belief(_evidence(kind, match, context=context, valid=valid, corrected=corrected))
        if belief:
            sure, box = _source(page, match.start(), match.end())
            yield IdNumber(kind.type, kind.form(number), match[0], valid, sure * belief, page.number, box)


_TO_DIGIT = str.maketrans(dict(zip("OQDILZSB", "00011258", strict=True)))
_TO_LETTER = str.maketrans(dict(zip("01258", "OIZSB", strict=True)))


def _corrected(written: str, letters: str) -> str:
    """With a letter at every `A` and a digit at every `0`. Empty where too much would have to be changed for that."""
    pairs = zip(written.upper(), letters, strict=True)
    number = "".join(_fitting(character, kind) for character, kind in pairs)
    fits = all(one.isalpha() == (kind == "A") for one, kind in zip(number, letters, strict=True))
    return number if fits and _differing(written.upper(), number) <= MOST_CORRECTED else ""


def _fitting(character: str, kind: str) -> str:
    if kind == "A":
        return character.translate(_TO_LETTER) if character.isdigit() else character
    return character.translate(_TO_DIGIT)


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


# A label of something else, with its colon or one that everybody knows.
_FOREIGN = re.compile(
    r"(?:[^\W\d_][ .]*(?:no|number|id)?[ .]*[:#=]"
    r"|\b(?:order|phone|mobile|tel|ref|invoice|account|a/c|track\w*|vid|enrol\w*|imei|upi|txn)\b[ .]*(?:no|id)?[ .]*)"
    r"[ -]*$",
    re.IGNORECASE,
)


def _evidence(kind: Kind, match: re.Match[str], *, context: bool, valid: bool, corrected: int) -> Evidence:
    before = match.string[max(0, match.start() - BEFORE) : match.start()].split("\n")
    own = bool(kind.label.search(before[-1]))
    return Evidence(
        label=own or bool(kind.label.search("\n".join(before[-1 - LABEL_ROWS :]))),
        context=context,
        valid=valid,
        grouped=" " in match[0].strip() and "\n" not in match[0],
        foreign=not own and bool(_FOREIGN.search(before[-1][-BESIDE:])),
        corrected=corrected,
    )


def _source(page: _Page, start: int, end: int) -> tuple[float, Quad]:
    """The confidence and the place of a stretch of the text: of the weakest line, and around the parts of all lines."""
    parts: list[Quad] = []
    sure = 1.0
    within = slice(max(0, bisect_right(page.starts, start) - 1), bisect_right(page.starts, end))
    for line, first in zip(page.lines[within], page.starts[within], strict=True):
        left, right = max(start - first, 0), min(end - first, len(line.text))
        if left < right:
            parts.append(_part(line, left, right))
            sure = min(sure, line.confidence)
    return sure, parts[0] if len(parts) == 1 else _around(parts)


def _part(line: Line, left: int, right: int) -> Quad:
    """Of the line's words as far as they are known, else by the share of its characters."""
    ends = [0, *accumulate(len(word.text) + 1 for word in line.words)]
    words = [
        word for word, first in zip(line.words, ends, strict=False) if left < first + len(word.text) and first < right
    ]
    if words and " ".join(word.text for word in line.words) == line.text:
        first, last = words[0].quad, words[-1].quad
        return Quad(first.top_left, last.top_right, last.bottom_right, first.bottom_left)
    return line.quad.stretch(left / len(line.text), right / len(line.text))


def _around(parts: Sequence[Quad]) -> Quad:
    lefts, tops, rights, bottoms = zip(*(part.bounds for part in parts), strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))


# Checks

_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff(number: str) -> bool:
    """Whether the last digit of a number is its check digit by Verhoeff's scheme (1969)."""
    check, order = 0, tuple(range(10))
    for digit in reversed(number):
        check = _product(check, order[int(digit)])
        order = tuple(_PERMUTATION[place] for place in order)
    return check == 0


def _product(one: int, other: int) -> int:
    """In the group of the pentagon's turns (0 to 4) and reflections (5 to 9)."""
    turn = (one - other if one >= 5 else one + other) % 5
    return turn + 5 * ((one >= 5) != (other >= 5))


_CODES = """
AN AP AR AS BR CG CH CT DD DH DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG TN TR TS UA UK
UP UT WB
"""
_STATES = frozenset(_CODES.split())
"""As registrations of vehicles and enterprises have them, old codes included."""

_HOLDERS = frozenset("ABCFGHJLPT")
"""What the fourth letter of a PAN may be: the kind of its holder."""


def _pan(number: str, today: date) -> bool:
    return number[3] in _HOLDERS


def _aadhaar(number: str, today: date) -> bool:
    return number[0] not in "01" and verhoeff(number)


def _licence(number: str, today: date) -> bool:
    return number[:2] in _STATES and OLDEST <= int(number[4:8]) <= today.year


def _udyam(number: str, today: date) -> bool:
    return number[:2] in _STATES


def _passport(number: str, today: date) -> bool:
    """India numbers none from nought, and leaves out Q, X and Z."""
    return number[0] not in "QXZ" and number[1] != "0"


# What is believed


def _by_itself(evidence: Evidence) -> float:
    return 1.0


def _distinctive(evidence: Evidence) -> float:
    if evidence.label or evidence.context:
        return 1.0
    return UNLABELLED if evidence.valid and not evidence.corrected else 0.0


def _unless_foreign(evidence: Evidence) -> float:
    return 0.0 if evidence.foreign else _distinctive(evidence)


def _grouped(evidence: Evidence) -> float:
    if evidence.foreign:
        return 0.0
    if evidence.label or (evidence.context and evidence.grouped):
        return 1.0
    return UNLABELLED if evidence.valid and evidence.grouped and not evidence.corrected else 0.0


def _labelled(evidence: Evidence) -> float:
    if evidence.foreign:
        return 0.0
    return 1.0 if evidence.label else UNLABELLED * (evidence.context and evidence.valid)


# Kinds

_GAP = r"[ \-./]{0,3}\n?[ \-./]{0,2}"
"""Between the parts of a number: the spacings in use, or the end of a row."""


def _shape(pattern: str) -> re.Pattern[str]:
    """A pattern in which `a` is a letter, `d` a digit, or what looks like them, and `~` a gap. What it finds is no part
    of a longer number, which may go on behind a hyphen, slash or space."""
    parts = {"a": "[A-Za-z0-9]", "d": "[0-9OoQDIlLZSsB]", "~": _GAP}
    written = "".join(parts.get(sign, sign) for sign in pattern)
    return re.compile(rf"(?<![A-Za-z0-9<])(?<!\d[ \-/]){written}(?![A-Za-z0-9<])(?![ \-/]\d)")


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


KINDS = (
    Kind(
        type="UDYAM",
        shape=_shape("U[DO0]YA[MN]~(a{2})~(d{2})~(d{7})"),
        letters="AA000000000",
        label=_words("udyam"),
        context=_words("udyam"),
        is_valid=_udyam,
        belief=_by_itself,
        form=lambda number: f"UDYAM-{number[:2]}-{number[2:4]}-{number[4:]}",
    ),
    Kind(
        type="DRIVING_LICENCE",
        shape=_shape("(a{2})~(d{2})~(d{4})~(d{7})"),
        letters="AA0000000000000",
        label=_words(r"\bd\.?l\.? *n|licen[cs]e *n"),
        context=_words(r"driving *licen[cs]e|\bd\.?l\.? *no|motor *vehicle"),
        is_valid=_licence,
        belief=_distinctive,
    ),
    Kind(
        type="PAN",
        shape=_shape("(a{5})(d{4})(a)"),
        letters="AAAAA0000A",
        label=_words(r"permanent *account|\bpan\b"),
        context=_words(r"permanent *account|income *tax|\bpan\b"),
        is_valid=_pan,
        belief=_unless_foreign,
    ),
    Kind(
        type="AADHAAR",
        shape=_shape("(d{4})~(d{4})~(d{4})"),
        letters="000000000000",
        label=_words(r"a{1,3}dh{1,3}a{1,3}r|आधार"),
        context=_words(
            r"a{1,3}dh{1,3}a{1,3}r|आधार|uidai|unique *identification|gov\w{0,9}\.? *of *india|भारत *सरकार|\bvid\b"
        ),
        is_valid=_aadhaar,
        belief=_grouped,
    ),
    Kind(
        type="PASSPORT",
        shape=_shape("(a) ?(d{7})"),
        letters="A0000000",
        label=_words(r"pass? ?port *(n|#)|पासपोर्ट"),
        context=_words(r"pass? ?port|पासपोर्ट|republic *of *india"),
        is_valid=_passport,
        belief=_labelled,
    ),
)
