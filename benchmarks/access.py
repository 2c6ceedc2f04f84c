"""What it costs to know who calls: requests with API keys and with tokens, beside a service that asks nobody.

Three services run side by side, with one web process each. Blocks of requests go to each in turn, so that whatever else
the machine does hits all alike; a first round does not count.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

import psutil

from benchmarks.harness import report
from benchmarks.harness.client import connected, exchange
from benchmarks.harness.report import Report, Table, progress
from tests.support.issuer import Issuer
from tests.support.keys import bearer, new_key
from tests.support.stack import Stack, picture
from tests.support.stack import running as service

OFF, KEYS, JWT = "off", "keys", "jwt"
TARGETS = {KEYS: 1.0, JWT: 1.5}
"""Milliseconds that a request may take longer at the median."""

STATE, RESULT = "state of a job", "result of a job"

HOW = """Blocks of {block} requests over a connection go to the services in turn, {rounds} rounds of them. Limits are
off everywhere. p50 is of single requests; the difference is that of the medians of a block and of the block without
authentication in the same round, and of these differences the median. Processor time is of the web process and of
Valkey. The state of a job is not written down; that somebody has read a result is, so its difference holds
the line in the audit too."""


@dataclass(slots=True)
class Measured:
    """Of one service and one kind of request: milliseconds of each, by block, and the processor's for each request."""

    blocks: list[list[float]] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return median(one for block in self.blocks for one in block)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a service is, who works there, and the requests that are sent, by their kind."""

    port: int
    processes: Sequence[psutil.Process]
    requests: Mapping[str, bytes]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    report.stoppable()
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as opened:
        issuer = opened.enter_context(_issuer())
        callers = {
            OFF: opened.enter_context(_caller(Path(name) / OFF, {})),
            KEYS: opened.enter_context(_caller(Path(name) / KEYS, {"AUTH": "keys"})),
            JWT: opened.enter_context(_caller(Path(name) / JWT, {"AUTH": "jwt", **issuer.settings}, issuer)),
        }
        measured = _measure(callers, options)
    report.write(_report(options, measured), options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.access", description="What knowing callers costs.")
    report.add_options(parser)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--block", type=int, default=100, help="requests to one service before it is another's turn")
    return parser


@contextmanager
def _issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    issuer.start()
    try:
        yield issuer
    finally:
        issuer.stop()


@contextmanager
def _caller(folder: Path, env: dict[str, str], issuer: Issuer | None = None) -> Iterator[Caller]:
    """With one ended job of the caller's."""
    with service(folder, OCR_WORKERS="1", WEB_WORKERS="1", **env) as stack:
        headers = _headers(stack, env.get("AUTH", OFF), issuer)
        with stack.client(headers=headers) as client:
            files = {"file": ("page.png", picture(str(uuid.uuid4())))}
            job_id = client.post("/ocr/image", files=files, headers={"Prefer": "wait=30"}).json()["job_id"]
        paths = {STATE: f"/ocr/job/{job_id}", RESULT: f"/ocr/job/{job_id}/result"}
        yield Caller(stack.port, _processes(stack), {kind: _get(path, headers) for kind, path in paths.items()})


def _headers(stack: Stack, auth: str, issuer: Issuer | None) -> dict[str, str]:
    if issuer:
        return bearer(issuer.token(claims={"exp": int(time.time()) + 3600}))
    return bearer(new_key(stack, "shop-1")) if auth == KEYS else {}


def _get(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _processes(stack: Stack) -> list[psutil.Process]:
    """Who works for a request: the one that serves, as gunicorn's first process only watches it, and Valkey."""
    return [stack.children("gunicorn")[-1], *stack.children("valkey")[:1]]


def _measure(callers: Mapping[str, Caller], options: argparse.Namespace) -> dict[str, dict[str, Measured]]:
    """By kind of request and service."""
    found = {kind: {way: Measured() for way in callers} for kind in (STATE, RESULT)}
    for number in range(options.rounds + 1):
        progress(f"round {number} of {options.rounds}")
        for kind, ways in found.items():
            turn = number % len(ways)
            for way in [*ways, *ways][turn : turn + len(ways)]:
                _block(callers[way], kind, options.block, ways[way] if number else Measured())
    return found


def _block(caller: Caller, kind: str, count: int, measured: Measured) -> None:
    request, before = caller.requests[kind], _processor(caller)
    times = []
    with connected(caller.port) as connection:
        for _ in range(count):
            began = time.perf_counter()
            exchange(connection, request)
            times.append(1000 * (time.perf_counter() - began))
    measured.blocks.append(times)
    measured.processor_ms.append(1000 * (_processor(caller) - before) / count)


def _processor(caller: Caller) -> float:
    times = [process.cpu_times() for process in caller.processes]
    return sum(time.user + time.system for time in times)


def _added(mine: Measured, off: Measured) -> float:
    return median(median(one) - median(other) for one, other in zip(mine.blocks, off.blocks, strict=True))


def _report(options: argparse.Namespace, measured: Mapping[str, Mapping[str, Measured]]) -> Report:
    rows = [_row(kind, way, ways) for kind, ways in measured.items() for way in ways]
    columns = ("request", "AUTH", "p50, ms", "longer by, ms", "target", "processor, ms", "more by, ms")
    told = {"rounds": options.rounds, "block": options.block}
    return Report(
        name="access",
        title="What it costs to know who calls",
        parts=[Table(columns, rows), HOW.format(**told)],
        data={
            **told,
            "measured": {kind: _data(ways) for kind, ways in measured.items()},
        },
    )


def _data(ways: Mapping[str, Measured]) -> dict[str, object]:
    return {way: asdict(one) for way, one in ways.items()}


def _row(kind: str, way: str, ways: Mapping[str, Measured]) -> tuple[str, ...]:
    mine, off = ways[way], ways[OFF]
    used, of_off = (sum(one.processor_ms) / len(one.processor_ms) for one in (mine, off))
    if way == OFF:
        return (kind, way, f"{mine.p50:.2f}", "", "", f"{used:.2f}", "")
    added = _added(mine, off)
    target = f"under {TARGETS[way]} ms: {'met' if added < TARGETS[way] else 'missed'}"
    return (kind, way, f"{mine.p50:.2f}", f"{added:+.2f}", target, f"{used:.2f}", f"{used - of_off:+.2f}")


if __name__ == "__main__":
    sys.exit(main())
