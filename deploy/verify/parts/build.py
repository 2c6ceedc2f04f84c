"""Builds the images as `make image` does."""

from __future__ import annotations

import time

from deploy.verify.support import containers
from deploy.verify.support.containers import Site
from deploy.verify.support.outcome import Figure, check

AFTER = ()
PROGRAMS = containers.PROGRAMS
NAMESPACES = ()

TARGETS = ("slim", "full")
SLIM_MB = 750
"""Most that the slim image may have, uncompressed; 33 of it are decoders of pictures (docs/decisions/034)."""


def run(site: Site) -> list[Figure]:
    """The base, then each target."""
    figures = [Figure(containers.BASE, "came", containers.base(site))]
    for target in TARGETS:
        figures += _target(site, target)
    return figures


def _target(site: Site, target: str) -> list[Figure]:
    image, began = f"ocr:{target}", time.monotonic()
    containers.build(site, target)
    seconds, size = time.monotonic() - began, containers.size_mb(site, image)
    check(target != "slim" or size < SLIM_MB, f"{image} has {size:.0f} MB, more than {SLIM_MB}")
    return [
        Figure(image, "size", f"{size:.0f} MB"),
        Figure(image, "built in", f"{seconds:.0f} s"),
    ]
