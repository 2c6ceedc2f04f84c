"""Linters over every file that deploys: Dockerfile, shell scripts, YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.verify import commands
from deploy.verify.commands import ROOT, TOOLS
from deploy.verify.containers import Site
from deploy.verify.outcome import Failed, Figure

AFTER = ()
PROGRAMS = {"git": "git"}
NAMESPACES = ()

SHEBANGS = ("#!/bin/sh", "#!/usr/bin/env bash", "#!/bin/bash")
COMPOSE = "docker-compose*.y*ml"


def _files(*patterns: str) -> list[str]:
    """Files of the repository, tracked or new; folders that git ignores are left out."""
    return commands.run("git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns).split()


def _scripts() -> Iterator[str]:
    for name in _files():
        path = ROOT / name
        if path.is_file() and not path.is_symlink() and _first_line(path).startswith(SHEBANGS):
            yield name


def _first_line(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.readline(80).decode(errors="replace")


def _hadolint() -> int:
    files = _files("Dockerfile", "*/Dockerfile")
    commands.run(TOOLS / "hadolint", *files)
    return len(files)


def _shellcheck() -> int:
    files = [*_scripts()]
    commands.run(TOOLS / "shellcheck", *files)
    return len(files)


def _yamllint() -> int:
    files = _files("*.yml", "*.yaml")
    if files:
        commands.run(TOOLS / "yamllint", "--strict", "--config-file", ROOT / "deploy" / "yamllint.yml", *files)
    return len(files)


def _compose() -> int:
    files = _files(COMPOSE)
    if files:
        commands.run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", *files)
    return len(files)


LINTERS: tuple[Callable[[], int], ...] = (_hadolint, _shellcheck, _yamllint, _compose)
"""Each gives the number of files that it looked at, or raises Failed."""


def run(site: Site) -> list[Figure]:
    """Every linter, the next one also after one that found something."""
    figures, failures = [], []
    for linter in LINTERS:
        try:
            figures.append(Figure(linter.__name__.strip("_"), "clean files", str(linter())))
        except Failed as failure:
            failures.append(str(failure))
    if failures:
        raise Failed("\n".join(failures))
    return figures
