"""The table of docs/benchmarks/containers.md, from figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.verify.commands import ROOT
from deploy.verify.containers import Site
from deploy.verify.outcome import Figure

FOLDER = ROOT / "docs" / "benchmarks"
TABLE, PODS = FOLDER / "containers.md", FOLDER / "pods.md"

PODS_HEAD = """# Pods

Written by `make verify-deploy ARGS="kubernetes --record"` on {date}. {processor}

The pods of `k8s/overlays/dev`, run by podman, with the limits of their manifests. Memory is what a pod holds, pages
that they share counted once (PSS), in 2**20 bytes; "at most" while 12 receipts, 4 at once, and a passport are read.

"""

HEAD = """# Containers

Written by `make verify-deploy ARGS=--record` on {date}. {processor}

Memory is what all processes of a container hold, pages that they share counted once (PSS), in 2**20 bytes; "at most"
while it reads 12 receipts, 4 at once, a PDF and a passport. Sizes are of all layers, uncompressed, in 10**6 bytes.

"""


def record(site: Site, figures: Sequence[Figure]) -> None:
    """Write the table, with the sizes that the build has left in FOLDER/build.json."""
    built = [Figure(**one) for one in json.loads((site.folder / "build.json").read_text())]
    sizes = {one.subject: one.value for one in built if one.name == "size"}
    TABLE.write_text(page(HEAD, figures, sizes), encoding="utf-8")


def record_pods(figures: Sequence[Figure], limits: Mapping[str, str]) -> None:
    """Write their table; `limits` are what the manifests ask for and allow, by subject."""
    asked = [Figure(subject, "asked for, and at most", text) for subject, text in limits.items()]
    PODS.write_text(page(PODS_HEAD, [*asked, *figures], {}), encoding="utf-8")


def page(head: str, figures: Sequence[Figure], sizes: Mapping[str, str]) -> str:
    """A row a subject, a column for each thing that was measured; the sizes of images where there are any."""
    subjects, names = (dict.fromkeys(getattr(figure, of) for figure in figures) for of in ("subject", "name"))
    values = {(figure.subject, figure.name): figure.value for figure in figures}
    first = ["container", "size"] if sizes else ["pod"]
    lines = [_row([*first, *names]), _row(["---"] * (len(names) + len(first)))]
    for subject in subjects:
        image = subject.partition(",")[0]
        measured = [values.get((subject, name), "") for name in names]
        size = [sizes.get(image, "")] if sizes else []
        lines.append(_row([f"`{image}`{subject.removeprefix(image)}", *size, *measured]))
    told = head.format(date=datetime.now(UTC).date(), processor=_processor())
    return told + "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    models = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("model name")]
    return f"{len(models)} cores: {models[0]}." if models else ""
