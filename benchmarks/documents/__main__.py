"""`make bench-documents`: every extractor's score, into docs/benchmarks/documents.md. Names choose some of them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks import documents
from benchmarks.documents import Row, cells
from benchmarks.harness import report
from benchmarks.harness.data import default_folder
from benchmarks.harness.report import Panel, Report, Series, Table
from services.plugins import names

HOW = """How many of `n` are right, and the median seconds of a file beside reading its text. Which are not is in
`documents.json`. Fields of receipts, invoices and labels are counted by document, not by file: a PDF and photos of it
are one, right if all of them are. All of these files were at hand while the extractors were developed, so every figure
is optimistic."""


def main() -> None:
    """Rows are printed as soon as they are there."""
    options = _options()
    rows = [row for name in options.names or _all() for row in _scored(name, options)]
    if not options.names:
        report.write(made(rows), options.out)


def made(rows: Sequence[Row]) -> Report:
    """A line a measure, all readers beside each other."""
    readers = list(dict.fromkeys(row.reader for row in rows))
    by_measure: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        by_measure.setdefault((row.set, row.measure), {})[row.reader] = row
    lines = [(*about, *_line(found, readers)) for about, found in by_measure.items()]
    skipped = [f"{row.reader}: {row.note}" for row in rows if not row.n and row.note]
    data = {"rows": [asdict(row) for row in rows]}
    parts: list[str | Table] = [HOW, Table(("set", "measure", "n", *readers), lines), *report.failures(skipped)]
    return Report("documents", "Documents understood", parts, data, [_panel(list(by_measure.values()), readers)])


def _line(found: Mapping[str, Row], readers: Sequence[str]) -> Sequence[str]:
    return [str(max(row.n for row in found.values())), *(_cell(found.get(reader)) for reader in readers)]


def _cell(row: Row | None) -> str:
    if row is None or not row.n:
        return ""
    seconds = "" if row.seconds is None else f", {row.seconds:.2f} s"
    return f"{row.right}{seconds}"


def _panel(lines: Sequence[Mapping[str, Row]], readers: Sequence[str]) -> Panel:
    """A point for each reader and line of the table."""
    series = [
        Series(
            reader,
            [row[reader].right / row[reader].n for row in lines if reader in row and row[reader].n],
            [number for number, row in enumerate(lines, 1) if reader in row and row[reader].n],
            line=False,
        )
        for reader in readers
    ]
    return Panel("Share that is right", "share", "line of the table", series)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.documents")
    parser.add_argument("names", nargs="*", choices=[*_all(), []], help="print these alone, and write no report")
    parser.add_argument("--data", type=Path, default=default_folder(), help="a directory with dev/<set>.jsonl")
    report.add_options(parser)
    return parser.parse_args()


def _all() -> list[str]:
    return [name for name in names(documents) if name != "__main__"]


def _scored(name: str, options: argparse.Namespace) -> list[Row]:
    rows = []
    for row in import_module(f"benchmarks.documents.{name}").score(options.data):
        print("|", " | ".join(cells(row)), "|", flush=True)
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
