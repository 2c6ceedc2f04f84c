"""Names that others gave their files, made fit to be shown."""

from __future__ import annotations

import re
from unicodedata import category

LONGEST_CHARACTERS = 255
"""Characters."""

_BROKEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of what ends a line or a header, cannot be written as UTF-8, or is no text at all."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They have what follows shown in another order, so that a name seems to end in another suffix."""


def shown(name: str) -> str:
    """The last part of a path of any system, without characters that mislead, or break what the name is put into."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(character for character in last if category(character) not in _BROKEN and character not in _TURNING)[
        :LONGEST_CHARACTERS
    ]
