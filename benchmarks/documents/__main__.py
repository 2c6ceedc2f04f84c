"""`make bench-documents`: every extractor's score, into docs/benchmarks/documents.md. Names choose some of them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks import documents, report
from benchmarks.data import default_folder
from benchmarks.documents import COLUMNS, Row, cells
from benchmarks.report import Report, Table
from services.plugins import names


def main() -> None:
    """Rows are printed as soon as they are there."""
    options = _options()
    rows = [row for name in options.names or _all() for row in _scored(name, options)]
    if not options.names:
        table = Table(COLUMNS, [cells(row) for row in rows])
        data = {"rows": [asdict(row) for row in rows]}
        report.write(Report("documents", "Documents understood", [table], data), options.out)


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
