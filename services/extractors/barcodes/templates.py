"""EAN-13 and UPC-A from bars too blurred or too small for their edges to be found.

A row of brightness across the bars is compared with what each digit would look like, blurred, where it has to stand
(after Gallo and Manduchi, Reading 1D barcodes with mobile phones using deformable templates, PAMI 2011). Where the
symbol begins and ends, how it is stretched and how much it is blurred is tried out; all rows of a symbol are read that
way, and only a number that several of them agree on, and that fits far better than any other, is believed.

Positions are in modules, the width of the narrowest bar; a symbol has 95 and a quiet zone on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erf

import numpy as np
from numpy.typing import NDArray

from services.extractors._gtin import checked

Floats = NDArray[np.floating]

MODULES, QUIET, PER_MODULE = 95, 8, 3
"""Modules of the symbol, those of each quiet zone that are looked at, samples of each."""

REACH = 3
"""Modules over which blur carries a digit into its neighbours."""

BLURS = (0.4, 0.7, 1.0, 1.3)
"""Standard deviations of the blur that are tried, in modules."""

COARSE = ((-0.5, 0.5), (-0.05, 0.0, 0.05))
FINE = ((-0.5, -0.25, 0.0, 0.25, 0.5), (-0.03, 0.0, 0.03))
FINEST = ((-0.2, -0.1, 0.0, 0.1, 0.2), (-0.01, 0.0, 0.01))
"""What is tried beside each end of a placement, in modules, and beside its unevenness (0: all modules are equal)."""

ENDS = 14
"""Edges that may begin the symbol, from the left, and end it, from the right."""

ROUGH, PLACED, REFINED = 24, 40, 6
"""Placements that are looked at closely and that are read, both the best by guard bars, and that are read closely."""

NARROWEST = 0.8
"""Pixels of a module, below which nothing is read."""

NEAR, FITS, CLEARLY = 0.88, 0.95, 0.6
"""Correlation of what is read with the picture, for reading on and for believing it; and how much of the next best
number's misfit it may have."""

PROMISING = 0.7
"""Correlation of the guard bars alone, at least."""

# ISO/IEC 15420: number set A; C is its complement, B is C backwards. The sets used on the left give the first digit.
_A = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011"
_SETS = ["AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"]
A: Floats = np.array([[float(module) for module in digit] for digit in _A.split()])
C = 1 - A
AB = np.vstack([A, C[:, ::-1]])

LEFT = [QUIET + 3 + 7 * place for place in range(6)]
RIGHT = [QUIET + 50 + 7 * place for place in range(6)]
DIGITS = [(start, AB) for start in LEFT] + [(start, C) for start in RIGHT]
"""Where each digit begins, and what it may look like."""


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Ways in which a symbol may lie on a row: first and last edge in pixels, unevenness. Arrays of equal length."""

    first: Floats
    last: Floats
    stretch: Floats

    def take(self, which: NDArray[np.intp]) -> _Places:
        return _Places(self.first[which], self.last[which], self.stretch[which])


@dataclass(frozen=True, slots=True)
class Match:
    """A number of 13 digits and how well it fits (a correlation, up to 1).

    `first` and `last` are where on the row its bars begin and end, in the direction in which it is read: the one to the
    right is `first` where the symbol stands on its head.
    """

    digits: str
    fit: float
    first: float
    last: float


def _blank() -> Floats:
    """The symbol without its digits, which are the means of what they may be: 1 is black."""
    modules = np.zeros(MODULES + 2 * QUIET)
    for start, bars in ((QUIET, [1, 0, 1]), (QUIET + 45, [0, 1, 0, 1, 0]), (QUIET + 92, [1, 0, 1])):
        modules[start : start + len(bars)] = bars
    for start, alphabet in DIGITS:
        modules[start : start + 7] = alphabet.mean(axis=0)
    return modules


def _blur(sigma: float) -> Floats:
    """Samples x modules: what each module adds to each sample."""
    count = MODULES + 2 * QUIET
    middles = (np.arange(count * PER_MODULE) + 0.5) / PER_MODULE
    away = (np.arange(count + 1)[None] - middles[:, None]) / (sigma * np.sqrt(2))
    return np.asarray(np.diff(np.vectorize(erf)(away), axis=1) / 2)


BLANK = _blank()
MATRICES = {sigma: _blur(sigma) for sigma in BLURS}
FIXED = np.repeat(
    ~np.isin(np.arange(len(BLANK)), [start + inner for start, _ in DIGITS for inner in range(1, 6)]), PER_MODULE
)
"""Samples that are the same whatever the number: guard bars, quiet zones, the outer modules of digits."""


def match(rows: Sequence[Floats]) -> Match | None:
    """The number that these rows of brightness, which cross the same bars, agree on.

    Where the first two give nothing that comes near, the others are not read.
    """
    found: list[Match] = []
    for place, row in enumerate(rows):
        if place == 2 and not any(matched.fit > NEAR for matched in found):
            return None
        found += _read(row)
        found += (
            replace(matched, first=len(row) - matched.first, last=len(row) - matched.last)
            for matched in _read(row[::-1])
        )
    return _winner(found)


def _winner(found: Sequence[Match]) -> Match | None:
    """The best, if its number fits at least two rows, and far better than any other number does."""
    best = max(found, key=lambda matched: matched.fit, default=None)
    if best is None or sum(matched.digits == best.digits and matched.fit >= FITS for matched in found) < 2:
        return None
    others = max((matched.fit for matched in found if matched.digits != best.digits), default=0.0)
    return best if 1 - best.fit <= CLEARLY * (1 - others) else None


def _read(row: Floats) -> list[Match]:
    """The valid numbers that some placement on this row gives, each as it fits best."""
    places = _placed(row)
    if places is None:
        return []
    fits = np.stack([_decoded(row, places, sigma, rounds=1)[2] for sigma in BLURS[1:3]]).max(axis=0)
    places = places.take(np.argsort(-fits)[:REFINED])
    found: dict[str, Match] = {}
    for sigma in BLURS:
        _, symbols, _ = _decoded(row, places, sigma, rounds=3)
        settled = _settled(row, places, symbols)
        digits, _, fits = _decoded(row, settled, sigma, rounds=3)
        for number, fit, first, last in zip(map(_number, digits), fits, settled.first, settled.last, strict=True):
            if number and (number not in found or found[number].fit < fit):
                found[number] = Match(number, float(fit), float(first), float(last))
    return list(found.values())


def _placed(row: Floats) -> _Places | None:
    """The placements whose guard bars and quiet zones fit best."""
    ends = _ends(row)
    if not len(ends):
        return None
    rough = _varied(_Places(ends[:, 0], ends[:, 1], np.zeros(len(ends))), *COARSE)
    close = _varied(rough.take(_best(row, rough, ROUGH)), *FINE)
    best = _best(row, close, PLACED)
    return close.take(best) if len(best) else None


def _varied(places: _Places, ends: Sequence[float], stretches: Sequence[float]) -> _Places:
    """Each placement with every combination of changes, those of one placement together."""
    first, last, stretch = (axis.ravel() for axis in np.meshgrid(ends, ends, stretches))
    module = (places.last - places.first)[:, None] / MODULES
    return _Places(
        (places.first[:, None] + module * first).ravel(),
        (places.last[:, None] + module * last).ravel(),
        (places.stretch[:, None] + stretch).ravel(),
    )


def _best(row: Floats, places: _Places, count: int) -> NDArray[np.intp]:
    dark = _darkness(_samples(row, places))[:, FIXED]
    fits = [_correlation(dark, (MATRICES[sigma] @ BLANK)[None, FIXED]) for sigma in BLURS[::2]]
    fit = np.max(fits, axis=0)
    best = np.argsort(-fit)[:count]
    return np.asarray(best[fit[best] > PROMISING])


def _settled(row: Floats, places: _Places, symbols: Floats) -> _Places:
    """Each placement moved to where its symbol fits best."""
    varied = _varied(places, *FINEST)
    each = len(varied.first) // len(symbols)
    fits = _correlation(_darkness(_samples(row, varied)), np.repeat(symbols, each, axis=0))
    return varied.take(fits.reshape(-1, each).argmax(axis=1) + each * np.arange(len(symbols)))


def _ends(row: Floats) -> Floats:
    """Pairs of edges in pixels between which the symbol may lie."""
    change = np.gradient(np.convolve(row, np.ones(3) / 3, "same"))
    inner = change[1:-1]
    strong = np.abs(inner) > 0.08 * np.abs(change).max()
    falls = np.nonzero(strong & (inner < 0) & (inner <= change[:-2]) & (inner <= change[2:]))[0] + 1.5
    rises = np.nonzero(strong & (inner > 0) & (inner >= change[:-2]) & (inner >= change[2:]))[0] + 1.5
    pairs = np.array([(first, last) for first in falls[:ENDS] for last in rises[-ENDS:]]).reshape(-1, 2)
    return np.asarray(pairs[pairs[:, 1] - pairs[:, 0] >= NARROWEST * MODULES])


def _samples(row: Floats, places: _Places) -> Floats:
    """Placements x samples: the brightness there."""
    along = ((np.arange(len(BLANK) * PER_MODULE) + 0.5) / PER_MODULE - QUIET) / MODULES
    bent = along + places.stretch[:, None] * along * (1 - along)
    where = places.first[:, None] + (places.last - places.first)[:, None] * bent
    return np.interp(where.ravel(), np.arange(len(row)) + 0.5, row).reshape(where.shape)


def _darkness(samples: Floats) -> Floats:
    """How much darker than a line through both quiet zones."""
    half = QUIET * PER_MODULE // 2
    left, right = samples[:, :half].mean(axis=1), samples[:, -half:].mean(axis=1)
    share = np.linspace(0, 1, samples.shape[1])
    return np.asarray(left[:, None] * (1 - share) + right[:, None] * share - samples)


def _correlation(one: Floats, other: Floats) -> Floats:
    """Row by row."""
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    norms = np.sqrt((one * one).sum(axis=1) * (other * other).sum(axis=1))
    return np.asarray((one * other).sum(axis=1) / np.maximum(norms, 1e-9))


def _decoded(row: Floats, places: _Places, sigma: float, rounds: int) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Placements x 12 indices into the alphabets of DIGITS, what was read as samples, and how well that fits the row.

    Digits are chosen in turn, each for the smallest squared error with its neighbours as they are by then; after each
    round the row's contrast is fitted to the symbol that was read.
    """
    blur = MATRICES[sigma]
    dark = _darkness(_samples(row, places))
    dark /= np.maximum(np.percentile(dark, 97, axis=1, keepdims=True), 1e-3)
    modules = np.repeat(BLANK[None], len(dark), axis=0)
    chosen = np.zeros((len(dark), len(DIGITS)), np.intp)
    for _ in range(rounds):
        for place, (start, alphabet) in enumerate(DIGITS):
            near = slice((start - REACH) * PER_MODULE, (start + 7 + REACH) * PER_MODULE)
            own = slice(start, start + 7)
            modules[:, own] = 0
            rest = dark[:, near] - modules @ blur[near].T
            looks = alphabet @ blur[near, own].T
            chosen[:, place] = ((looks * looks).sum(axis=1) - 2 * rest @ looks.T).argmin(axis=1)
            modules[:, own] = alphabet[chosen[:, place]]
        symbol = modules @ blur.T
        dark = _levelled(dark, symbol)
    return chosen, symbol, _correlation(dark, symbol)


def _levelled(dark: Floats, symbol: Floats) -> Floats:
    """`dark` with the ground and the contrast, both changing evenly along the row, that make it most like `symbol`."""
    along = np.broadcast_to(np.linspace(-1, 1, dark.shape[1]), dark.shape)
    terms = np.stack([np.ones_like(dark), along, symbol, symbol * along], axis=2)
    products = terms.transpose(0, 2, 1) @ terms + 1e-6 * np.eye(4)
    ground, slope, gain, growth = np.linalg.solve(products, terms.transpose(0, 2, 1) @ dark[..., None])[..., 0].T
    contrast = np.maximum(gain[:, None] + growth[:, None] * along, 0.15)
    return np.asarray((dark - ground[:, None] - slope[:, None] * along) / contrast)


def _number(indices: NDArray[np.intp]) -> str | None:
    """Thirteen digits, if the sets used stand for a first digit and the check digit is right."""
    sets = "".join("AB"[index // 10] for index in indices[:6])
    if sets not in _SETS:
        return None
    digits = f"{_SETS.index(sets)}{''.join(str(index % 10) for index in indices)}"
    return digits if checked(digits) else None
