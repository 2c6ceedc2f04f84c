"""The tables of docs/benchmarks about containers, from figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.verify.support.commands import ROOT
from deploy.verify.support.containers import Site
from deploy.verify.support.outcome import Figure

FOLDER = ROOT / "docs" / "benchmarks"
IMAGES, STACK, PODS = (FOLDER / f"{name}.md" for name in ("containers", "stack", "pods"))

WORK = "12 receipts, 4 at once, a PDF and a passport"
"""What is read; see `deploy.verify.support.load`."""

PODS_HEAD = """# Pods

Written by `make verify-deploy ARGS="kubernetes --record"` on {date}. {processor}

The pods of `k8s/overlays/dev`, run by podman, with the limits of their manifests. Memory is what a pod holds, pages
that they share counted once (PSS), in 2**20 bytes; "at most" while {work} are read.

"""

STACK_HEAD = """# The compose stack

Written by `make verify-deploy ARGS="compose --record"` on {date}. {processor}

The containers of `docker-compose.yml` with nginx, run by podman and started one group after the other, as their health
checks have it: redis and spool, api and worker, nginx. {ready:.1f} s after the start nginx says that the service is
ready. "Until healthy" counts from the start of a container's group. Memory is what a container's processes hold, pages
that they share counted once (PSS), in 2**20 bytes; "at most" while these are read through nginx:
{work}.

"""

HEAD = """# Containers

Written by `make verify-deploy ARGS=--record` on {date}. {processor}

Memory is what all processes of a container hold, pages that they share counted once (PSS), in 2**20 bytes; "at most"
while it reads {work}. Sizes are of all layers, uncompressed, in 10**6 bytes.

"""


def record_images(site: Site, figures: Sequence[Figure]) -> None:
    """Write their table, with the sizes that the build has left in FOLDER/build.json."""
    built = [Figure(**stored) for stored in json.loads((site.folder / "build.json").read_text())]
    sizes = {figure.subject: figure.value for figure in built if figure.name == "size"}
    subjects = dict.fromkeys(figure.subject for figure in figures)
    sized = [Figure(subject, "size", sizes[subject.partition(",")[0]]) for subject in subjects]
    IMAGES.write_text(_told(HEAD) + table("container", [*sized, *figures]), encoding="utf-8")


def record_stack(figures: Sequence[Figure], ready: float, limits: Mapping[str, str]) -> None:
    """Write the table of docker-compose.yml's services; `ready` in seconds, `limits` by service."""
    most = [
        Figure(subject, "limit", limits[subject]) for subject in dict.fromkeys(figure.subject for figure in figures)
    ]
    STACK.write_text(_told(STACK_HEAD, ready=ready) + table("service", [*most, *figures]), encoding="utf-8")


def record_pods(figures: Sequence[Figure], limits: Mapping[str, str]) -> None:
    """Write their table; `limits` are what the manifests ask for and allow, by subject."""
    asked = [Figure(subject, "asked for, and at most", text) for subject, text in limits.items()]
    PODS.write_text(_told(PODS_HEAD) + table("pod", [*asked, *figures]), encoding="utf-8")


def table(kind: str, figures: Sequence[Figure]) -> str:
    """A row a subject, under the name of their kind; a column for each thing that was measured."""
    subjects, names = (dict.fromkeys(getattr(figure, of) for figure in figures) for of in ("subject", "name"))
    values = {(figure.subject, figure.name): figure.value for figure in figures}
    lines = [_row([kind, *names]), _row(["---"] * (len(names) + 1))]
    for subject in subjects:
        first = subject.partition(",")[0]
        measured = [values.get((subject, name), "") for name in names]
        lines.append(_row([f"`{first}`{subject.removeprefix(first)}", *measured]))
    return "\n".join(lines) + "\n"


def _told(head: str, **more: float) -> str:
    return head.format(date=datetime.now(UTC).date(), processor=_processor(), work=WORK, **more)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    models = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("model name")]
    return f"{len(models)} cores: {models[0]}." if models else ""
