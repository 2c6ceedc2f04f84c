"""The stack of docker-compose.yml, run by podman-compose in a folder of its own."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from deploy.verify.support.commands import ROOT, TOOLS, run, works
from deploy.verify.support.containers import Site, until
from deploy.verify.support.outcome import Failed

HEALTHY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Stack:
    """A project of compose below a site's folder, with settings in its `.env`."""

    site: Site

    @property
    def folder(self) -> Path:
        """Where the copies of docker-compose.yml and nginx's files lie."""
        return self.site.folder / "compose"

    def lay_out(self, **settings: str) -> None:
        """Write the files. What a run before left behind goes first."""
        self._forget()
        self.write(**settings)

    def write(self, **settings: str) -> None:
        """Copy the files, and make `.env` as docker-compose.yml says: env.example, and below it what is one's own."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        shutil.copyfile(ROOT / "docker-compose.yml", self.folder / "docker-compose.yml")
        shutil.copytree(ROOT / "nginx", self.folder / "nginx")
        values = {"REDIS_PASSWORD": secrets.token_hex(16), "OCR_IMAGE": "localhost/ocr:slim", **settings}
        own = "".join(f"{name}={value}\n" for name, value in values.items())
        (self.folder / ".env").write_text((ROOT / "env.example").read_text() + own)

    def compose(self, *argv: str, seconds: float = 180) -> str:
        """podman-compose in the folder, nginx included."""
        files = ("--file", str(self.folder / "docker-compose.yml"), "--profile", "production")
        tools = f"PATH={TOOLS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return run(*self.site.command("env", tools, "podman-compose", *files, *argv), seconds=seconds)

    def up(self, *services: str) -> dict[str, float]:
        """Start services and wait until their health checks pass, as `condition: service_healthy` has compose do.

        The seconds from the command until each was found healthy; they are asked in that order.
        """
        began, seconds = time.monotonic(), {}
        self.compose("up", "--detach", "--no-deps", *services)
        for service in services:
            for name in self.names(service):
                with logs_on_failure(self, name):
                    until(partial(self.healthy, name), HEALTHY_SECONDS, f"{name}: healthy")
            seconds[service] = time.monotonic() - began
        return seconds

    def names(self, service: str) -> list[str]:
        """The running containers of a service."""
        wanted = f"label=com.docker.compose.service={service}"
        found: list[dict[str, Any]] = json.loads(self.site.podman("ps", "--format", "json", "--filter", wanted))
        return sorted(container["Names"][0] for container in found)

    def limits(self) -> Mapping[str, str]:
        """The most memory that each service may have, as the file says it."""
        services = yaml.safe_load((self.folder / "docker-compose.yml").read_text())["services"]
        return {name: service["mem_limit"] for name, service in services.items()}

    def healthy(self, name: str) -> bool:
        """Whether the container's health check passes now."""
        return works(*self.site.command("podman", "healthcheck", "run", name))

    def down(self) -> None:
        """Remove all of it, volumes too."""
        with suppress(Failed):
            self.compose("down", "--timeout", "5")
        self._forget()

    def _forget(self) -> None:
        """Remove every volume: podman-compose's own `down --volumes` now and then leaves one, jobs and all."""
        self.site.podman("volume", "rm", "--all", "--force")


@contextmanager
def logs_on_failure(stack: Stack, name: str) -> Iterator[None]:
    """Prints the end of a container's log where what is awaited does not come."""
    try:
        yield
    except Failed:
        print(stack.site.podman("logs", "--tail", "30", name))
        raise
