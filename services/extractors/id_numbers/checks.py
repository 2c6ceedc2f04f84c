"""How far a number of each kind can be checked by itself; each takes the number and the day."""

from __future__ import annotations

from datetime import date

OLDEST = 1950
"""Year of the oldest driving licence."""

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


def pan(number: str, today: date) -> bool:
    return number[3] in _HOLDERS


def aadhaar(number: str, today: date) -> bool:
    return number[0] not in "01" and verhoeff(number)


def licence(number: str, today: date) -> bool:
    return number[:2] in _STATES and OLDEST <= int(number[4:8]) <= today.year


def udyam(number: str, today: date) -> bool:
    return number[:2] in _STATES


def passport(number: str, today: date) -> bool:
    """India numbers none from nought, and leaves out Q, X and Z."""
    return number[0] not in "QXZ" and number[1] != "0"
