"""Over HTTP: quiet and a crowd in turn, so that whatever else the machine does hits both alike."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness.client import answered, connected
from benchmarks.harness.report import progress
from benchmarks.wrong_keys.crowd import CROWD, NEIGHBOUR, Crowd, ever_new, one_of_eight, request
from tests.support.keys import new_key
from tests.support.stack import Stack
from tests.support.stack import running as service

PAUSE = 0.05
"""Seconds between two requests with a right key."""

QUIET = "nobody else"
CROWDS: Mapping[str, Crowd] = {
    "8 connections, 8 addresses": Crowd(8, one_of_eight),
    "200 connections, 8 addresses": Crowd(200, one_of_eight),
    "4 connections, ever new addresses": Crowd(4, ever_new),
}


@dataclass(slots=True)
class Phase:
    """What was measured beside one crowd: milliseconds of right keys, and processor seconds."""

    right: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    service: float = 0.0
    clients: float = 0.0


def measured(folder: Path, rounds: int, seconds: float) -> tuple[dict[str, Phase], tuple[int, int], tuple[int, int]]:
    """By crowd; bytes of the web processes, and keys in Valkey, before and after."""
    phases = {name: Phase() for name in (QUIET, *CROWDS)}
    spawning = multiprocessing.get_context("spawn")
    with (
        service(folder / "http", AUTH="keys", WEB_WORKERS="2", OCR_WORKERS="1", TRUSTED_PROXIES="1") as stack,
        ProcessPoolExecutor(1, mp_context=spawning) as pool,
    ):
        key = new_key(stack, "shop-1")
        pool.submit(int).result()
        for crowd in (None, *CROWDS.values()):
            _phase(Phase(), stack, key, pool, crowd, 1.0)
        before = _memory(stack), _stored(stack)
        for number in range(rounds):
            progress(f"round {number + 1} of {rounds} over HTTP")
            for name, phase in phases.items():
                _phase(phase, stack, key, pool, CROWDS.get(name), seconds)
        after = _memory(stack), _stored(stack)
    return phases, (before[0], after[0]), (before[1], after[1])


def _phase(
    phase: Phase, stack: Stack, key: str, pool: ProcessPoolExecutor, crowd: Crowd | None, seconds: float
) -> None:
    used, began = _processor(stack), time.monotonic()
    asking = threading.Thread(target=lambda: phase.right.extend(_right_ones(stack.port, key, seconds)))
    asking.start()
    if crowd:
        answers, clients = pool.submit(crowd.send, stack.port, seconds, random.randrange(1 << 40)).result()
        phase.answers += answers
        phase.clients += clients
    asking.join()
    phase.seconds += time.monotonic() - began
    phase.service += _processor(stack) - used


def _right_ones(port: int, key: str, seconds: float) -> list[float]:
    """Milliseconds of each, over a new connection, so that either process has it; half come from an address of wrong
    ones. Raises AssertionError where one is refused.
    """
    times: list[float] = []
    first = time.monotonic()
    while time.monotonic() - first < seconds:
        asked = request(key, (CROWD, NEIGHBOUR)[len(times) % 2])
        began = time.perf_counter()
        with connected(port) as connection:
            status, body = answered(connection, asked)
        times.append(1000 * (time.perf_counter() - began))
        assert status == "200", body
        time.sleep(PAUSE)
    return times


def _processor(stack: Stack) -> float:
    """Of the web processes and Valkey."""
    found = [process.cpu_times() for word in ("gunicorn", "valkey") for process in stack.children(word)]
    return sum(times.user + times.system for times in found)


def _memory(stack: Stack) -> int:
    return sum(process.memory_info().rss for process in stack.children("gunicorn")[1:])


def _stored(stack: Stack) -> int:
    return int(stack.redis().dbsize())  # type: ignore[arg-type]  # of a client that waits it is a number
