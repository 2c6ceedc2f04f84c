"""What other programs find in our artifacts.

Pages of known text, upright, turned, vertical and from right to left, are written in every format, and each file is
given to the programs that people give such files to. Nothing is recognised: only what becomes of the text is looked at.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.consumers import live
from benchmarks.consumers.pages import SHEETS, Sheet, written
from benchmarks.consumers.programs import CONSUMERS, SEARCHES, CannotRead, Consumer, facts
from benchmarks.harness import machine, report
from benchmarks.harness.report import Report, Table, progress
from config import Settings

YES, REVERSED, NO, NOT_HERE = "yes", "letters reversed", "no", "not installed"

Verdicts = Mapping[tuple[str, str], Mapping[str, str]]
"""By artifact and consumer, by sheet."""

HOW = """Each page has two lines. *yes*: both are found whole, in their characters' order; blanks and marks of direction
do not count. *letters reversed*: as they are seen from left to right; these programs do not put them back in order.
*search*: each line is looked for as a whole; Chrome's viewer, in a browser that runs, has to mark it."""

CLIENTS = """*event stream*: a job's four events come in their order, each once. *OpenAPI document*: the generated
client has every operation, can be imported whole, and reads a picture."""

_UNSEEN = re.compile(r"[\s\u200e\u200f\u202a-\u202e\u2066-\u2069|\\]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask all and write the report; the status is 1 where one finds nothing of a page."""
    report.stoppable()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.consumers", description="What others find in artifacts."
    )
    report.add_options(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        verdicts = asked(Path(folder), Settings.from_env())
        progress("clients of a service that runs")
        clients = {about: _said(found) for about, found in live.asked(Path(folder)).items()}
    report.write(_report(verdicts, clients), options.out)
    words = [*clients.values(), *(word for row in verdicts.values() for word in row.values())]
    return int(any(word.startswith(NO) and word != NOT_HERE for word in words))


def asked(folder: Path, settings: Settings) -> Verdicts:
    """Every consumer on every sheet."""
    verdicts: dict[tuple[str, str], dict[str, str]] = {}
    for sheet, kind, path in written(folder, settings):
        for consumer in (one for one in CONSUMERS if one.kind == kind):
            progress(f"{sheet}, {kind}, {consumer.name}")
            verdicts.setdefault((kind, consumer.name), {})[sheet] = _verdict(consumer, SHEETS[sheet], path)
        for name, search in SEARCHES.items() if kind == "pdf" else ():
            progress(f"{sheet}, {name}")
            verdicts.setdefault((kind, name), {})[sheet] = _said(search(path, SHEETS[sheet].texts))
    return verdicts


def _verdict(consumer: Consumer, sheet: Sheet, path: Path) -> str:
    try:
        found = consumer.read(path)
    except CannotRead as error:
        return f"{NO}: {error.said}"
    return NOT_HERE if found is None else judged(sheet.texts, found)


def _said(found: bool | None) -> str:
    return NOT_HERE if found is None else YES if found else NO


def judged(texts: Sequence[str], found: str) -> str:
    """The verdict on what was found where these texts are."""
    inked = _UNSEEN.sub("", found)
    wanted = [_UNSEEN.sub("", text) for text in texts]
    if all(text in inked for text in wanted):
        return YES
    return REVERSED if all(text[::-1] in inked for text in wanted) else NO


def _report(verdicts: Verdicts, clients: Mapping[tuple[str, str], str]) -> Report:
    live_rows = [(*about, word) for about, word in clients.items()]
    rows = [(kind, name, *row.values()) for (kind, name), row in verdicts.items()]
    return Report(
        name="consumers",
        title="What other programs find in our files",
        parts=[
            Table(("artifact", "read by", *SHEETS), rows),
            HOW,
            "## Clients",
            Table(("of a service that runs", "by", "understood"), live_rows),
            CLIENTS,
        ],
        data={
            "verdicts": [{"artifact": kind, "by": name, **row} for (kind, name), row in verdicts.items()],
            "clients": [{"of": kind, "by": name, "understood": word} for kind, name, word in live_rows],
        },
        facts={**machine.facts(), **facts(), **live.facts()},
    )


if __name__ == "__main__":
    sys.exit(main())
