"""Account numbers in text: ISO 13616, of which check digits and length tell that they are one."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHAPE = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")

LENGTHS = {
    land: length
    for length, lands in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC",
    }.items()
    for land in lands.split()
}  # fmt: skip
"""Characters by country, as in the registry that SWIFT keeps for ISO 13616."""

NEVER_GIVEN = frozenset(("00", "01", "99"))
"""Check digits that no account number has."""


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where those stand, written together or in groups with blanks between."""
    for match in SHAPE.finditer(text):
        if length := _length(match.group()):
            yield match.start(), match.start() + length


def is_iban(text: str) -> bool:
    """Whether length and check digits are right: ISO 7064, MOD 97-10, over the number turned round at its fourth place.

    Blanks do not count. A country that is not in the registry may have any length. 00, 01 and 99 leave the remainder of
    97, 98 and 02, but only 02 to 98 are given out (ISO 13616), so they are a misreading or made up.
    """
    plain = text.replace(" ", "")
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain) or len(plain) != LENGTHS.get(plain[:2], len(plain)):
        return False
    if plain[2:4] in NEVER_GIVEN:
        return False
    return _remainder(plain) == 1


def is_creditor_reference(text: str) -> bool:
    """Whether the check digits of `RF18 5390 0754 7034` are right: ISO 11649, which has those of account numbers."""
    plain = text.replace(" ", "")
    right = re.fullmatch(r"RF\d{2}[A-Z0-9]{1,21}", plain, re.ASCII) and plain[2:4] not in NEVER_GIVEN
    return bool(right) and _remainder(plain) == 1


def _remainder(plain: str) -> int:
    """By MOD 97-10 (ISO 7064), of a text turned round at its fourth place."""
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97


def _length(text: str) -> int:
    """How many characters of a text are an account number; a word behind it may have been taken for a part of it."""
    parts = text.split(" ")
    heads = [" ".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((len(head) for head in heads if is_iban(head)), 0)
