"""The formats: which characters may stand where, where each field is, and what each check digit covers.

TD1, TD2, TD3 and the visas are those of ICAO 9303 parts 5, 6, 4 and 7. `FRA_ID` is the French identity card of 1988 to
2021, `EU_DL` the line at the foot of driving licences (ISO/IEC 18013-1), with the fields of the French ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

FieldName = Literal[
    "documentType",
    "issuingCountry",
    "documentNumber",
    "nationality",
    "dateOfBirth",
    "sex",
    "dateOfExpiry",
    "optionalData",
    "optionalData2",
    "names",
    "surname",
    "givenName",
]
"""`names` are surname and given name in one field, as formats have them; a zone that was read has the two apart."""


class Span(NamedTuple):
    """A stretch of a line; all three count from 0, `end` is not part of it."""

    line: int
    start: int
    end: int


class Check(NamedTuple):
    """A check digit and what it covers, in this order. `empty`: fillers throughout may have a filler as check digit.

    `more` is where a number goes on that is too long for its field.
    """

    digit: Span
    covers: tuple[Span, ...]
    empty: bool = False
    more: Span | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """`masks` has a string for each line, a character for each of its places:

    `L` a letter, `l` a letter or filler, `D` a digit, `d` a digit or filler, `x` any of them, `s` the sex, `t` the
    second place of a document's type, `r` a letter as Russian internal passports have them.

    `prefix` is a regular expression that the first line matches. `known` says whether all its check digits are known.
    `rank` prefers one of several layouts that fit as well.
    """

    name: str
    prefix: str
    masks: tuple[str, ...]
    fields: Mapping[FieldName, Span]
    checks: Mapping[str, Check]
    icao: bool = True
    known: bool = True
    rank: int = field(default=0)

    @property
    def length(self) -> int:
        """Of each line, in characters."""
        return len(self.masks[0])


_HEAD = "Lt" + "Lll"
_PERSON = "Lll" + "d" * 6 + "d" + "s" + "d" * 6 + "d"
"""Nationality, birth and its check digit, sex, expiry and its check digit: the middle of most second lines."""


def _two_lines(optional: int, check: str) -> tuple[str, str]:
    """The masks of a zone of two lines: `optional` characters and then `check` end the second one."""
    second = "x" * 9 + "d" + _PERSON + "x" * optional + check
    return _HEAD + "l" * (len(second) - 5), second


def _head(names: Span) -> dict[FieldName, Span]:
    return {"documentType": Span(0, 0, 2), "issuingCountry": Span(0, 2, 5), "names": names}


def _second_line(optional: Span) -> dict[FieldName, Span]:
    return {
        "documentNumber": Span(1, 0, 9),
        "nationality": Span(1, 10, 13),
        "dateOfBirth": Span(1, 13, 19),
        "sex": Span(1, 20, 21),
        "dateOfExpiry": Span(1, 21, 27),
        "optionalData": optional,
    }


_NUMBER = Check(Span(1, 9, 10), (Span(1, 0, 9),), empty=True)
_BIRTH = Check(Span(1, 19, 20), (Span(1, 13, 19),), empty=True)
_EXPIRY = Check(Span(1, 27, 28), (Span(1, 21, 27),), empty=True)
_SECOND = {"documentNumber": _NUMBER, "dateOfBirth": _BIRTH, "dateOfExpiry": _EXPIRY}

TD3 = Layout(
    "TD3",
    "P",
    _two_lines(14, "dD"),
    _head(Span(0, 5, 44)) | _second_line(Span(1, 28, 42)),
    _SECOND
    | {
        "optionalData": Check(Span(1, 42, 43), (Span(1, 28, 42),), empty=True),
        "composite": Check(Span(1, 43, 44), (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43))),
    },
)

RUSSIAN = replace(
    TD3,
    prefix="PNRUS",
    masks=(TD3.masks[0][:5] + "r" * 39, TD3.masks[1]),
    rank=1,
)
"""Internal passports, in whose names digits stand for letters that the Latin alphabet lacks."""

TD2 = Layout(
    "TD2",
    "[ACIP]",
    _two_lines(7, "D"),
    _head(Span(0, 5, 36)) | _second_line(Span(1, 28, 35)),
    _SECOND
    | {
        "documentNumber": _NUMBER._replace(more=Span(1, 28, 35)),
        "composite": Check(Span(1, 35, 36), (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35))),
    },
)

MRVA = Layout("MRVA", "V", _two_lines(16, ""), _head(Span(0, 5, 44)) | _second_line(Span(1, 28, 44)), _SECOND)

MRVB = Layout("MRVB", "V", _two_lines(8, ""), _head(Span(0, 5, 36)) | _second_line(Span(1, 28, 36)), _SECOND)

TD1 = Layout(
    "TD1",
    "[ACI]",
    (_HEAD + "x" * 9 + "d" + "x" * 15, "d" * 6 + "d" + "s" + "d" * 6 + "d" + "Lll" + "x" * 11 + "D", "l" * 30),
    {
        "documentType": Span(0, 0, 2),
        "issuingCountry": Span(0, 2, 5),
        "documentNumber": Span(0, 5, 14),
        "optionalData": Span(0, 15, 30),
        "dateOfBirth": Span(1, 0, 6),
        "sex": Span(1, 7, 8),
        "dateOfExpiry": Span(1, 8, 14),
        "nationality": Span(1, 15, 18),
        "optionalData2": Span(1, 18, 29),
        "names": Span(2, 0, 30),
    },
    {
        "documentNumber": Check(Span(0, 14, 15), (Span(0, 5, 14),), empty=True, more=Span(0, 15, 30)),
        "dateOfBirth": Check(Span(1, 6, 7), (Span(1, 0, 6),), empty=True),
        "dateOfExpiry": Check(Span(1, 14, 15), (Span(1, 8, 14),), empty=True),
        "composite": Check(Span(1, 29, 30), (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29))),
    },
)

FRA_ID = Layout(
    "FRA_ID",
    "IDFRA",
    ("LLLLL" + "l" * 25 + "x" * 6, "x" * 12 + "D" + "l" * 14 + "d" * 6 + "D" + "s" + "D"),
    {
        "documentType": Span(0, 0, 2),
        "issuingCountry": Span(0, 2, 5),
        "surname": Span(0, 5, 30),
        "documentNumber": Span(1, 0, 12),
        "givenName": Span(1, 13, 27),
        "dateOfBirth": Span(1, 27, 33),
        "sex": Span(1, 34, 35),
    },
    {
        "documentNumber": Check(Span(1, 12, 13), (Span(1, 0, 12),)),
        "dateOfBirth": Check(Span(1, 33, 34), (Span(1, 27, 33),)),
        "composite": Check(Span(1, 35, 36), (Span(0, 0, 36), Span(1, 0, 35))),
    },
    icao=False,
    rank=1,
)

FRENCH_LICENCE = Layout(
    "EU_DL",
    "D1FRA",
    ("LDLLL" + "x" * 9 + "D" + "d" * 6 + "l" * 8 + "D",),
    {
        "documentType": Span(0, 0, 2),
        "issuingCountry": Span(0, 2, 5),
        "documentNumber": Span(0, 5, 14),
        "dateOfExpiry": Span(0, 15, 21),
        "surname": Span(0, 21, 29),
    },
    {
        "documentNumber": Check(Span(0, 14, 15), (Span(0, 0, 14),)),
        "composite": Check(Span(0, 29, 30), (Span(0, 0, 29),)),
    },
    icao=False,
    known=False,
    rank=1,
)

LICENCE = Layout(
    "EU_DL",
    "D1[A-Z]",
    ("LD" + "Lll" + "x" * 24 + "D",),
    {"documentType": Span(0, 0, 2), "issuingCountry": Span(0, 2, 5)},
    {"composite": Check(Span(0, 29, 30), (Span(0, 0, 29),))},
    icao=False,
    known=False,
)

LAYOUTS = (TD3, RUSSIAN, TD1, TD2, MRVA, MRVB, FRA_ID, FRENCH_LICENCE, LICENCE)
