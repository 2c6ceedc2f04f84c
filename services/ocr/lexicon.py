"""How common words are: the lists of wordfreq, by language.

A list is a gzipped msgpack array: a header, then an array of words for every hundredth of a decade of frequency, the
commonest first (format cB, version 1).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

MODEL = "wordfreq"
"""Its entry in manifest.toml; a language's list is <language>.msgpack.gz in its folder."""

SAME = {
    "french": "fr", "german": "de", "nn": "nb", "no": "nb", "tl": "fil",
    "bs": "sh", "hr": "sh", "sr-Latn": "sh", "rs_latin": "sh",
}  # fmt: skip
"""Languages whose words are in the list of another name."""

APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"

UNKNOWN = 100
"""Steps by which an unknown word counts as rarer than the rarest of the list: ten times as rare."""

STEP = -log(10) / 100
"""The natural logarithm of a hundredth of a decade."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one or more languages: their hashes, ascending, and their logarithmic frequencies in steps of cB.

    Hashes instead of words: a list of 300,000 then takes 3 MB instead of 40. Two words in 10^13 have the same.
    """

    hashes: NDArray[np.int64]
    ranks: NDArray[np.int16]

    @property
    def unknown(self) -> float:
        """The logarithmic frequency that words of no list count with."""
        return float(self.ranks.max() + UNKNOWN) * STEP

    def log_frequencies(self, words: Sequence[str]) -> NDArray[np.float64]:
        """The natural logarithm of each word's share of running text, nan where it is in no list. Ignores case."""
        wanted = np.array([hash(word.lower().replace(APOSTROPHE, "'")) for word in words], dtype=np.int64)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[at] == wanted, self.ranks[at] * STEP, np.nan)


def listed(languages: Iterable[str], folder: Path) -> list[Path]:
    """The lists that there are for these languages, each once."""
    names = dict.fromkeys(SAME.get(language, language) for language in languages)
    return [path for name in names if (path := folder / f"{name}.msgpack.gz").exists()]


def load(lists: Iterable[Path]) -> Lexicon:
    """One lexicon of all these lists: a word that several have counts where it is commonest."""
    pairs = np.fromiter((pair for path in lists for pair in _ranked(path)), dtype=[("hash", "i8"), ("rank", "i2")])
    pairs.sort(order=("hash", "rank"))
    hashes, first = np.unique(pairs["hash"], return_index=True)
    return Lexicon(hashes, pairs["rank"][first])


def _ranked(path: Path) -> Iterator[tuple[int, int]]:
    with gzip.open(path) as stream:
        unpacker: Any = msgpack.Unpacker(stream)
        length = unpacker.read_array_header()
        if unpacker.unpack().get("format") != "cB":
            raise ValueError(f"{path} is not a list of word frequencies")
        for rank in range(length - 1):
            for word in unpacker.unpack():
                yield hash(word), rank
