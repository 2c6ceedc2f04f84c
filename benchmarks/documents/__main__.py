"""Scores the extractors and prints the table."""

from __future__ import annotations

import argparse
from importlib import import_module
from types import ModuleType

from benchmarks import documents
from benchmarks.data import default_folder
from services.plugins import names

HEAD = ("Set", "Field", "Right", "Share", "Note")


def main() -> None:
    """The command. Stops with a sentence where there is no data."""
    scorers = _scorers()
    options = _options(sorted(scorers))
    if not (options.data / "dev").is_dir():
        raise SystemExit(f"no test data in {options.data}: name a collection with --data or OCR_TEST_DATA")
    pages = documents.pages(options.data, options.tier)
    _print(HEAD, ("---",) * len(HEAD))
    for name in options.sets:
        _print(*(row.cells for row in scorers[name].score(name, pages)))


def _scorers() -> dict[str, ModuleType]:
    """The modules by the sets that they score."""
    modules = [import_module(f"{documents.__name__}.{name}") for name in names(documents) if name != "__main__"]
    return {name: module for module in modules for name in getattr(module, "SETS", ())}


def _options(sets: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.documents")
    parser.add_argument("--sets", nargs="+", choices=sets, default=sets, help="the sets to score")
    parser.add_argument("--data", type=type(default_folder()), default=default_folder(), help="a directory with dev/")
    parser.add_argument("--tier", default="balanced", help="the engine's tier")
    return parser.parse_args()


def _print(*rows: tuple[str, ...]) -> None:
    for cells in rows:
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
