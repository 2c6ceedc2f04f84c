"""Brings the stack up with Docker's own Compose, on podman: who waits for whom, with which rights and limits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from deploy.verify.parts import docker
from deploy.verify.support import commands, containers
from deploy.verify.support.client import RECEIPT, posted, status
from deploy.verify.support.composed import Stack
from deploy.verify.support.containers import Site, inspected, meanwhile, until
from deploy.verify.support.load import check_receipt
from deploy.verify.support.outcome import Failed, Figure, check
from deploy.verify.support.scraped import started

AFTER = ("build", "neighbours", "docker")
PROGRAMS = {**containers.PROGRAMS, "iptables": "iptables"}
NAMESPACES = ("--mount", "--net", "--pid")

SOCKET = Path("/run/podman.sock")
PORT, TLS_PORT = 8080, 8443
URL = f"http://127.0.0.1:{PORT}"
WAITS = (("worker", "redis"), ("worker", "spool"), ("api", "redis"), ("api", "spool"), ("nginx", "api"))
SERVICES = {name for pair in WAITS for name in pair}


def run(site: Site) -> list[Figure]:
    """Up, used, scaled, down."""
    stack = Stack(site)
    stack.lay_out(HTTP_PORT=str(PORT), HTTPS_PORT=str(TLS_PORT))
    with _engine(site) as healthy:
        try:
            return _life(stack, healthy)
        except Failed:
            print(site.podman("ps", "--all"))
            raise
        finally:
            with suppress(Failed):
                _compose(stack, "down", "--volumes", "--timeout", "5")


def _life(stack: Stack, healthy: Mapping[str, datetime]) -> list[Figure]:
    began = time.monotonic()
    _compose(stack, "up", "--detach", "--wait", "--wait-timeout", "180")
    took = time.monotonic() - began
    check(status(f"{URL}/health/ready") == 200, "Compose says that all is well, but it is not ready")
    check_receipt(posted(URL, "/ocr/image", RECEIPT.read_bytes()))
    first = {name: stack.names(name) for name in SERVICES}
    check(all(len(names) == 1 for names in first.values()), f"these run: {first}")
    for name, before in WAITS:
        waited = _began(stack, name) > healthy[stack.names(before)[0]]
        check(waited, f"{name} has not waited until {before} was healthy")
    for name in SERVICES:
        _check_locked(stack, name)
    # Podman gives networks' names for their numbers, so that Compose takes all containers for changed ones.
    _compose(stack, "up", "--detach", "--no-recreate", "--scale", "worker=2")
    check(len(stack.names("worker")) == 2, f"scaled to 2, these workers run: {stack.names('worker')}")
    return [Figure("docker compose", "up, all healthy, in", f"{took:.1f} s")]


def _compose(stack: Stack, *argv: str) -> None:
    own = ("--project-directory", str(stack.folder), "--project-name", "gated", "--profile", "production")
    commands.run("env", f"DOCKER_HOST=unix://{SOCKET}", docker.program(stack.site), *own, *argv, seconds=240)


def _began(stack: Stack, service: str) -> datetime:
    return datetime.fromisoformat(inspected(stack.site, stack.names(service)[0])["State"]["StartedAt"])


def _check_locked(stack: Stack, service: str) -> None:
    """What the file says of every container has come to this one."""
    host = inspected(stack.site, stack.names(service)[0])["HostConfig"]
    check(host["ReadonlyRootfs"], f"{service} may write its root")
    check("CAP_CHOWN" in host["CapDrop"] or "ALL" in host["CapDrop"], f"{service} has capabilities")
    check(any("no-new-privileges" in option for option in host["SecurityOpt"]), f"{service} may gain privileges")
    check(host["Memory"] > 0, f"{service} has no memory limit")
    check(host["RestartPolicy"]["Name"] == "unless-stopped", f"{service} is not started again")
    if service == "spool":
        check(host["MemorySwap"] == host["Memory"], "the spool may be swapped out")


@contextmanager
def _engine(site: Site) -> Iterator[Mapping[str, datetime]]:
    """Podman where Compose looks for Docker. Without systemd nobody runs its health checks, so this does.

    When the first check that a container passed was begun, by the container's name.
    """
    words = site.command("podman", "system", "service", "--time", "0", f"unix://{SOCKET}")
    healthy = dict[str, datetime]()

    def look() -> None:
        with suppress(Failed):
            for name in site.podman("ps", "--format", "{{.Names}}").split():
                began = datetime.now(UTC)
                if commands.works(*site.command("podman", "healthcheck", "run", name)):
                    healthy.setdefault(name, began)

    with started(site.folder / "engine.log", *words):
        until(SOCKET.exists, 30, "podman's socket")
        with meanwhile(look, 1):
            yield healthy
