"""How well: our tiers and other software on sets of real files with their text, a figure per set and never one of all.

The same files, rendered once, are read by one contestant after the other through `harness.door`. How texts are
compared is in `harness.scoring`, what counts in which row in `harness.data`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.harness import accuracy_report, confidence, contestants, data, machine, report
from benchmarks.harness.confidence import bins
from benchmarks.harness.contestants import Contestant, ContestantFailed, PageFailed, Running, running
from benchmarks.harness.data import Sample
from benchmarks.harness.report import progress
from benchmarks.harness.rounds import Measurement, Run
from benchmarks.harness.scoring import Share, score
from config import Settings
from utils.cpus import available

NAME = "accuracy"
Sets = Mapping[str, Sequence[Sample]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report, after every contestant anew. Exit status 2 where there is no test data."""
    report.stoppable()
    options, settings = _parser().parse_args(arguments), Settings.from_env()
    if not (options.data / "dev").is_dir():
        print(f"no test data in {options.data}; name a directory in OCR_TEST_DATA", file=sys.stderr)
        return 2
    chosen = contestants.find(options.contestants, settings)
    sets = {name: data.samples(options.data, name)[: options.files] for name in options.sets}
    run, told = _earlier(options.out, {str(bucket) for bucket in chosen}) if options.add else (Run(), {})
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            pages = _rendered([sample for members in sets.values() for sample in members], Path(folder), settings)
            for contestant in chosen:
                _measure(run, told, contestant, sets, pages, options, settings)
                report.write(accuracy_report.made(NAME, run, told), options.out)
        except KeyboardInterrupt:
            run.failed("The run was interrupted.")
            report.write(accuracy_report.made(NAME, run, told), options.out)
    return 0 if run.measurements else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description="How well an engine reads.")
    data.add_options(parser)
    report.add_options(parser)
    contestants.add_options(parser)
    parser.add_argument("--sets", nargs="+", choices=data.SETS, default=data.SETS)
    parser.add_argument("--threads", type=int, default=available())
    parser.add_argument("--slow-files", type=int, help="only so many files of each set for those that take seconds")
    parser.add_argument("--add", action="store_true", help="keep what the last report says of the others")
    return parser


def _earlier(folder: Path, anew: set[str]) -> tuple[Run, dict[str, Any]]:
    """What the last report has of everybody who is not measured anew."""
    path = folder / f"{NAME}.json"
    if not path.exists():
        return Run(), {}
    last = json.loads(path.read_text())
    kept = [_measurement(stored) for stored in last["measurements"] if stored["contestant"] not in anew]
    return Run(kept), {name: about for name, about in last["contestants"].items() if name not in anew}


def _measurement(told: Mapping[str, Any]) -> Measurement:
    return Measurement(**{**told, "score": {name: Share(*counts) for name, counts in told["score"].items()}})


def _rendered(samples: Sequence[Sample], folder: Path, settings: Settings) -> dict[Path, list[Path]]:
    progress(f"rendering {len(samples)} files")
    return {sample.path: data.rendered(sample, folder, settings) for sample in samples}


def _measure(
    run: Run,
    told: dict[str, Any],
    contestant: Contestant,
    sets: Sets,
    pages: Mapping[Path, Sequence[Path]],
    options: argparse.Namespace,
    settings: Settings,
) -> None:
    """One contestant on all files, into `run`, and what is known of it besides, into `told`."""
    count = options.slow_files if contestant.slow else None
    samples = [sample for members in sets.values() for sample in members[:count]]
    samples = [sample for sample in samples if sample.language in contestant.languages]
    try:
        with running(contestant, options.threads, settings) as one:
            told[str(contestant)] = {**one.about, **_circumstances(options), "reliability": {}}
            for number, sample in enumerate(samples):
                progress(f"{contestant}, {options.threads} threads, file {number + 1} of {len(samples)}")
                run.measurements.append(_read(run, one, sample, pages[sample.path], options.threads))
        told[str(contestant)]["reliability"] = _reliability(contestant, sets, settings)
    except ContestantFailed as error:
        run.failed(f"{contestant}: {error}")


def _circumstances(options: argparse.Namespace) -> dict[str, Any]:
    """Of one contestant: a report may be put together from several runs."""
    facts = machine.facts()
    return {"threads": options.threads, "measured": facts["date"], "by": facts["version"]}


def _read(run: Run, one: Running, sample: Sample, pages: Sequence[Path], threads: int) -> Measurement:
    """All pages of a file. One that cannot be read has no text."""
    about = (str(one.contestant), threads, sample.group, sample.path.name)
    try:
        readings = [one.read(page, sample.language) for page in pages]
    except PageFailed as error:
        run.failed(f"{one.contestant}, {sample.path.name}: {error}")
        return Measurement(*about, score(sample.text, "", sample.rules))
    text = "\n".join(reading.text for reading in readings)
    seconds = sum(reading.seconds for reading in readings), sum(reading.cpu_seconds for reading in readings)
    return Measurement(*about, score(sample.text, text, sample.rules), *seconds)


def _reliability(contestant: Contestant, sets: Sets, settings: Settings) -> dict[str, list[dict[str, float]]]:
    """The bins of words and of lines, for our own engines."""
    samples = [sample for name in data.SCANS for sample in sets.get(name, ())]
    if contestant.environment or not samples:
        return {}
    progress(f"{contestant}, confidences of {len(samples)} files")
    found = confidence.observed(contestant.name, contestant.variant, samples, settings)
    return {unit: [asdict(bucket) for bucket in bins(judged)] for unit, judged in found.items()}


if __name__ == "__main__":
    sys.exit(main())
