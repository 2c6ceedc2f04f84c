"""Runs the images as an operator would who trusts nobody: an ordinary user, a read-only root, no network, no rights."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.verify.support import containers
from deploy.verify.support.client import status
from deploy.verify.support.commands import works
from deploy.verify.support.containers import Site, until
from deploy.verify.support.contents import listed
from deploy.verify.support.load import memory
from deploy.verify.support.outcome import Figure, check
from deploy.verify.support.tables import record_images

AFTER = ("build",)
PROGRAMS = containers.PROGRAMS
NAMESPACES = ("--mount", "--net", "--pid")

URL = "http://127.0.0.1:5000"
NAME = "ocr"
READY_SECONDS, GRACE_SECONDS = 120, 30
LOCKED = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", "--security-opt", "no-new-privileges"),
    *("--memory", "4g", "--network", "host"),
)
"""`host` is the network of this part's namespace, which has nothing but its own loopback."""


@dataclass(frozen=True, slots=True)
class Case:
    """An image on one engine."""

    image: str
    engine: str

    @property
    def title(self) -> str:
        return f"{self.image}, {self.engine}"


CASES = (Case("ocr:slim", "openvino"), Case("ocr:full", "openvino"), Case("ocr:full", "paddle"))


def run(site: Site) -> list[Figure]:
    """Every case, one after the other."""
    figures = [figure for case in CASES for figure in _case(site, case)]
    if site.record:
        record_images(site, figures)
    return figures


def _case(site: Site, case: Case) -> list[Figure]:
    began = time.monotonic()
    with _started(site, case) as pid:
        until(lambda: status(f"{URL}/health/ready") == 200, READY_SECONDS, f"{case.title}: ready")
        ready = time.monotonic() - began
        _check_locked(site, case)
        _probe(site, case)
        parts = listed(case.title, lambda path: site.podman("exec", NAME, "cat", path))
        held = memory({case.title: pid}, URL)
        site.podman("exec", NAME, "python", "-m", "services.operations.probe")
        stop = _stop(site, case)
    return [
        Figure(case.title, "start to ready", f"{ready:.1f} s"),
        *held,
        Figure(case.title, "stop", f"{stop:.1f} s"),
        Figure(case.title, "parts listed", str(parts)),
    ]


@contextmanager
def _started(site: Site, case: Case) -> Iterator[int]:
    """The container's first process. Whatever happens, nothing of it is left."""
    settings = ("--env", "RATE_LIMIT_ENABLED=false", "--env", f"OCR_ENGINE={case.engine}")
    try:
        site.podman("run", "--detach", "--name", NAME, *LOCKED, *settings, case.image)
        yield int(containers.inspected(site, NAME)["State"]["Pid"])
    except Exception:
        print(site.podman("logs", "--tail", "30", NAME))
        raise
    finally:
        site.podman("rm", "--force", "--volumes", "--ignore", NAME)


def _check_locked(site: Site, case: Case) -> None:
    inside = ("podman", "exec", NAME)
    user = site.podman("exec", NAME, "id", "-u")
    check(user == "10001", f"{case.title}: runs as user {user}")
    check(containers.root_is_read_only(site, NAME), f"{case.title}: its root can be written")
    check(not works(*site.command(*inside, "touch", "/opt/ocr/x")), f"{case.title}: its user may change the program")
    check(not works(*site.command(*inside, "ls", "/root")), f"{case.title}: it may enter /root")
    check(not works("ip", "route", "get", "203.0.113.1"), f"{case.title}: there is a network")


def _probe(site: Site, case: Case) -> None:
    """The image's own health check, by its command."""
    wanted = site.podman("image", "inspect", "--format", "{{.HealthCheck.Test}}", case.image)
    check("services.operations.probe" in wanted, f"{case.title}: the image has no health check, but {wanted}")
    site.podman("healthcheck", "run", NAME)


def _stop(site: Site, case: Case) -> float:
    """Stop it as an orchestrator does; the seconds until it had ended by itself."""
    began = time.monotonic()
    site.podman("stop", "--time", str(GRACE_SECONDS), NAME)
    seconds = time.monotonic() - began
    code = containers.inspected(site, NAME)["State"]["ExitCode"]
    check(code == 0, f"{case.title}: ended with {code} after {seconds:.0f} s")
    return seconds
