"""What is right in a text, beside a drawn page's truth.

A joint is a pair of lines that follow each other; it is found where the end of one and the beginning of the other stand
together in the text, whatever is between them but letters and digits. Ends of lines that are short reach into their
neighbours, so that a chance `8 9` is no joint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from benchmarks.harness.structure.sheet import Truth

REACH, LEAST = 12, 7
"""Signs on both sides of a joint that are looked for, and fewest of a side."""

ALIKE = 0.88
"""How alike is still the same: recognition may have read a sign or two otherwise."""

_SIGNS = re.compile(r"[\W_]+")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d+[.)]|[a-z][.)])\s+(.*)")
_BREAK = re.compile(r"(?:\\|  )\n")


@dataclass(frozen=True, slots=True)
class Count:
    """Right ones of all; `extra` were given and are none."""

    right: int
    of: int
    extra: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.of + other.of, self.extra + other.extra)


def signs(text: str) -> str:
    """Letters and digits alone, in small letters."""
    return _SIGNS.sub("", text).casefold()


def joints(truth: Truth, text: str) -> Count:
    """Of the page's plain text."""
    probes = [probe for chain in truth.chains for probe in _probes([signs(line) for line in chain])]
    found = signs(text)
    return Count(sum(_holds(found, probe) for probe in probes), len(probes))


def _probes(lines: Sequence[str]) -> Iterator[str]:
    ends = [0]
    for line in lines:
        ends.append(ends[-1] + len(line))
    whole = "".join(lines)
    for (begin, end), (_, after) in pairwise(pairwise(ends)):
        first, last = max(0, end - max(LEAST, min(REACH, end - begin))), end + max(LEAST, min(REACH, after - end))
        yield whole[first:last]


def _holds(text: str, probe: str) -> bool:
    if probe in text:
        return True
    half = len(probe) // 2
    places = {at - back for part, back in ((probe[:4], 0), (probe[half : half + 4], half), (probe[-4:], len(probe) - 4))
              for at in _places(text, part)}  # fmt: skip
    return any(_alike(text[max(0, at) : at + len(probe)], probe) for at in places)


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0 and part:
        yield at
        at = text.find(part, at + 1)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def headings(truth: Truth, markdown: str) -> Count:
    """Those that are marked as such, of whatever level."""
    given = [signs(line) for line in markdown.splitlines() if re.match(r"#{1,6}\s", line)]
    return _matched([signs(text) for text, _ in truth.headings], given)


def items(truth: Truth, markdown: str) -> Count:
    """Items of lists that begin with their mark and hold all of their text."""
    given = [signs(found[1]) for block in _BREAK.sub("\n", markdown).split("\n") if (found := _ITEM.match(block))]
    return _matched([signs(text) for text in truth.items], given)


def _matched(wanted: Sequence[str], given: Sequence[str]) -> Count:
    left = list(given)
    right = 0
    for text in wanted:
        same = next((one for one in left if _alike(one, text)), None)
        if same is not None:
            left.remove(same)
            right += 1
    return Count(right, len(wanted), len(left))


def paragraphs(truth: Truth, markdown: str) -> Count:
    """Those that are one line of Markdown, their words in order."""
    given = [signs(line) for line in markdown.split("\n")]
    return Count(
        sum(any(_alike_long(one, signs(text)) for one in given) for text in truth.paragraphs), len(truth.paragraphs)
    )


def _alike_long(one: str, other: str) -> bool:
    if one == other:
        return True
    near = 0.97 * len(other) < len(one) < 1.03 * len(other)
    return near and SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.97


def hyphens(truth: Truth, markdown: str) -> Count:
    """Words that were parted at a line's end and are whole again, with a hyphen where it is their own."""
    return Count(sum(word in markdown for word in truth.hyphens), len(truth.hyphens))
