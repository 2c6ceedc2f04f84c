"""How fast, at what accuracy: our tiers and other software on the same images, in one run.

Every contestant is a process of its own that lives as long as the run (`harness.contestants`), and all take turns
(`harness.rounds`). Time counts from the decoded pixels to the text: decoding the same PNG is left out for all.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import product
from math import inf
from pathlib import Path
from statistics import fmean, median

from benchmarks.harness import contestants, data, report
from benchmarks.harness.data import Sample
from benchmarks.harness.report import Panel, Report, Series, Table, progress, share
from benchmarks.harness.rounds import Bounds, Measurement, Page, Process, Run, measure
from benchmarks.harness.scoring import estimates
from config import Settings
from utils.cpus import available
from utils.memory import mb

HOW = """Each image was given to all in turn, in an order that turned with every image. Milliseconds and processor
seconds count from the decoded pixels to the text; `images/s` is one over the mean. `time` is the mean beside that of
{reference} on the same images: 2.00 takes twice as long. F1 is that of the bag of words, with the interval that holds
95 % of the results of resampled files. Whoever takes seconds an image got {slow} images, the others all of them, as `n`
says. All were held to the same cores (`sched_setaffinity`) and told the number of threads in their own way."""

MEMORY = """Loading counts from the start of the process to the moment when the models are there. The peak is VmHWM
after the last image, or that of the largest child where the work is done by one. `precision` is what OpenVINO computes
in: on processors with avx512_bf16 or AMX it takes bfloat16 by itself, ours and others' alike."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report, also when interrupted. 1 where nothing was measured."""
    report.stoppable()
    options, settings = _parser().parse_args(arguments), Settings.from_env()
    chosen = [
        replace(contestant, float32=options.float32) for contestant in contestants.find(options.contestants, settings)
    ]
    bounds = Bounds(60 * options.minutes, options.slow_files or inf)
    run = Run()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            pages = _pages(data.scans(options, Path(folder)), Path(folder), settings)
            for threads in options.threads:
                measure(run, chosen, threads, pages, bounds, settings)
        except KeyboardInterrupt:
            run.failed("The run was interrupted.")
    report.write(_report(run, contestants.reference(settings), options), options.out)
    return 0 if run.measurements else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="How fast, at what accuracy.")
    data.add_options(parser)
    report.add_options(parser)
    contestants.add_options(parser)
    parser.add_argument("--threads", nargs="+", type=int, default=sorted({available(), 1}, reverse=True))
    parser.add_argument("--minutes", type=float, default=11, help="begin no further image after so long, per threads")
    parser.add_argument("--slow-files", type=int, default=20, help="images for those that take seconds each; 0: all")
    parser.add_argument("--float32", action="store_true", help="OpenVINO computes as on processors without bfloat16")
    return parser


def _pages(samples: Sequence[Sample], folder: Path, settings: Settings) -> list[Page]:
    pages = []
    for number, sample in enumerate(samples):
        progress(f"rendering image {number + 1} of {len(samples)}")
        pages += [Page(sample, path) for path in data.rendered(sample, folder, settings)[:1]]
    return pages


def _report(run: Run, reference: str, options: argparse.Namespace) -> Report:
    groups = list(dict.fromkeys(measurement.group for measurement in run.measurements))
    threads = list(dict.fromkeys(measurement.threads for measurement in run.measurements))
    parts: list[str | Table] = [HOW.format(reference=reference, slow=options.slow_files or "all")]
    for group, count in product(groups, threads):
        parts += [f"## {group}, {_threads(count)}", _speeds(run, group, count, reference)]
    parts += ["## Processes", MEMORY, _processes(run.processes)]
    parts += report.failures(run.failures)
    return Report(
        name="speed",
        title="Speed beside other software",
        parts=parts,
        data={
            "measurements": [asdict(measurement) for measurement in run.measurements],
            "processes": [asdict(process) for process in run.processes],
            "failures": run.failures,
        },
        panels=[_panel(run, group, threads) for group in groups],
    )


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _names(run: Run) -> list[str]:
    return list(dict.fromkeys(process.contestant for process in run.processes))


def _speeds(run: Run, group: str, threads: int, reference: str) -> Table:
    others = {measurement.file: measurement for measurement in run.of(reference, threads, group)}
    made = [(name, run.of(name, threads, group)) for name in _names(run)]
    columns = ("contestant", "n", "images/s", "median ms", "mean ms", "CPU s", "time", "F1 [95 %]")
    return Table(columns, [_speed(name, found, others) for name, found in made if found])


def _speed(name: str, found: Sequence[Measurement], others: dict[str, Measurement]) -> tuple[str, ...]:
    seconds = [measurement.seconds for measurement in found if measurement.seconds is not None]
    f1 = share(estimates([measurement.score for measurement in found])["F1"])
    if not seconds:
        return (name, "0", "", "", "", "", "", f1)
    processor = fmean(measurement.cpu_seconds for measurement in found if measurement.cpu_seconds is not None)
    return (
        name,
        str(len(seconds)),
        f"{1 / fmean(seconds):.2f}",
        f"{1000 * median(seconds):.0f}",
        f"{1000 * fmean(seconds):.0f}",
        f"{processor:.2f}",
        _beside(found, others),
        f1,
    )


def _beside(found: Sequence[Measurement], others: dict[str, Measurement]) -> str:
    """How many times as long as the reference it took, over the images that both read."""
    pairs = [
        (measurement.seconds, others[measurement.file].seconds) for measurement in found if measurement.file in others
    ]
    both = [(mine, other) for mine, other in pairs if mine is not None and other is not None]
    return f"{sum(mine for mine, _ in both) / sum(other for _, other in both):.2f}" if both else ""


def _processes(processes: Sequence[Process]) -> Table:
    columns = ("contestant", "threads", "load s", "peak RSS MB", "precision", "versions")
    return Table(columns, [_process(process) for process in processes])


def _process(process: Process) -> tuple[str, ...]:
    versions = ", ".join(f"{package} {version}" for package, version in process.versions.items())
    figures = f"{process.load_seconds:.1f}", f"{mb(process.peak_rss):.0f}"
    return (process.contestant, str(process.threads), *figures, " ".join(process.precision), versions)


def _panel(run: Run, group: str, threads: Sequence[int]) -> Panel:
    """Up and to the right is better. A series per contestant, a point per number of threads."""
    series = [_points(name, run, group, threads) for name in _names(run)]
    return Panel(group, "images a second (by threads)", "F1", series, log=True)


def _points(name: str, run: Run, group: str, threads: Sequence[int]) -> Series:
    found = {count: run.of(name, count, group) for count in threads}
    seconds = {
        count: [measurement.seconds for measurement in read if measurement.seconds] for count, read in found.items()
    }
    counts = [count for count, read in seconds.items() if read]
    rates = [1 / fmean(seconds[count]) for count in counts]
    f1 = [estimates([measurement.score for measurement in found[count]])["F1"].value for count in counts]
    return Series(name, rates, f1, notes=[str(count) for count in counts])


if __name__ == "__main__":
    sys.exit(main())
