"""The characters of a zone (ICAO 9303 part 3, 4.3): A to Z, 0 to 9 and the filler; what they are mistaken for; and the
check digit."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

FILLER = "<"
TURNED = ">"
"""What fillers look like upside down."""

LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = frozenset("0123456789")
_KEPT = LETTERS | DIGITS | {FILLER, TURNED}

# Greek and Cyrillic capitals that look like Latin ones, and what fillers and letters are read as besides.
_LOOK_ALIKE = str.maketrans(
    {
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        **dict(zip("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS", strict=True)),
        **dict.fromkeys("‹＜⟨〈くΛ∧({[", FILLER),
        **dict.fromkeys("«≪《", 2 * FILLER),
        **dict(zip("|!$€£", "IISEE", strict=True)),
    }
)

TO_DIGIT: Mapping[str, str] = dict(zip("OQDUILZSGBAT", "000011256847", strict=True))
"""Where only a digit can stand."""

TO_LETTER: Mapping[str, str] = dict(zip("01256847", "OIZSGBAT", strict=True))
"""Where only a letter can stand."""

TO_FILLER = frozenset("KCLE")
"""Letters that a filler is read as."""

TO_RUSSIAN: Mapping[str, str] = dict(zip("015", "OIS", strict=True))
"""Where a name of a Russian internal passport stands: the other digits are letters there, such as 3 for CHE."""

IN_FILLERS = TO_FILLER | {"A"}
"""Letters that fillers in a long run are read as; between other letters they are themselves."""

TO_SEX: Mapping[str, str] = {**dict(zip("NHPE", "MMFF", strict=True)), **dict.fromkeys("KCL", FILLER)}

PAIRS: Mapping[str, str] = dict(
    zip("0O1IL2Z5S8B", ("O", "0", "I", "1", "1", "Z", "2", "S", "5", "B", "8"), strict=True)
)
"""A letter and a digit that look alike and that a check digit tells apart. 6 and G are none: their values differ by
10, so every check digit is right for both."""


def normalised(text: str) -> str:
    """The zone's characters in a text as it was recognised: small letters as capitals, look-alikes as what they look
    like, and nothing for what is neither. Upside-down fillers are kept as `>`."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(_LOOK_ALIKE))
    return "".join(character for character in plain if character in _KEPT)


def check_digit(text: str) -> str:
    """Weights 7, 3, 1 from the left; letters count 10 to 35, fillers 0; the sum modulo 10 (ICAO 9303 part 3, 4.9)."""
    return str(sum(_value(character) * (7, 3, 1)[place % 3] for place, character in enumerate(text)) % 10)


def _value(character: str) -> int:
    return 0 if character == FILLER else int(character, 36)
