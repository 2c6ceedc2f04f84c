"""Variables that are no settings and written nearly like one: what an operator meant to change stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from difflib import get_close_matches

from config import Settings

ALIKE = 0.87
"""How alike two names are at least (Ratcliff and Obershelp's measure), of which one is taken for a misspelling: about
one letter in eight differs. Other programs' variables, `HOSTNAME` or `LOGNAME`, are less like ours."""


def misspelt(given: Iterable[str]) -> Iterator[str]:
    """A sentence for each of these names that is none of a setting and means one, in alphabetical order."""
    known = [member.name.upper() for member in fields(Settings)]
    for name in sorted({*given}.difference(known)):
        for meant in get_close_matches(name.upper(), known, n=1, cutoff=ALIKE):
            yield f"{name} is no setting and changes nothing; did you mean {meant}?"
