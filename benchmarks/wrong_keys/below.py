"""Below HTTP: each process lets callers in by a gate of its own, all at one Valkey."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

import psutil

from benchmarks.harness.report import progress
from benchmarks.wrong_keys.crowd import CROWD, ever_new, wrong_keys
from services.access.gate import Gate
from services.access.keys import ApiKeys
from services.access.model import Scope
from services.access.recent import SECONDS
from services.errors import TooManyWrongKeys, Unauthorized
from services.redis.connection import connect
from tests.support.stack import Broker, broker

RIGHT_KEYS, EACH = 60, 100
"""Right keys that are used in turn, one after so many wrong ones: by then nobody remembers it."""

WARM = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of right ones before and meanwhile; bytes, and keys in Valkey, before and after."""

    wrong: int
    answers: dict[str, int]
    seconds: float
    before: list[float]
    meanwhile: list[float]
    memory: tuple[int, int]
    stored: tuple[int, int]


def half_from_one(seed: int) -> Iterator[tuple[str, str]]:
    """Wrong keys from CROWD and from ever new addresses in turn."""
    for number, (key, address) in enumerate(wrong_keys(seed, ever_new)):
        yield key, CROWD if number % 2 else address


def measured(folder: Path, pool: Pool, processes: int, wrong: int) -> Measured:
    """Each process lets callers in by a gate of its own, all at one Valkey."""
    with broker(folder / "below") as server:
        made = ApiKeys(server.client())
        keys = [made.create("shop-1", f"till-{n}", frozenset({Scope.READ}))[1] for n in range(RIGHT_KEYS)]
        each = wrong // processes
        progress(f"{wrong} wrong keys below HTTP")
        stored, began = _stored(server), time.monotonic()
        told = pool.map(partial(_process, server.url, keys, each), random.sample(range(1 << 60), processes))
        seconds = time.monotonic() - began
        after = _stored(server)
    return Measured(
        wrong,
        dict(sum((one.answers for one in told), Counter())),
        seconds,
        [ms for one in told for ms in one.before],
        [ms for one in told for ms in one.meanwhile],
        told[0].memory,
        (stored, after),
    )


def _stored(server: Broker) -> int:
    return int(server.client().dbsize())  # type: ignore[arg-type]  # of a client that waits it is a number


@dataclass(frozen=True, slots=True)
class Told:
    """Of one process: see `Measured`."""

    answers: Counter[str]
    before: list[float]
    meanwhile: list[float]
    memory: tuple[int, int]


def _process(url: str, keys: Sequence[str], wrong: int, seed: int) -> Told:
    """Let in right keys while there are wrong ones."""
    gate, sent, answers = Gate(ApiKeys(connect(url, patience=0))), half_from_one(seed), Counter[str]()
    before = _quiet(gate, keys)
    for _ in range(WARM):
        answers[_refused(gate, *next(sent))] += 1
    memory, meanwhile = psutil.Process().memory_info().rss, []
    for number in range(wrong - WARM):
        answers[_refused(gate, *next(sent))] += 1
        if number % EACH == 0:
            meanwhile.append(_let_in(gate, keys[number // EACH % len(keys)]))
    return Told(answers, before, meanwhile, (memory, psutil.Process().memory_info().rss))


def _quiet(gate: Gate, keys: Sequence[str]) -> list[float]:
    """Milliseconds of each key five times, after a first time that does not count; each time it is looked up."""
    times: list[float] = []
    for _ in range(6):
        time.sleep(SECONDS)
        times += [_let_in(gate, key) for key in keys]
    return times[len(keys) :]


def _let_in(gate: Gate, key: str) -> float:
    began = time.perf_counter()
    gate.identify(key, CROWD)
    return 1000 * (time.perf_counter() - began)


def _refused(gate: Gate, key: str, address: str) -> str:
    try:
        gate.identify(key, address)
    except Unauthorized:
        return "401"
    except TooManyWrongKeys:
        return "429"
    raise AssertionError(f"{key} was let in")
