"""Podman and buildah with images and containers of their own, apart from those of whoever runs this."""

from __future__ import annotations

import json
import re
import resource
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.verify.support.commands import ROOT, run, works
from deploy.verify.support.machine import pip_settings
from deploy.verify.support.outcome import Failed

PROGRAMS = {
    **{"podman": "podman", "buildah": "buildah", "crun": "crun", "ip": "iproute2", "mmdebstrap": "mmdebstrap"},
    **{"fuse-overlayfs": "fuse-overlayfs", "newuidmap": "uidmap", "catatonit": "catatonit", "mount": "mount"},
    **{f"/usr/lib/podman/{name}": name for name in ("netavark", "aardvark-dns")},
}
"""With what podman's package only recommends."""

BASE = "docker.io/library/debian:bookworm-slim"
"""What the base is called here: one that was made on this machine cannot have the digest that the Dockerfile names."""
DEBIAN = (
    "deb http://deb.debian.org/debian bookworm main",
    "deb http://deb.debian.org/debian bookworm-updates main",
    "deb http://deb.debian.org/debian-security bookworm-security main",
)
ENOUGH = 8192
"""Open files and processes for a container."""

AS_SLIM = (
    'rm -rf "$1"/usr/share/man "$1"/usr/share/locale "$1"/usr/share/info; '
    'find "$1"/usr/share/doc -type f ! -name copyright -delete'
)
"""What Debian's slim images lack."""


@dataclass(frozen=True, slots=True)
class Site:
    """The folder of one verification: images, containers and logs lie below it. `record` asks for the docs' tables."""

    folder: Path
    record: bool = False

    @property
    def state(self) -> Path:
        """What is known of running containers, which is worth nothing once they are gone."""
        return self.folder / "run"

    def prepare(self) -> None:
        """Write the settings of podman and buildah. Limits are those of this process: more may not be asked for."""
        self.state.mkdir(parents=True, exist_ok=True)
        self._unmount()
        limits = (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC))
        hard = [f"{name}={_most(number)}:{_most(number)}" for name, number in limits]
        (self.folder / "storage.conf").write_text(
            f'[storage]\ndriver = "overlay"\ngraphroot = "{self.folder}/storage"\nrunroot = "{self.state}"\n'
        )
        (self.folder / "containers.conf").write_text(
            f"[containers]\ndefault_ulimits = {json.dumps(hard)}\n"
            '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
            f'[network]\nnetwork_config_dir = "{self.folder}/networks"\n'
        )

    def _unmount(self) -> None:
        """What a build that was cut off has left mounted."""
        targets = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for target in reversed([target for target in targets if target.startswith(f"{self.folder}/storage/")]):
            works("umount", "--lazy", target)

    def command(self, *argv: str) -> tuple[str, ...]:
        """A command that works on this site's images and containers."""
        conf = (("STORAGE_CONF", "storage.conf"), ("CONF", "containers.conf"))
        own = [f"CONTAINERS_{name}={self.folder / file}" for name, file in conf]
        return ("env", *own, "BUILDAH_ISOLATION=chroot", *argv)

    def podman(self, *argv: str, seconds: float = 120) -> str:
        """Podman's output without the newline at its end. Raises Failed."""
        return run(*self.command("podman", *argv), seconds=seconds).strip()


def _most(number: int) -> int:
    hard = resource.getrlimit(number)[1]
    return ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)


def base(site: Site) -> str:
    """Have the base image here, and say where it is from: the registry, or made from Debian's packages."""
    wanted = pinned()
    if works(*site.command("podman", "image", "exists", BASE)):
        return "present"
    with suppress(Failed):
        site.podman("tag", site.podman("pull", "--quiet", wanted, seconds=120), BASE)
        return "from its registry"
    archive = site.folder / "base.tar"
    merged = ("--include=usr-is-merged", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr")
    hook = f"--customize-hook={AS_SLIM}"
    run("mmdebstrap", "--quiet", "--variant=apt", *merged, hook, "bookworm", archive, *DEBIAN, seconds=600)
    site.podman("import", "--quiet", str(archive), BASE)
    archive.unlink()
    return "made by mmdebstrap, as no registry could be reached"


def pinned() -> str:
    """The base that the Dockerfile names, by its digest. Raises Failed."""
    found = re.search(r"^ARG BASE=(\S+@sha256:[0-9a-f]{64})$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    if not found:
        raise Failed("the Dockerfile's base has no digest")
    return found[1]


def build(site: Site, target: str, *more: str) -> None:
    """Build a target as `make image` does, with the network and pip's settings of this machine. Raises Failed."""
    pip = pip_settings(site.folder / "pip")
    own = ("--network", "host", "--volume", f"{pip}:/etc/xdg/pip:ro", "--build-arg", f"BASE={BASE}")
    run(*site.command("env", "ENGINE=buildah", "deploy/image.sh", target, *own, *more), seconds=1800)


def size_mb(site: Site, image: str) -> float:
    """Megabytes (10**6) of an image's layers, uncompressed."""
    return int(site.podman("image", "inspect", "--format", "{{.Size}}", image)) / 1e6


def inspected(site: Site, name: str) -> dict[str, Any]:
    """What podman knows of a container."""
    found: list[dict[str, Any]] = json.loads(site.podman("container", "inspect", name))
    return found[0]


def root_is_read_only(site: Site, name: str) -> bool:
    """Whether a container's root is mounted so. To try to write it shows nothing: its user may not anyway."""
    mounts = (line.split() for line in site.podman("exec", name, "cat", "/proc/mounts").splitlines())
    return any(where == "/" and "ro" in options.split(",") for _, where, _, options, *_ in mounts)


def memory_mb(pid: int) -> float:
    """Megabytes (2**20) that the processes beside `pid`, in its PID namespace, hold; shared pages are counted once."""
    namespace = Path(f"/proc/{pid}/ns/pid").readlink()
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, StopIteration):
            if (folder / "ns" / "pid").readlink() == namespace:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 1024


@contextmanager
def peaks(pids: Mapping[str, int]) -> Iterator[dict[str, float]]:
    """The most megabytes that were seen of each, by its name, inside the `with`."""
    seen = {name: memory_mb(pid) for name, pid in pids.items()}

    def look() -> None:
        seen.update((name, max(seen[name], memory_mb(pid))) for name, pid in pids.items())

    with meanwhile(look, 0.25):
        yield seen


@contextmanager
def meanwhile(work: Callable[[], None], seconds: float) -> Iterator[None]:
    """Does the work in a thread of its own again and again, with such a pause before each, until the `with` ends."""
    done = threading.Event()

    def repeat() -> None:
        while not done.wait(seconds):
            work()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def until(holds: Any, seconds: float, what: str) -> float:
    """Wait until `holds()` is true; the seconds that took. Raises Failed."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise Failed(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - began
