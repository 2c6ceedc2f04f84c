"""Has the images that docker-compose.yml names beside ours: pulled, or made from Debian's packages."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.verify.support import commands, containers
from deploy.verify.support.commands import ROOT
from deploy.verify.support.containers import Site
from deploy.verify.support.outcome import Failed, Figure

AFTER = ("build",)
PROGRAMS = containers.PROGRAMS
NAMESPACES = ()

FILES = Path(__file__).parents[1] / "neighbours"


def run(site: Site) -> list[Figure]:
    """One image for each `NAME.Dockerfile`."""
    return [_have(site, file) for file in sorted(FILES.glob("*.Dockerfile"))]


def image(name: str) -> str:
    """What docker-compose.yml calls the image that NAME_IMAGE stands for."""
    found = re.search(rf"\$\{{{name.upper()}_IMAGE:-(\S+)\}}", (ROOT / "docker-compose.yml").read_text())
    if not found:
        raise Failed(f"docker-compose.yml has no {name.upper()}_IMAGE")
    return found[1]


def _have(site: Site, file: Path) -> Figure:
    wanted = image(file.stem)
    try:
        site.podman("pull", "--quiet", wanted, seconds=120)
    except Failed:
        words = ("buildah", "build", "--network", "host", "--layers", "--tag", wanted, "--file", str(file), str(FILES))
        commands.run(*site.command(*words), seconds=600)
        return Figure(wanted, "came", "made of Debian's packages, as no registry could be reached")
    return Figure(wanted, "came", "from its registry")
