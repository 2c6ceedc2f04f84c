"""What a thousand clients cost that listen while nothing happens: how long uploads take beside them, memory, processor.

Two services run side by side, with one web process each: one with listeners and one without. Blocks of uploads go to
each in turn, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

import psutil

from benchmarks.harness import client, report
from benchmarks.harness.client import connected, exchange
from benchmarks.harness.report import Panel, Report, Series, Table, progress
from tests.support.stack import Stack, faulty, picture
from utils.memory import mb

ALONE, BESIDE = "without", "with"
TIER = "balanced"
HOURS = 10
ADDED_TARGET = 0.15
"""By which share the median of an upload may be longer beside listeners."""

HOW = """{listeners} clients hold `GET /ocr/job/{{id}}/events` of a job that does not end, over a connection each, on
the only web process of their service; a comment is sent to each every 15 seconds. An upload is a small picture, a new
one each time, sent with `Prefer: wait` and read by an engine that takes no time: what is left is upload, queue,
worker and result. Blocks of {block} uploads, one after the other, go to both services in turn. Idle is {idle:.0f}
seconds without uploads; memory is what the web process has resident (RSS) after all."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one service: milliseconds of each upload; bytes and processor seconds a second of its web process."""

    uploads: list[float]
    rss: int
    idle: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    report.stoppable()
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as opened:
        stacks = {way: opened.enter_context(_service(Path(name) / way, options)) for way in (ALONE, BESIDE)}
        opened.enter_context(_listeners(stacks[BESIDE], options.listeners))
        uploads = _uploads(stacks, options)
        idle = _idle(stacks, options.idle)
        measured = {
            way: Measured(uploads[way], _web(stack).memory_info().rss, idle[way]) for way, stack in stacks.items()
        }
        report.write(_report(options, measured), options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listeners", description="What listeners cost.")
    report.add_options(parser)
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--block", type=int, default=20, help="uploads to one service before it is the other's turn")
    parser.add_argument("--idle", type=float, default=30.0, help="seconds for which nothing but listening goes on")
    return parser


@contextmanager
def _service(folder: Path, options: argparse.Namespace) -> Iterator[Stack]:
    """One worker process for the job that does not end, one for uploads."""
    most = str(options.listeners + 100)
    env = {
        "OCR_WORKERS": "2",
        "MAX_STREAMS": most,
        "MAX_STREAMS_PER_CLIENT": most,
        "REQUEST_TIMEOUT": str(3600 * HOURS),
    }
    with faulty(folder, **env) as stack:
        yield stack


@contextmanager
def _listeners(stack: Stack, count: int) -> Iterator[None]:
    """So many clients, each of whom has had the beginning of its stream."""
    job_id = stack.submit(f"SLEEP {3600 * HOURS}\n{uuid.uuid4()}")
    request = f"GET /ocr/job/{job_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with ExitStack() as opened:
        for number in range(count):
            connection = opened.enter_context(connected(stack.port))
            connection.sendall(request)
            if not connection.recv(1 << 16).startswith(b"HTTP/1.1 200"):
                raise client.BadAnswer(f"listener {number + 1} was refused")
        progress(f"{count} listeners")
        yield


def _uploads(stacks: Mapping[str, Stack], options: argparse.Namespace) -> dict[str, list[float]]:
    """After one round that does not count."""
    found: dict[str, list[float]] = {way: [] for way in stacks}
    for number in range(options.rounds + 1):
        progress(f"round {number} of {options.rounds}")
        for way in (ALONE, BESIDE) if number % 2 else (BESIDE, ALONE):
            times = [_upload(stacks[way]) for _ in range(options.block)]
            found[way] += times if number else []
    return found


def _upload(stack: Stack) -> float:
    """Milliseconds from a new connection to the result."""
    request = client.upload(picture(str(uuid.uuid4())), TIER)
    began = time.perf_counter()
    with connected(stack.port) as connection:
        exchange(connection, request)
    return 1000 * (time.perf_counter() - began)


def _idle(stacks: Mapping[str, Stack], seconds: float) -> dict[str, float]:
    """Processor seconds a second of each web process."""
    before = {way: _processor(stack) for way, stack in stacks.items()}
    time.sleep(seconds)
    return {way: (_processor(stack) - before[way]) / seconds for way, stack in stacks.items()}


def _processor(stack: Stack) -> float:
    times = _web(stack).cpu_times()
    return float(times.user + times.system)


def _web(stack: Stack) -> psutil.Process:
    """The one that serves; gunicorn's first process only watches it."""
    return stack.children("gunicorn")[-1]


def _report(options: argparse.Namespace, measured: Mapping[str, Measured]) -> Report:
    told = {"listeners": options.listeners, "block": options.block, "idle": options.idle}
    rows = [_row(way, figures) for way, figures in measured.items()]
    columns = ("listeners", "upload p50, ms", "p90", "p99", "web process, MB", "processor while idle")
    return Report(
        name="listeners",
        title=f"Uploads beside {options.listeners} listeners",
        parts=[Table(columns, rows), _verdict(options.listeners, measured), HOW.format(**told)],
        data={**told, "measured": {way: asdict(figures) for way, figures in measured.items()}},
        panels=[_panel(measured)],
    )


def _row(way: str, one: Measured) -> tuple[str, ...]:
    cuts = quantiles(one.uploads, n=100)
    spread = (median(one.uploads), cuts[89], cuts[98])
    return (way, *(f"{value:.1f}" for value in spread), f"{mb(one.rss):.0f}", f"{100 * one.idle:.1f} %")


def _verdict(count: int, measured: Mapping[str, Measured]) -> str:
    alone, beside = measured[ALONE], measured[BESIDE]
    added = median(beside.uploads) / median(alone.uploads) - 1
    each = (beside.rss - alone.rss) / count / 1000
    met = "met" if added <= ADDED_TARGET else "missed"
    target = f"at most {100 * ADDED_TARGET:.0f} % is the target: {met}"
    return f"Beside listeners the median upload takes {100 * added:+.1f} % ({target}). A listener takes {each:.0f} kB."


def _panel(measured: Mapping[str, Measured]) -> Panel:
    """The share of uploads that took no longer."""
    series = []
    for way, figures in measured.items():
        times = sorted(figures.uploads)
        series.append(Series(f"{way} listeners", times, [(place + 1) / len(times) for place in range(len(times))]))
    return Panel("uploads", "milliseconds", "share of uploads", series)


if __name__ == "__main__":
    sys.exit(main())
