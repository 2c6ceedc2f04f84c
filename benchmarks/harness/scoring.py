"""How close a text is to the truth, and how sure a rate over few files can be.

A file's score is one share, part of whole, for each measure, so that a set's rate is parts over wholes (micro average):

- F1, precision, recall of the bag of words, for what has no reading order;
- CER and WER, the errors over characters or words of the truth, else.

Words are runs of letters and digits: FUNSD's truth is split at punctuation, SROIE's is not consistently, and so both
sides are split.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal, NamedTuple

import numpy as np

INDIC = ("hi", "bn", "ta", "te", "mr", "ne")
CJK = ("ch", "zh", "zh-Hant", "ja")
QUOTES = str.maketrans(dict.fromkeys("‘’‚‛`´′", "'") | dict.fromkeys("“”„‟″", '"'))
ROUNDS = 2000
SEED = 20261122


class Share(NamedTuple):
    """Part of a whole, both counted in one file."""

    part: float
    whole: float


Score = Mapping[str, Share]
"""A file's shares by the name of the measure."""

PER_FILE: Mapping[str, Callable[[Sequence[float]], float]] = {"F1": fmean, "CER": median}
"""What stands beside the rate of a set: how a file of it usually fares."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a file is compared. `bag`: its words, in any order; `fold_case`: capitals are small letters."""

    language: str = "en"
    bag: bool = False
    fold_case: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate over `n` files, with the interval that holds 95 % of the rates of resampled files."""

    n: int
    value: float
    low: float
    high: float
    per_file: float | None = None


def score(truth: str, found: str, rules: Rules) -> Score:
    """The file's shares: F1, precision and recall for bags; CER, and WER where words are divided by spaces."""
    truth, found = normalised(truth, rules), normalised(found, rules)
    if rules.bag:
        return _bag(Counter(words(truth)), Counter(words(found)))
    shares = {"CER": Share(distance(truth, found), len(truth))}
    if rules.language not in (*CJK, *INDIC):
        shares["WER"] = Share(distance(truth.split(), found.split()), len(truth.split()))
    return shares


def normalised(text: str, rules: Rules) -> str:
    """NFKC (NFC for Indic scripts), quotes straightened, white space collapsed, and gone for Chinese and Japanese."""
    form: Literal["NFC", "NFKC"] = "NFC" if rules.language in INDIC else "NFKC"
    text = unicodedata.normalize(form, text.translate(QUOTES)).translate(QUOTES)
    text = ("" if rules.language in CJK else " ").join(text.split())
    return text.casefold() if rules.fold_case else text


def words(text: str) -> list[str]:
    """Runs of letters and digits."""
    return re.findall(r"[^\W_]+", text)


def _bag(truth: Counter[str], found: Counter[str]) -> Score:
    common, wanted, given = (truth & found).total(), truth.total(), found.total()
    return {"F1": Share(2 * common, wanted + given), "precision": Share(common, given), "recall": Share(common, wanted)}


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's: the fewest insertions, deletions and replacements that make one of the other.

    A row at a time; `minimum.accumulate` of cost minus place carries insertions along the row.
    """
    number = {item: place for place, item in enumerate({*one, *other})}
    places = np.arange(len(other) + 1)
    items = np.array([number[item] for item in other], dtype=np.int64)
    row = places
    for item in one:
        changed = row[:-1] + (items != number[item])
        below = np.concatenate(([row[0] + 1], np.minimum(changed, row[1:] + 1)))
        row = np.minimum.accumulate(below - places) + places
    return int(row[-1])


def estimates(scores: Sequence[Score]) -> dict[str, Estimate]:
    """A set's rates by the measures that all of its files have."""
    measures = [name for name in scores[0] if all(name in score for score in scores)] if scores else []
    return {name: _estimate(name, [score[name] for score in scores]) for name in measures}


def _estimate(name: str, shares: Sequence[Share]) -> Estimate:
    low, high = interval(shares)
    usual = PER_FILE[name]([rate([share]) for share in shares]) if name in PER_FILE else None
    return Estimate(len(shares), rate(shares), low, high, usual)


def rate(shares: Sequence[Share]) -> float:
    """Parts over wholes; 0 where there is nothing to be part of."""
    return sum(share.part for share in shares) / (sum(share.whole for share in shares) or 1)


def interval(shares: Sequence[Share]) -> tuple[float, float]:
    """The percentile bootstrap's 2.5 % and 97.5 % points over files drawn with replacement; the same every time."""
    parts, wholes = np.array(shares, dtype=float).T
    drawn = np.random.default_rng(SEED).integers(len(shares), size=(ROUNDS, len(shares)))
    rates = parts[drawn].sum(axis=1) / np.where(wholes[drawn].sum(axis=1) == 0, 1, wholes[drawn].sum(axis=1))
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)
