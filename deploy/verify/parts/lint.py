"""Linters over every file that deploys: Dockerfile, shell scripts, YAML, nginx."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.verify.support import commands
from deploy.verify.support.commands import ROOT, TOOLS
from deploy.verify.support.containers import Site
from deploy.verify.support.outcome import Failed, Figure
from deploy.verify.support.tls import certified

AFTER = ()
PROGRAMS = {"git": "git", "nginx": "nginx-light", "openssl": "openssl"}
NAMESPACES = ()

SHEBANGS = ("#!/bin/sh", "#!/usr/bin/env bash", "#!/bin/bash")
NGINX = ROOT / "nginx"
VPS = ROOT / "deploy" / "vps" / "nginx"
COMPOSE = "docker-compose*.y*ml"


def _scripts() -> Iterator[str]:
    for name in commands.files():
        path = ROOT / name
        if path.is_file() and not path.is_symlink() and _first_line(path).startswith(SHEBANGS):
            yield name


def _first_line(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.readline(80).decode(errors="replace")


def _hadolint(_: Path) -> int:
    files = commands.files("Dockerfile", "*.Dockerfile")
    commands.run(TOOLS / "hadolint", *files)
    return len(files)


def _shellcheck(_: Path) -> int:
    files = [*_scripts()]
    commands.run(TOOLS / "shellcheck", *files)
    return len(files)


def _yamllint(_: Path) -> int:
    files = commands.files("*.yml", "*.yaml")
    if files:
        commands.run(TOOLS / "yamllint", "--strict", "--config-file", ROOT / "deploy" / "yamllint.yml", *files)
    return len(files)


def _compose(_: Path) -> int:
    files = commands.files(COMPOSE)
    if files:
        commands.run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", *files)
    return len(files)


def _nginx(folder: Path) -> int:
    """As a container sees it, but for the names: upstream and certificate are this machine's own."""
    conf = deployed(folder, "127.0.0.1:5000")
    _check_nginx(conf)
    return len([*folder.rglob("*.conf")])


def _check_nginx(conf: Path) -> None:
    """Raises Failed."""
    commands.run("nginx", "-t", "-c", conf)
    # ocr.conf says why Host is passed on. `ocr` is an upstream, so nothing is resolved while it runs.
    commands.run(TOOLS / "gixy", "--skips", "host_spoofing,missing_resolver", conf)


def deployed(folder: Path, upstream: str) -> Path:
    """nginx's files with TLS on in `folder`, which stands for /etc/nginx; the main one's path."""
    shutil.rmtree(folder, ignore_errors=True)
    certified(folder / "tls")
    for name in ("nginx.conf", "ocr.conf"):
        shutil.copyfile(NGINX / name, folder / name)
    below = (NGINX / "below.conf.example").read_text()
    (folder / "tls" / "other.conf").write_text(f"server {{ listen 8081;\n{below}}}\n")
    for path in folder.rglob("*.conf"):
        text = path.read_text().replace("api:5000", upstream).replace("include /etc/nginx/mime.types;", "")
        path.write_text(text.replace("/etc/nginx", str(folder)))
    return folder / "nginx.conf"


def _vps_nginx(folder: Path) -> int:
    """The sites that deploy-vps.sh writes, with and without TLS; its own functions make the part that both share."""
    shutil.rmtree(folder, ignore_errors=True)
    certified(folder / "live" / "ocr.example")
    source = ". deploy/vps/common.sh; . deploy/vps/site.sh; own_names <nginx/ocr.conf"
    (folder / "ocr.conf").write_text(commands.run("bash", "-c", source))
    words = {"@NAMES@": "ocr.example", "@DOMAIN@": "ocr.example", "@PORT@": "5000", "@HTTP_PORT@": "8080"}
    words |= {"listen 443": "listen 8443", "[::]:443": "[::]:8443"}
    words |= {"@ACME@": "/var/lib/ocr-acme", "/etc/letsencrypt": str(folder), "/etc/nginx": str(folder)}
    words |= {"/var/log/nginx": str(folder)}
    for name in ("http.conf", "https.conf"):
        site = "".join((VPS / part).read_text() for part in ("before.conf", name))
        for old, new in words.items():
            site = site.replace(old, new)
        main = folder / f"main-{name}"
        # What nginx has to write lies in the folder, so that an ordinary user can ask it.
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        main.write_text(f"pid {folder}/pid; error_log stderr; events {{ }} http {{\n{own}{site}}}\n")
        _check_nginx(main)
    return 2


LINTERS: tuple[Callable[[Path], int], ...] = (_hadolint, _shellcheck, _yamllint, _compose, _nginx, _vps_nginx)
"""Each gives the number of files that it looked at, or raises Failed. The folder is for what it has to write."""


def run(site: Site) -> list[Figure]:
    """Every linter, the next one also after one that found something."""
    figures, failures = [], []
    for linter in LINTERS:
        try:
            figures.append(Figure(linter.__name__.strip("_"), "clean files", str(linter(site.folder / "lint"))))
        except Failed as failure:
            failures.append(str(failure))
    if failures:
        raise Failed("\n".join(failures))
    return figures
