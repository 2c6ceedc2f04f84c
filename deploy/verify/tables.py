"""The table of docs/benchmarks/containers.md, from figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.verify.commands import ROOT
from deploy.verify.containers import Site
from deploy.verify.outcome import Figure

TABLE = ROOT / "docs" / "benchmarks" / "containers.md"

HEAD = """# Containers

Written by `make verify-deploy ARGS=--record` on {date}. {processor}

Memory is what all processes of a container hold, pages that they share counted once (PSS), in 2**20 bytes; "at most"
while it reads 12 receipts, 4 at once, a PDF and a passport. Sizes are of all layers, uncompressed, in 10**6 bytes.

"""


def record(site: Site, figures: Sequence[Figure]) -> None:
    """Write the table, with the sizes that the build has left in FOLDER/build.json."""
    built = [Figure(**one) for one in json.loads((site.folder / "build.json").read_text())]
    sizes = {one.subject: one.value for one in built if one.name == "size"}
    TABLE.write_text(page(figures, sizes), encoding="utf-8")


def page(figures: Sequence[Figure], sizes: dict[str, str]) -> str:
    """A row a subject, a column for each thing that was measured."""
    subjects, names = (dict.fromkeys(getattr(figure, of) for figure in figures) for of in ("subject", "name"))
    values = {(figure.subject, figure.name): figure.value for figure in figures}
    lines = [_row(["container", "size", *names]), _row(["---"] * (len(names) + 2))]
    for subject in subjects:
        image = subject.partition(",")[0]
        measured = [values.get((subject, name), "") for name in names]
        lines.append(_row([f"`{image}`{subject.removeprefix(image)}", sizes.get(image, ""), *measured]))
    head = HEAD.format(date=datetime.now(UTC).date(), processor=_processor())
    return head + "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    models = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("model name")]
    return f"{len(models)} cores: {models[0]}." if models else ""
