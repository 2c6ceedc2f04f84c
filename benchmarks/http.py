"""What the service around the engine costs: images a second over HTTP beside the bare engine's, hits, overhead.

The service is the real one (`python app.py`) with its embedded Valkey. Client, service and bare engine share the same
cores. Blocks of images go to each in turn, so that whatever else the machine does hits all alike.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median, quantiles
from typing import Any

from benchmarks.harness import client, contestants, data, report
from benchmarks.harness.client import connected, exchange
from benchmarks.harness.report import Panel, Report, Series, Table, progress
from benchmarks.harness.scoring import Share, interval, rate
from config import ROOT, Settings
from services.ocr.engines import null
from tests.support.stack import Stack, picture
from tests.support.stack import running as service
from utils.cpus import available, processes

SHARE_TARGET, HIT_MS_TARGET, HITS_TARGET, OVERHEAD_MS_TARGET = 0.9, 10, 300, 40
RECEIPT = ROOT / "examples" / "receipt.png"
HTTP = "over HTTP"
TRIES, WARM_UP = 100, 10
HIT_SECONDS = 5.0
HIT_CLIENTS = 8

HITS = """A hit is the same small receipt again, answered with its text and lines from the cache: one client for p50,
{clients} at once for hits a second. Without an engine means the null engine, which reads at no cost, a new picture each
time: what is left is upload, queue, worker and waiting for the result. A hit cost the service
{processor:.1f} ms of processor time, its broker and its idle worker included."""

HOW = """Tier `{tier}`, {count} images in blocks, each block given to all ways in turn. Over HTTP, {clients} clients
uploaded at once with `Prefer: wait`, and {workers} worker processes read; the cache was off. The bare engine got the
same files and decoded them by itself: as one process with all cores, and as as many processes as there are workers. The
share is that of the faster of the two, with the interval that holds 95 % of the results of resampled blocks."""

Read = Callable[[Path], object]
"""Has one image read, and returns when it has been."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the summary."""

    what: str
    value: str
    target: str
    met: bool


@dataclass(frozen=True, slots=True)
class Blocks:
    """How many images each block had, and the seconds it took by the way it was read."""

    sizes: Sequence[int]
    seconds: Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class Hits:
    """Of single hits one after the other, and of several clients at once; the service's own processor time for each."""

    milliseconds: Sequence[float]
    per_second: float
    processor_ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    report.stoppable()
    options, settings = _parser().parse_args(arguments), Settings.from_env()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        blocks = _throughput(options, settings, folder)
        hits = _hits(settings, folder)
        overhead = _overhead(folder)
    report.write(_report(options, blocks, hits, overhead), options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    settings = Settings.from_env()
    workers = processes(settings.ocr_workers, settings.worker_max_memory_mb)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http", description="What the service costs.")
    data.add_options(parser)
    report.add_options(parser)
    parser.add_argument("--tier", default=settings.ocr_tier)
    parser.add_argument("--workers", type=int, default=workers, help="worker processes; OCR_WORKERS if not given")
    parser.add_argument("--clients", type=int, default=2 * workers, help="how many upload at once")
    parser.add_argument("--block", type=int, default=10, help="images that one way reads before it is another's turn")
    return parser


def _throughput(options: argparse.Namespace, settings: Settings, folder: Path) -> Blocks:
    """The same blocks by every way in turn."""
    paths = [sample.path for sample in data.scans(options, folder)]
    blocks = [paths[place : place + options.block] for place in range(0, len(paths), options.block)]
    with ExitStack() as stack:
        ways = _ways(options, settings, folder, stack)
        for readers in ways.values():
            _timed(readers, paths[: 2 * len(readers)])
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for number, block in enumerate(blocks):
            progress(f"block {number + 1} of {len(blocks)}")
            turn = number % len(ways)
            for way in [*ways, *ways][turn : turn + len(ways)]:
                seconds[way].append(_timed(ways[way], block))
    return Blocks([len(block) for block in blocks], seconds)


def _ways(options: argparse.Namespace, settings: Settings, folder: Path, stack: ExitStack) -> dict[str, list[Read]]:
    """The readers of each way, that work at the same time."""
    cores = available()
    ways = {"bare, 1 process": _bare(options, settings, 1, cores, stack)}
    if options.workers > 1:
        each = max(1, cores // options.workers)
        ways[f"bare, {options.workers} processes"] = _bare(options, settings, options.workers, each, stack)
    env = {"OCR_ENGINE": settings.ocr_engine, "OCR_WORKERS": str(options.workers), "REDIS_CACHE_TTL": "0"}
    running = stack.enter_context(service(folder / "throughput", **env))
    return {**ways, HTTP: [partial(client.send, running.port, options.tier)] * options.clients}


def _bare(options: argparse.Namespace, settings: Settings, count: int, threads: int, stack: ExitStack) -> list[Read]:
    contestant = contestants.own(options.tier, settings)
    firsts = [number * threads % available() for number in range(count)]
    started = [stack.enter_context(contestants.running(contestant, threads, settings, first)) for first in firsts]
    return [server.read_english for server in started]


def _timed(readers: Sequence[Read], paths: Sequence[Path]) -> float:
    """Seconds until all have been read, by whoever of the readers is free next."""
    waiting: SimpleQueue[Path] = SimpleQueue()
    for path in paths:
        waiting.put(path)
    began = time.perf_counter()
    with ThreadPoolExecutor(len(readers)) as pool:
        for done in [pool.submit(_drain, read, waiting) for read in readers]:
            done.result()
    return time.perf_counter() - began


def _drain(read: Read, waiting: SimpleQueue[Path]) -> None:
    while True:
        try:
            path = waiting.get_nowait()
        except Empty:
            return
        read(path)


def _hits(settings: Settings, folder: Path) -> Hits:
    """A receipt is read once, and then asked for again and again."""
    progress("cache hits")
    request = client.upload(RECEIPT.read_bytes(), settings.ocr_tier)
    with service(folder / "hits", OCR_ENGINE=settings.ocr_engine, OCR_WORKERS="1") as stack:
        with connected(stack.port) as connection:
            exchange(connection, request)
            single = [_milliseconds(connection, request) for _ in range(3 * TRIES)]
            assert b'"cached":true' in exchange(connection, request).replace(b" ", b""), "not answered from the cache"
        before = _processor_seconds(stack)
        with ThreadPoolExecutor(HIT_CLIENTS) as pool:
            count = sum(pool.map(partial(_hammer, stack, request), [HIT_SECONDS] * HIT_CLIENTS))
        return Hits(single, count / HIT_SECONDS, 1000 * (_processor_seconds(stack) - before) / count)


def _processor_seconds(stack: Stack) -> float:
    """Of all of the service's processes. Unlike the clock they hardly depend on what else the machine does."""
    times = [process.cpu_times() for process in stack.children("")]
    return sum(time.user + time.system for time in times)


def _hammer(stack: Stack, request: bytes, seconds: float) -> int:
    """How often one client was answered in so many seconds."""
    count, end = 0, time.perf_counter() + seconds
    with connected(stack.port) as connection:
        while time.perf_counter() < end:
            exchange(connection, request)
            count += 1
    return count


def _overhead(folder: Path) -> list[float]:
    """Milliseconds from upload to result of an engine that does nothing, each picture another one."""
    progress("overhead")
    (tier,) = null.describe(Settings()).tiers
    requests = [client.upload(picture(f"page {number}"), tier) for number in range(WARM_UP + TRIES)]
    with service(folder / "null", OCR_ENGINE="null", OCR_WORKERS="1") as stack, connected(stack.port) as connection:
        return [_milliseconds(connection, request) for request in requests][WARM_UP:]


def _milliseconds(connection: Any, request: bytes) -> float:
    began = time.perf_counter()
    exchange(connection, request)
    return 1000 * (time.perf_counter() - began)


def _report(options: argparse.Namespace, blocks: Blocks, hits: Hits, overhead: Sequence[float]) -> Report:
    told = {"tier": options.tier, "count": sum(blocks.sizes), "clients": options.clients, "workers": options.workers}
    figures = [_share(blocks), *_hit_figures(hits), _overhead_figure(overhead)]
    columns = ("what", "measured", "target", "met")
    rows = [(figure.what, figure.value, figure.target, "yes" if figure.met else "no") for figure in figures]
    return Report(
        name="http",
        title="The service beside its bare engine",
        parts=[
            Table(columns, rows),
            HOW.format(**told),
            _rates(blocks),
            HITS.format(clients=HIT_CLIENTS, processor=hits.processor_ms),
        ],
        data={"blocks": asdict(blocks), "hits": asdict(hits), "overhead_ms": overhead, **told},
        panels=[_panel(blocks)],
    )


def _fastest_bare(blocks: Blocks) -> str:
    return min((way for way in blocks.seconds if way != HTTP), key=lambda way: sum(blocks.seconds[way]))


def _share(blocks: Blocks) -> Figure:
    """Images a second over HTTP beside the bare engine's: of the same images, so the seconds the other way round."""
    bare = _fastest_bare(blocks)
    shares = [Share(mine, other) for mine, other in zip(blocks.seconds[bare], blocks.seconds[HTTP], strict=True)]
    (low, high), value = interval(shares), rate(shares)
    told = f"{100 * value:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"
    what = f"images a second over HTTP, as a share of: {bare}"
    return Figure(what, told, f"at least {100 * SHARE_TARGET:.0f} %", value >= SHARE_TARGET)


def _hit_figures(hits: Hits) -> list[Figure]:
    middle = median(hits.milliseconds)
    return [
        Figure("cache hit, p50", _spread(hits.milliseconds), f"under {HIT_MS_TARGET} ms", middle < HIT_MS_TARGET),
        Figure("cache hits a second", f"{hits.per_second:.0f}", f"over {HITS_TARGET}", hits.per_second > HITS_TARGET),
    ]


def _overhead_figure(overhead: Sequence[float]) -> Figure:
    met = median(overhead) < OVERHEAD_MS_TARGET
    return Figure("upload to result without an engine, p50", _spread(overhead), f"under {OVERHEAD_MS_TARGET} ms", met)


def _spread(milliseconds: Sequence[float]) -> str:
    return f"{median(milliseconds):.1f} ms (p95 {quantiles(milliseconds, n=20)[-1]:.1f})"


def _rates(blocks: Blocks) -> Table:
    rows = [(way, f"{sum(blocks.sizes) / sum(seconds):.2f}") for way, seconds in blocks.seconds.items()]
    return Table(("way", "images/s"), rows)


def _panel(blocks: Blocks) -> Panel:
    places = list(range(1, len(blocks.sizes) + 1))
    series = [
        Series(way, places, [size / second for size, second in zip(blocks.sizes, seconds, strict=True)])
        for way, seconds in blocks.seconds.items()
    ]
    return Panel("throughput", "block", "images a second", series)


if __name__ == "__main__":
    sys.exit(main())
