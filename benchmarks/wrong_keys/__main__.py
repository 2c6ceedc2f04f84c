"""`python -m benchmarks.wrong_keys`: whether wrong keys slow right ones, or fill anything."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.harness import report
from benchmarks.harness.report import Report, Table
from benchmarks.wrong_keys import below, http
from benchmarks.wrong_keys.below import EACH, RIGHT_KEYS, WARM
from benchmarks.wrong_keys.http import PAUSE
from utils.memory import mb

HOW = """Wrong keys are in turn no key at all in their form, of a wrong check, and well-formed but unknown; only
the last are looked up. Over HTTP rounds of {seconds:.0f} s go to nobody else and to each crowd in turn,
{rounds} of them. A crowd's connections are always busy, from one process that sends requests which were made
beforehand; it runs on the cores of the service, and what it takes of them is in the table, as a share of one
core. Where it and the service together come near all cores, right keys wait for the processor as they would
beside any other work. Addresses are told by a trusted proxy. Right ones are `GET /me`, one every {pause:.0f} ms
over a new connection, every other one from an address that wrong ones come from. Below HTTP they are one after
{each} wrong ones, of {keys} in turn, so that most are looked up; half of the wrong ones come from one address,
the others from ever new ones. Memory is RSS, of the web processes together or of one process below HTTP, after
some wrong ones ({warm} below HTTP) and at the end. Where the service's share of cores is far below what there
is, other work had the machine, and all times are longer by that: what counts is the difference from nobody else
in the same rounds."""

REMAINS = """An address that goes on after 30 wrong keys waits a second for each answer and loses its connection, so
few connections are nearly nothing. Who has more connections than are held back (256 in a process) is answered
at once: that costs what an answer costs, and only a proxy before the service bounds it (nginx/: 50 requests a
second and 150 connections of an address). Wrong keys from ever
new addresses are refused one by one, and looked up where they are well-formed: right ones wait for the processor
beside them as beside any other requests."""

OF_EARLIER = "Below HTTP was measured with version {}; times are of those that its report has."


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    report.stoppable()
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        over = http.measured(Path(name), options.rounds, options.seconds) if options.rounds else None
        spawning = multiprocessing.get_context("spawn")
        with spawning.Pool(options.processes) as pool:
            under = below.measured(Path(name), pool, options.processes, options.below) if options.below else None
    report.write(_report(options, over, under or _earlier(options.below_of)), options.out)
    return 0


def _earlier(file: Path | None) -> below.Measured | None:
    """What an earlier report has of what is below HTTP."""
    if file is None:
        return None
    told = json.loads(file.read_text())["below"]
    return below.Measured(**{**told, "memory": tuple(told["memory"]), "stored": tuple(told["stored"])})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wrong_keys", description="What wrong keys do.")
    report.add_options(parser)
    parser.add_argument("--rounds", type=int, default=6, help="over HTTP")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each part of a round")
    parser.add_argument("--below", type=int, default=1_000_000, help="wrong keys below HTTP")
    parser.add_argument("--processes", type=int, default=2, help="below HTTP")
    parser.add_argument("--before", type=Path, help="the report (JSON) of an earlier version, to be shown beside")
    parser.add_argument("--below-of", type=Path, help="the report (JSON) to take the part below HTTP from")
    return parser


def _report(options: argparse.Namespace, over: Any, under: below.Measured | None) -> Report:
    parts: list[str | Table] = []
    data: dict[str, Any] = {}
    sizes = []
    if over:
        phases, memory, stored = over
        data["http"] = {name: _rounded(phase) for name, phase in phases.items()}
        sizes.append(_sizes("over HTTP", memory, stored))
        parts.append(_over(data["http"], options.before))
    if under:
        data["below"] = {**asdict(under), "meanwhile": under.meanwhile[:2000]}
        sizes.append(_sizes("below HTTP", under.memory, under.stored))
        parts.append(_under(under))
        parts += [OF_EARLIER.format(_version(options.below_of))] if options.below_of else []
    parts.append(Table(("", "memory before, MB", "after", "keys in Valkey before", "after"), sizes))
    told = {"seconds": options.seconds, "rounds": options.rounds, "pause": 1000 * PAUSE}
    parts += [HOW.format(**told, each=EACH, keys=RIGHT_KEYS, warm=WARM), REMAINS]
    return Report(name="wrong-keys", title="Right keys beside a crowd of wrong ones", parts=parts, data=data)


def _over(phases: Mapping[str, Any], before: Path | None) -> Table:
    columns = ("over HTTP, beside", "wrong keys a second", "401", "429", "right ones, p50 ms", "p99")
    rows = []
    for name, phase in phases.items():
        rows.append(_phase_row(name, phase))
        if before:
            earlier = json.loads(before.read_text())["http"][name]
            rows.append(_phase_row(f"the same, {_version(before)}", earlier))
    return Table((*columns, "service, cores", "crowd, cores"), rows)


def _version(before: Path) -> str:
    return str(json.loads(before.read_text())["facts"]["version"])


def _phase_row(name: str, phase: Mapping[str, Any]) -> tuple[str, ...]:
    answers, seconds = phase["answers"], phase["seconds"]
    counts = (f"{answers.get(status, 0):,}" for status in ("401", "429"))
    times = (f"{median(phase['right']):.1f}", f"{_p99(phase['right']):.1f}")
    shares = (f"{phase[whose] / seconds:.2f}" for whose in ("service", "clients"))
    return (name, f"{sum(answers.values()) / seconds:,.0f}", *counts, *times, *shares)


def _under(one: below.Measured) -> Table:
    columns = ("below HTTP", "a second", "401", "429", "right ones before, p50 ms", "p99", "meanwhile, p50 ms", "p99")
    spread = [f"{value:.2f}" for times in (one.before, one.meanwhile) for value in (median(times), _p99(times))]
    counts = (f"{one.answers.get(status, 0):,}" for status in ("401", "429"))
    return Table(columns, [(f"{one.wrong:,}", f"{one.wrong / one.seconds:,.0f}", *counts, *spread)])


def _rounded(phase: http.Phase) -> dict[str, Any]:
    times = [round(ms, 2) for ms in phase.right]
    return {"right": times, "answers": dict(phase.answers), **_seconds(phase)}


def _seconds(phase: http.Phase) -> dict[str, float]:
    return {name: getattr(phase, name) for name in ("seconds", "service", "clients")}


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98]


def _sizes(way: str, memory: tuple[int, int], stored: tuple[int, int]) -> tuple[str, ...]:
    return (way, *(f"{mb(size):.1f}" for size in memory), *map(str, stored))


if __name__ == "__main__":
    sys.exit(main())
