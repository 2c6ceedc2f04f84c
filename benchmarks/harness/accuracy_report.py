"""What `benchmarks.accuracy` measured, as tables and plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from itertools import groupby
from statistics import fmean
from typing import Any

from benchmarks.harness import data, report
from benchmarks.harness.confidence import Bin, calibration_error
from benchmarks.harness.report import Panel, Report, Series, Table, decimal, matrix, share
from benchmarks.harness.rounds import Measurement, Run
from benchmarks.harness.scoring import Estimate, estimates

HOW = """A row per set with its files, a column per contestant; empty where somebody does not claim to read the
language. In brackets the interval that holds 95 % of the results when files are drawn anew from the set: it says how
far chance in the choice of files goes, not that these files are like yours. All of these sets were at hand while the
engine was developed, forms and receipts were tuned on, and some are training data of the models: read every figure as
optimistic."""

MEASURES = {
    "F1": "Bag of words, F1, for what has no reading order; words are runs of letters and digits",
    "precision": "Bag of words, precision: the share of what was read that is there",
    "recall": "Bag of words, recall: the share of what is there that was read",
    "CER": "Character error rate: errors over characters of the set; lower is better",
    "WER": "Word error rate, where spaces divide words; lower is better",
}
PER_FILE = {"F1": "Mean F1 of a file", "CER": "Median character error rate of a file"}
RELIABILITY = """Words and lines of {sets} by the confidence they were read with, and the share of them that is
right: every letter and digit, and only where the truth has text at that place. Well calibrated means that the two are
alike; the expected calibration error is their distance, weighed by how many there are."""

Told = Mapping[str, Mapping[str, Any]]
"""What is known of each contestant: versions, precision, when it was measured by which version of ours, reliability."""

Rates = Mapping[tuple[str, str], Mapping[str, Estimate]]
"""By set and contestant, then by measure."""


def made(name: str, run: Run, told: Told) -> Report:
    """The report of everything measured so far."""
    parts: list[str | Table] = [HOW, _who(told), *_accuracies(run), "## Processor seconds of a file", _seconds(run)]
    reliability = _reliability(told)
    if reliability:
        parts += ["## Confidence", RELIABILITY.format(sets=" and ".join(data.SCANS)), _errors(reliability)]
        parts += [part for name, found in reliability.items() for part in (f"### {name}", _bins(found))]
    parts += report.failures(run.failures)
    return Report(
        name=name,
        title="Accuracy beside other software",
        parts=parts,
        data={
            "contestants": told,
            "measurements": [asdict(measurement) for measurement in run.measurements],
            "failures": run.failures,
        },
        panels=[_panel(unit, reliability) for unit in ("words", "lines") if reliability],
    )


def _who(told: Told) -> Table:
    columns = ("contestant", "versions", "precision", "threads", "measured", "by")
    return Table(columns, [(name, *_about(about)) for name, about in told.items()])


def _about(about: Mapping[str, Any]) -> tuple[str, ...]:
    versions = ", ".join(f"{package} {version}" for package, version in about["versions"].items())
    return versions, " ".join(about["precision"]), str(about["threads"]), about["measured"], about["by"]


def _accuracies(run: Run) -> Iterator[str | Table]:
    """A table for each measure, and one more for what is usual of a file."""
    rates, rows, names = _rates(run), _rows(run), _names(run)
    for measure, meaning in MEASURES.items():
        found = {place: rate[measure] for place, rate in rates.items() if measure in rate}
        yield f"## {meaning}"
        yield matrix("set (files)", _labels(rows), names, partial(_rate, found, rows))
        if measure in PER_FILE:
            yield f"{PER_FILE[measure]}:"
            yield matrix("set (files)", _labels(rows), names, partial(_usual, found))


def _rate(found: Mapping[tuple[str, str], Estimate], rows: Mapping[str, int], row: str, name: str) -> str:
    """With the number of files where it is less than the row's."""
    estimate = found.get((row, name))
    fewer = f" (n {estimate.n})" if estimate and estimate.n < rows[row] else ""
    return share(estimate) + fewer


def _usual(found: Mapping[tuple[str, str], Estimate], row: str, name: str) -> str:
    estimate = found.get((row, name))
    return decimal(estimate.per_file) if estimate else ""


def _labels(rows: Mapping[str, int]) -> dict[str, str]:
    return {row: f"{row} ({count})" for row, count in rows.items()}


def _rates(run: Run) -> Rates:
    ordered = sorted(run.measurements, key=_place)
    return {place: estimates([member.score for member in members]) for place, members in groupby(ordered, key=_place)}


def _place(one: Measurement) -> tuple[str, str]:
    return one.group, one.contestant


def _names(run: Run) -> list[str]:
    return list(dict.fromkeys(measurement.contestant for measurement in run.measurements))


def _rows(run: Run) -> dict[str, int]:
    """Each set's files: as many as whoever read most of them."""
    counts: dict[str, int] = {}
    for measurement in run.measurements:
        counts.setdefault(
            measurement.group, len({other.file for other in run.measurements if other.group == measurement.group})
        )
    return counts


def _seconds(run: Run) -> Table:
    """One contestant after the other, so on a shared machine these say less than those of `speed`."""
    found: dict[tuple[str, str], list[float]] = {}
    for measurement in run.measurements:
        if measurement.cpu_seconds is not None:
            found.setdefault(_place(measurement), []).append(measurement.cpu_seconds)

    def cell(row: str, name: str) -> str:
        return f"{fmean(found[row, name]):.2f}" if (row, name) in found else ""

    return matrix("set (files)", _labels(_rows(run)), _names(run), cell)


def _reliability(told: Told) -> dict[str, dict[str, list[Bin]]]:
    """The bins by contestant and unit, of those who told their confidences."""
    return {
        name: {unit: [Bin(**bucket) for bucket in found] for unit, found in about["reliability"].items()}
        for name, about in told.items()
        if about["reliability"]
    }


def _errors(reliability: Mapping[str, Mapping[str, list[Bin]]]) -> Table:
    columns = ("expected calibration error", "words", "lines")
    rows = [
        (name, *(decimal(calibration_error(found[unit])) for unit in columns[1:]))
        for name, found in reliability.items()
    ]
    return Table(columns, rows)


def _bins(found: Mapping[str, list[Bin]]) -> Table:
    by_edge = {unit: {bucket.low: bucket for bucket in ones} for unit, ones in found.items()}
    edges = sorted({(bucket.low, bucket.high) for ones in found.values() for bucket in ones})
    columns = ("confidence", *(f"{unit}{what}" for unit in found for what in ("", ": mean confidence", ": right")))
    return Table(columns, [_bin(low, high, [by_edge[unit].get(low) for unit in found]) for low, high in edges])


def _bin(low: float, high: float, ones: list[Bin | None]) -> tuple[str, ...]:
    cells = [
        (str(bucket.n), decimal(bucket.confidence), decimal(bucket.right)) if bucket else ("", "", "")
        for bucket in ones
    ]
    return (f"above {low:g} to {high:g}", *(cell for group in cells for cell in group))


def _panel(unit: str, reliability: Mapping[str, Mapping[str, list[Bin]]]) -> Panel:
    """The closer to the diagonal the better."""
    series = [_curve(name, found[unit]) for name, found in reliability.items()]
    return Panel(f"{unit}: confidence and truth", "mean confidence", "share right", [_diagonal(), *series])


def _curve(name: str, found: list[Bin]) -> Series:
    counts = [str(bucket.n) for bucket in found]
    return Series(name, [bucket.confidence for bucket in found], [bucket.right for bucket in found], notes=counts)


def _diagonal() -> Series:
    return Series("as sure as right", (0.5, 1.0), (0.5, 1.0))
