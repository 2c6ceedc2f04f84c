"""Hyphens at the ends of lines: those that part a word there, and those that the word has wherever it stands.

`extraor-|dinary` is one word, `well-|known` stays two. The frequencies of words tell: where the joined word is far
rarer than its parts it is none. Of 57 English words with a hyphen of their own 51 keep it; of words that may be parted,
each counted as often as it is written, one in 390 is taken for such a word, one in 1,200 in French, Spanish, Italian.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np

from services.document.model import Line
from services.ocr import lexicon
from services.ocr.lexicon import Lexicon

Mark = Callable[[Sequence[Line], Sequence[str]], tuple[Line, ...]]
"""Takes lines in reading order and the languages that they may be in; tells which hyphens at their ends stay."""

LANGUAGES = frozenset(("en", "ca", "es", "fr", "french", "it", "pt"))
"""Those that write compounds apart or with a hyphen, and have a long list. Others write new words in one."""

RARER = 2.2 * log(10)
"""So much rarer, in the natural logarithm of frequencies, than the rarer of its parts is what is no word."""

USUAL = -5.0 * log(10)
"""Half of a page's words are commoner in its own language: the median is -3 to -4.8 there, below -5.1 in others."""

MOST_LEXICONS = 4
"""Sets of languages whose words are kept; a language takes up to 8 MB."""

_ENDS = re.compile(r"([^\W\d_]+)[-\u2010]$")
_BEGINS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]{2,}")


def unmarked(lines: Sequence[Line], languages: Sequence[str]) -> tuple[Line, ...]:
    """The lines as they are."""
    return tuple(lines)


class Hyphens:
    """The words of languages by which hyphens are told, each read (.8 s) when first needed and then kept."""

    def __init__(self, model_dir: Path) -> None:
        self._folder = model_dir / lexicon.MODEL
        self._load = lru_cache(MOST_LEXICONS)(lexicon.load)

    def marked(self, lines: Sequence[Line], languages: Sequence[str]) -> tuple[Line, ...]:
        """The lines, in reading order; those with a hyphen at their end that stays say so.

        None does on a page that is written in another language than these, or if one of these is not among `LANGUAGES`
        or has no list here.
        """
        parted = dict(_parted(lines))
        words = self._words(languages) if parted else None
        if words is None or not _is_written_in(lines, words):
            return tuple(lines)
        kept = {place for place, parts in parted.items() if _is_no_word(*parts, words)}
        return tuple(replace(line, keeps_hyphen=True) if at in kept else line for at, line in enumerate(lines))

    def _words(self, languages: Sequence[str]) -> Lexicon | None:
        lists = lexicon.listed(languages, self._folder) if LANGUAGES.issuperset(languages) else []
        return self._load(tuple(sorted(lists))) if lists else None


def _parted(lines: Sequence[Line]) -> Iterator[tuple[int, tuple[str, str]]]:
    """The places of lines that end within a word, and its parts on both sides of the hyphen."""
    for place, (line, after) in enumerate(pairwise(lines)):
        end, begin = _ENDS.search(line.text), _BEGINS.match(after.text)
        if end and begin and after.text[0].islower():
            yield place, (end[1], begin[0])


def _is_written_in(lines: Sequence[Line], words: Lexicon) -> bool:
    found = [word for line in lines for word in _WORD.findall(line.text)]
    return bool(found) and float(np.median(_frequencies(found, words))) > USUAL


def _is_no_word(one: str, other: str, words: Lexicon) -> bool:
    first, second, together = _frequencies([one, other, one + other], words)
    return bool(together < min(first, second) - RARER)


def _frequencies(found: Sequence[str], words: Lexicon) -> np.ndarray:
    return np.nan_to_num(words.log_frequencies(found), nan=words.unknown)
