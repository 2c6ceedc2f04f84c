"""How likely a recogniser finds any reading of a line, not only its own: CTC (Graves et al. 2006, section 4.1).

A reading is a sequence of classes without blanks. Its likelihood is the sum over all ways to spread it over the steps,
with blanks between; `places` tells where its classes stand in the likeliest of them. Readings are computed side by
side, in probabilities scaled at every step (Rabiner 1989, section V.A): a step is a few sums of readings x states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ocr.lines.characters import Characters
from services.ocr.ppocr.ctc import BLANK, decode

Reading = Sequence[int]
Floats = NDArray[np.float64]

Places = Sequence[tuple[int, int]]
"""Of every class of a reading its first step, and the one after its last."""

LEAST_LIKELIHOOD = 1e-300
"""Stands for a likelihood of nought, which has no logarithm: a line with fewer steps than the reading needs."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """What a recogniser saw of a line: the likeliest classes of every step, and their probabilities.

    Both are steps x kept, the best first. Every other class counts like the last one that was kept, which is an upper
    bound. `length` is the line's, in steps: the rest is padding.
    """

    classes: NDArray[np.int32]
    probabilities: NDArray[np.float32]
    length: float


def best_path(lattice: Lattice, alphabet: Sequence[str]) -> Characters:
    """The reading that takes the best class at every step."""
    return decode(lattice.classes[:, 0], lattice.probabilities[:, 0], alphabet, lattice.length)


@dataclass(frozen=True, slots=True)
class _States:
    """Readings x states: blank, first class, blank, second class and so on, to a blank; shorter readings filled up.

    `columns` are their columns of emissions. `skips` is 1 where the blank before a state may be left out: before a
    class that differs from the one before. `last` is the last state of each reading.
    """

    columns: NDArray[np.intp]
    skips: Floats
    last: NDArray[np.intp]


def log_likelihoods(lattice: Lattice, readings: Sequence[Reading]) -> Floats:
    """One natural logarithm per reading. Takes steps x readings x classes of the longest reading of time."""
    states, emitted = _prepared(lattice, readings)
    forward, one, two = _forward(states)
    new, chances, scales = np.empty_like(forward), np.empty_like(forward), np.empty((len(emitted), len(readings), 1))
    for probabilities, scale in zip(emitted, scales, strict=True):
        np.multiply(two, states.skips, out=new)
        new += one
        new += forward
        new *= probabilities.take(states.columns, out=chances, mode="clip")
        new.sum(axis=1, keepdims=True, out=scale)
        np.maximum(scale, LEAST_LIKELIHOOD, out=scale)
        np.divide(new, scale, out=forward)
    rows = np.arange(len(readings))
    ends = forward[rows, states.last] + forward[rows, states.last - 1] * (states.last > 0)
    return np.asarray(np.log(scales[:, :, 0]).sum(axis=0) + np.log(np.maximum(ends, LEAST_LIKELIHOOD)))


def places(lattice: Lattice, reading: Reading) -> Places:
    """The steps of every class of the reading in its likeliest alignment (Viterbi).

    Classes that found no room, because the line has too few steps, have none: the two steps are the same.
    """
    states, emitted = _prepared(lattice, [reading])
    forward, one, two = _forward(states)
    ways, chances = np.empty((3, *forward.shape)), np.empty_like(forward)
    origins = np.empty((len(emitted), forward.shape[1]), dtype=np.int8)
    for probabilities, origin in zip(emitted, origins, strict=True):
        ways[0], ways[1] = forward, one
        np.multiply(two, states.skips, out=ways[2])
        origin[:] = ways[:, 0].argmax(axis=0)
        probabilities.take(states.columns, out=chances, mode="clip")
        np.multiply(ways.max(axis=0), chances, out=forward)
        forward /= max(float(forward.sum()), LEAST_LIKELIHOOD)
    last = int(states.last[0])
    path = np.array(_traced(origins, last if forward[0, last] >= forward[0, last - 1] else last - 1))
    odd = 2 * np.arange(len(reading)) + 1
    firsts, ends = np.searchsorted(path, odd, "left"), np.searchsorted(path, odd, "right")
    return list(zip(firsts.tolist(), ends.tolist(), strict=True))


def _traced(origins: NDArray[np.int8], last: int) -> list[int]:
    """The states of all steps, that of the last step given. `origins` tell how many states back each one came from."""
    path = [last]
    for origin in origins[:0:-1]:
        path.append(path[-1] - int(origin[path[-1]]))
    return path[::-1]


def _prepared(lattice: Lattice, readings: Sequence[Reading]) -> tuple[_States, Floats]:
    """The states, and steps x columns: what every step says of the classes that occur in the readings."""
    classes = np.array(sorted({BLANK}.union(*readings)))
    return _states(readings, classes), _emissions(lattice, classes)


def _states(readings: Sequence[Reading], classes: NDArray[np.int64]) -> _States:
    longest = max(map(len, readings))
    columns = np.zeros((len(readings), 2 * longest + 1), dtype=np.intp)
    for row, reading in enumerate(readings):
        columns[row, 1 : 2 * len(reading) : 2] = np.searchsorted(classes, np.array(reading, dtype=np.int64))
    skips = np.zeros(columns.shape)
    skips[:, 3::2] = columns[:, 3::2] != columns[:, 1:-2:2]
    return _States(columns, skips, np.array([2 * len(reading) for reading in readings], dtype=np.intp))


def _emissions(lattice: Lattice, classes: NDArray[np.int64]) -> Floats:
    emitted = np.repeat(lattice.probabilities[:, -1:].astype(np.float64), len(classes), axis=1)
    columns = np.minimum(np.searchsorted(classes, lattice.classes), len(classes) - 1)
    steps, kept = np.nonzero(classes[columns] == lattice.classes)
    emitted[steps, columns[steps, kept]] = lattice.probabilities[steps, kept]
    return emitted


def _forward(states: _States) -> tuple[Floats, Floats, Floats]:
    """Before the first step: it may take the first blank or, one state on, the first class.

    Then the same numbers seen from one state on and from two, which is what comes into every state from those before.
    All three are one array: what is written into the first moves on in the others.
    """
    readings, count = states.columns.shape
    whole = np.zeros((readings, count + 2))
    whole[:, 2] = 1.0
    return whole[:, 2:], whole[:, 1:-1], whole[:, :-2]
