"""Reports: Markdown to read, JSON to reckon with, a plot to look at. They are made anew by each run, never edited."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.harness import environments, machine
from benchmarks.harness.environments import CannotInstall, Environment
from benchmarks.harness.scoring import Estimate
from config import ROOT

FOLDER = ROOT / "docs" / "benchmarks"
PLOTTING = Environment(requirements=("matplotlib==3.11.2",))


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are text already. The first column is flush left, the others right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Series:
    """Points of a panel, joined by lines where `line`; each may have a label of its own in `notes`."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    line: bool = True
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    title: str
    x: str
    y: str
    series: Sequence[Series]
    log: bool = False
    legend: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """`parts` are paragraphs and tables in their order; `data` is what they were made from."""

    name: str
    title: str
    parts: Sequence[str | Table]
    data: Mapping[str, Any]
    panels: Sequence[Panel] = ()
    facts: Mapping[str, str] = field(default_factory=machine.facts)


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--out`, which all benchmarks have."""
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder for the reports")


def write(report: Report, folder: Path) -> None:
    """`<name>.md`, `.json` and, where it has panels and matplotlib can be had, `.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {"command": command(), **report.facts}
    content = {"facts": facts, **report.data}
    (folder / f"{report.name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    plot = folder / f"{report.name}.svg"
    picture = [f"![{report.title}]({plot.name})"] if report.panels and _drawn(report.panels, plot) else []
    parts = [f"# {report.title}", markdown(_facts_table(facts)), *picture, *map(markdown, report.parts)]
    (folder / f"{report.name}.md").write_text("\n\n".join(parts) + "\n")
    print(f"written: {folder / report.name}.md", file=sys.stderr)


def command() -> str:
    """How this run was started; where its data and reports lie on this machine is left out."""
    script = Path(sys.argv[0])
    module = script.parent.name if script.stem == "__main__" else script.stem
    words = [f"python -m benchmarks.{module}", *sys.argv[1:]]
    return " ".join(word for place, word in enumerate(words) if not {word, words[place - 1]} & {"--data", "--out"})


def markdown(part: str | Table) -> str:
    """A table in Markdown's own syntax; text as it is."""
    if isinstance(part, str):
        return part
    rule = ["---", *["---:"] * (len(part.columns) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (part.columns, rule, *part.rows))


def _facts_table(facts: Mapping[str, str]) -> Table:
    return Table(("measured", "—"), [(name, value.replace("|", "/")) for name, value in facts.items()])


def _drawn(panels: Sequence[Panel], path: Path) -> bool:
    """matplotlib has an environment of its own. Without it a report has no plot, and says on stderr why."""
    content = json.dumps([asdict(panel) for panel in panels])
    try:
        python = environments.python("plots", PLOTTING)
    except CannotInstall as error:
        print(f"no plot, matplotlib cannot be installed: {error}", file=sys.stderr)
        return False
    script = [str(python), "-P", str(ROOT / "benchmarks" / "harness" / "plots.py"), str(path)]
    done = subprocess.run(script, input=content, text=True, capture_output=True)
    if done.returncode:
        print(f"no plot: {done.stderr[-500:]}", file=sys.stderr)
    return done.returncode == 0


def failures(told: Sequence[str]) -> list[str]:
    """A section of its own, where something went wrong."""
    return ["## What went wrong", "\n".join(f"- {text}" for text in told)] if told else []


def share(estimate: Estimate | None) -> str:
    """`.914 [.901, .926]`, with a leading zero for nobody."""
    if estimate is None:
        return ""
    return f"{decimal(estimate.value)} [{decimal(estimate.low)}, {decimal(estimate.high)}]"


def decimal(value: float | None) -> str:
    """Three places, as rates are written."""
    return "" if value is None else f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def matrix(corner: str, rows: Mapping[str, str], columns: Sequence[str], cell: Callable[[str, str], str]) -> Table:
    """A table by two names, rows with the labels that they have here; those that have nothing are left out."""
    made = [(label, *(cell(row, column) for column in columns)) for row, label in rows.items()]
    return Table((corner, *columns), [row for row in made if any(row[1:])])


def stoppable() -> None:
    """SIGTERM ends a run as Ctrl-C does: with a report of what there is, and without files left in /tmp."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def progress(text: str) -> None:
    """What is being done, on one line of a terminal that is written over, or a line each elsewhere."""
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{text:<100}"[:150], end=end, file=sys.stderr, flush=True)
