"""GS1's syntax dictionary: which application identifiers there are, and what each one's data look like.

`syntax-dictionary.txt` is release 2026-01-27 of GS1's own file (ref.gs1.org, GS1 Barcode Syntax Resource; Apache-2.0,
see LICENSE beside it), unchanged. A new release is taken over by replacing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("syntax-dictionary.txt")

ENTRY = re.compile(r"^(\d{2,4})(?:-(\d{2,4}))?\s+([*?]*)\s*(.*?)\s*(?:#\s*(.*))?$")
COMPONENT = re.compile(r"^\[?([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)$")


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an AI's data. `kind` is N (digits), X (character set 82), Y (39) or Z (base64url); sizes in characters.

    `rules` are the names of the dictionary's syntax tests for it.
    """

    kind: str
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the dictionary says of one AI.

    `fixed`: its length is predefined, so that no separator follows it. `attribute`: it may stand in the query of a
    Digital Link. `key`: it identifies what a Digital Link is about; `qualifiers` are the sequences that may follow it.
    """

    ai: str
    title: str
    components: tuple[Component, ...]
    fixed: bool
    attribute: bool
    key: bool
    qualifiers: tuple[tuple[str, ...], ...]

    @property
    def longest(self) -> int:
        """Characters of its data at most."""
        return sum(part.most for part in self.components)


@cache
def entries() -> Mapping[str, Entry]:
    """All AIs, ranges resolved. No AI begins with another one."""
    return {entry.ai: entry for line in TABLE.read_text(encoding="utf-8").splitlines() for entry in _entries(line)}


def entry_at(text: str, start: int = 0) -> Entry | None:
    """The AI that stands there."""
    known = entries()
    return next((known[ai] for size in (2, 3, 4) if (ai := text[start : start + size]) in known), None)


def _entries(line: str) -> Iterator[Entry]:
    match = ENTRY.match(line)
    if not match:
        return
    first, last, flags, words, title = match.groups()
    parts = tuple(part for word in words.split() if (part := _component(word)))
    attributes = dict(word.partition("=")[::2] for word in words.split() if word.startswith("dlpkey"))
    sequences = attributes.get("dlpkey", "").split("|")
    qualifiers = tuple(tuple(sequence.split(",")) for sequence in sequences if sequence)
    for number in range(int(first), int(last or first) + 1):
        ai = str(number).zfill(len(first))
        yield Entry(ai, title or "", parts, "*" in flags, "?" in flags, "dlpkey" in attributes, qualifiers)


def _component(word: str) -> Component | None:
    match = COMPONENT.match(word)
    if not match:
        return None
    kind, up_to, size, rules = match.groups()
    least = 1 if up_to else int(size)
    return Component(kind, least, int(size), word.startswith("["), tuple(rules.split(",")[1:]))
