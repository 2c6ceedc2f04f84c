"""Article numbers: the digits of EAN, UPC and GTIN, whether read from bars or from print."""

from __future__ import annotations


def checked(digits: str) -> bool:
    """Whether the last digit is the check digit of the others: GS1 General Specifications, section 7.9.

    Nothing but zeros, whose check digit is right, is given to nobody: it stands where a number is not filled in.
    """
    if not (digits.isascii() and digits.isdigit() and digits.strip("0")):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0
