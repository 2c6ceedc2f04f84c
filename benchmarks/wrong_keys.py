"""Whether wrong keys slow right ones, or fill anything: so many of them, of every kind, while right ones are used.

Over HTTP a service with two web processes is called over connections that are kept, by several processes. The same is
done below HTTP, where many more go into the same time: each process lets callers in by a gate of its own, all at one
Valkey. Half of the wrong keys come from one address, the others from ever new ones.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median, quantiles

import psutil
import redis

from benchmarks.harness import report
from benchmarks.harness.client import answered, connected
from benchmarks.harness.report import Report, Table, progress
from services.access import api_key
from services.access.gate import Gate
from services.access.keys import ApiKeys
from services.access.model import Scope
from services.access.recent import SECONDS
from services.errors import TooManyWrongKeys, Unauthorized
from services.redis.connection import connect
from tests.support.keys import new_key
from tests.support.stack import Stack, broker
from tests.support.stack import running as service
from utils.memory import mb

QUIET_SECONDS = 15.0
PAUSE = 0.05
"""Seconds between two requests with a right key."""

RIGHT_KEYS, EACH = 60, 100
"""Right keys that are used in turn below HTTP, one after so many wrong ones: by then nobody remembers it."""

CROWD, NEIGHBOUR = "203.0.113.7", "198.51.100.1"
"""The one address that half of the wrong keys come from, right ones too, and one that sends right keys alone."""

HOW = """Wrong keys are in turn no key at all in their form, of a wrong check, and well-formed but unknown. Half of them
come from one address, which right ones come from too, the others from ever new ones, where all that are well-formed
are looked up. Right ones over HTTP are `GET /me`, one every {pause:.0f} ms; below HTTP they are one after {each} wrong
ones, of {keys} in turn, so that most are looked up. Over HTTP {connections} connections were always busy with wrong
keys, all on the cores of the service. Memory is RSS, of the web processes together or of one process below HTTP, after
{warm} wrong ones and at the end."""

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    report.stoppable()
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, _pool(options.processes) as pool:
        measured = {}
        if options.http:
            measured["over HTTP"] = _over_http(Path(name), pool, options)
        if options.below:
            measured["below HTTP"] = _below_http(Path(name), pool, options)
    report.write(_report(options, measured), options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wrong_keys", description="What wrong keys do.")
    report.add_options(parser)
    parser.add_argument("--http", type=int, default=100_000, help="wrong keys over HTTP")
    parser.add_argument("--below", type=int, default=1_000_000, help="wrong keys below HTTP")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--connections", type=int, default=2, help="of each process")
    return parser


def _pool(processes: int) -> Pool:
    return multiprocessing.get_context("spawn").Pool(processes)


def wrong_keys(seed: int) -> Iterator[tuple[str, str]]:
    """Without end: a wrong key, and the address that it comes from."""
    draw = random.Random(seed)
    for number in count():
        body = api_key.PREFIX + "".join(draw.choices(api_key.ALPHABET, k=api_key.RANDOM))
        kinds = (body[: draw.randint(4, 34)], body + "000000", api_key.checked(body))
        address = CROWD if number % 2 else f"10.{draw.randrange(256)}.{draw.randrange(256)}.{draw.randrange(256)}"
        yield kinds[number // 2 % 3], address


def _over_http(folder: Path, pool: Pool, options: argparse.Namespace) -> Measured:
    with service(folder / "http", AUTH="keys", WEB_WORKERS="2", OCR_WORKERS="1", TRUSTED_PROXIES="1") as stack:
        key = new_key(stack, "shop-1")
        before = _right_ones(stack.port, key, lambda seconds: seconds > QUIET_SECONDS)
        _flood(pool, stack.port, WARM, options)
        memory, stored, began = _memory(stack), _stored(stack.redis()), time.monotonic()
        done = threading.Event()
        meanwhile: list[float] = []
        asking = threading.Thread(
            target=lambda: meanwhile.extend(_right_ones(stack.port, key, lambda _: done.is_set()))
        )
        asking.start()
        answers = _flood(pool, stack.port, options.http, options)
        seconds = time.monotonic() - began
        done.set()
        asking.join()
        after = (_memory(stack), _stored(stack.redis()))
    return Measured(options.http, dict(answers), seconds, before, meanwhile, (memory, after[0]), (stored, after[1]))


def _flood(pool: Pool, port: int, wrong: int, options: argparse.Namespace) -> Counter[str]:
    """How often which status came."""
    progress(f"{wrong} wrong keys over HTTP")
    each = wrong // (options.processes * options.connections)
    seeds = [random.randrange(1 << 60) for _ in range(options.processes * options.connections)]
    found = pool.starmap(_many, [(port, seeds[place :: options.processes], each) for place in range(options.processes)])
    return sum(found, Counter())


def _many(port: int, seeds: Sequence[int], each: int) -> Counter[str]:
    found: Counter[str] = Counter()
    threads = [threading.Thread(target=lambda seed=seed: found.update(_one(port, seed, each))) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _one(port: int, seed: int, wrong: int) -> list[str]:
    """The statuses of so many wrong keys over one connection."""
    keys = wrong_keys(seed)
    with connected(port) as connection:
        return [answered(connection, _request(*next(keys)))[0] for _ in range(wrong)]


def _request(key: str, address: str) -> bytes:
    return f"GET /me HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\nX-Forwarded-For: {address}\r\n\r\n".encode()


def _right_ones(port: int, key: str, enough: Callable[[float], bool]) -> list[float]:
    """Milliseconds of each, from either address in turn, over a new connection, so that either process has it.

    Raises AssertionError where one is refused.
    """
    times: list[float] = []
    first = time.monotonic()
    while not enough(time.monotonic() - first):
        request = _request(key, (CROWD, NEIGHBOUR)[len(times) % 2])
        began = time.perf_counter()
        with connected(port) as connection:
            status, body = answered(connection, request)
        times.append(1000 * (time.perf_counter() - began))
        assert status == "200", body
        time.sleep(PAUSE)
    return times


def _memory(stack: Stack) -> int:
    return sum(process.memory_info().rss for process in stack.children("gunicorn")[1:])


def _stored(client: redis.Redis) -> int:
    return int(client.dbsize())  # type: ignore[arg-type]  # of a client that waits it is a number


def _below_http(folder: Path, pool: Pool, options: argparse.Namespace) -> Measured:
    with broker(folder / "below") as server:
        made = ApiKeys(server.client())
        keys = [made.create("shop-1", f"till-{n}", frozenset({Scope.READ}))[1] for n in range(RIGHT_KEYS)]
        each = options.below // options.processes
        progress(f"{options.below} wrong keys below HTTP")
        stored, began = _stored(server.client()), time.monotonic()
        told = pool.map(partial(_process, server.url, keys, each), random.sample(range(1 << 60), options.processes))
        seconds = time.monotonic() - began
        after = _stored(server.client())
    return Measured(
        options.below,
        dict(sum((one.answers for one in told), Counter())),
        seconds,
        [ms for one in told for ms in one.before],
        [ms for one in told for ms in one.meanwhile],
        told[0].memory,
        (stored, after),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Of one process: see `Measured`."""

    answers: Counter[str]
    before: list[float]
    meanwhile: list[float]
    memory: tuple[int, int]


def _process(url: str, keys: Sequence[str], wrong: int, seed: int) -> Told:
    """Let in right keys while there are wrong ones."""
    gate, sent, answers = Gate(ApiKeys(connect(url, patience=0))), wrong_keys(seed), Counter[str]()
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


def _report(options: argparse.Namespace, measured: dict[str, Measured]) -> Report:
    columns = (
        "",
        "wrong keys",
        "a second",
        "401",
        "429",
        "right ones before, p50 ms",
        "p99",
        "meanwhile, p50 ms",
        "p99",
    )
    more = ("", "memory before, MB", "after", "keys in Valkey before", "after")
    how = HOW.format(
        pause=1000 * PAUSE,
        each=EACH,
        keys=RIGHT_KEYS,
        connections=options.processes * options.connections,
        warm=WARM,
    )
    return Report(
        name="wrong-keys",
        title="Right keys beside a crowd of wrong ones",
        parts=[
            Table(columns, [_times(way, one) for way, one in measured.items()]),
            Table(more, [_sizes(way, one) for way, one in measured.items()]),
            how,
        ],
        data={way: {**asdict(one), "meanwhile": one.meanwhile[:5000]} for way, one in measured.items()},
    )


def _times(way: str, one: Measured) -> tuple[str, ...]:
    spread = [f"{value:.2f}" for times in (one.before, one.meanwhile) for value in (median(times), _p99(times))]
    answers = (f"{one.answers.get(status, 0):,}" for status in ("401", "429"))
    return (way, f"{one.wrong:,}", f"{one.wrong / one.seconds:,.0f}", *answers, *spread)


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98]


def _sizes(way: str, one: Measured) -> tuple[str, ...]:
    return (way, *(f"{mb(size):.1f}" for size in one.memory), *map(str, one.stored))


if __name__ == "__main__":
    sys.exit(main())
