"""A machine that boots, systemd and all, in a folder: Debian made by mmdebstrap, run by systemd-nspawn.

It has a network of its own, in which nothing of this machine is, and goes out through slirp4netns.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from deploy.verify import commands
from deploy.verify.commands import ROOT
from deploy.verify.containers import DEBIAN, Site, until
from deploy.verify.machine import pip_settings
from deploy.verify.outcome import Failed

PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "slirp4netns": "slirp4netns",
    "git": "git",
}
CGROUPS = Path("/sys/fs/cgroup")
ADDRESS, NAMESERVER = "10.0.2.100", "10.0.2.3"
"""What slirp4netns gives a machine."""

CHECKOUT = "/srv/checkout"
"""Where the machine has the repository."""

INSIDE = ("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb")
BOOT_SECONDS = 90
GROUPED = ("sh", "-c", 'mkdir -p "$0" && echo $$ >"$0/cgroup.procs" && exec "$@"')
"""Runs what follows the name of a control group in it, as two machines in one group would end each other."""

REBOOTS = 133
"""How systemd-nspawn ends when its machine wants to start anew."""


@dataclass(slots=True)
class Machine:
    """A machine in `folder`. Its processes end with the PID namespace that the part runs in."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    leader: int = 0
    group: Path = field(default_factory=lambda: CGROUPS / f"verify-{token_hex(4)}")

    def boot(self) -> float:
        """Start it; the seconds until all its units are up. Raises Failed."""
        options = ("--quiet", "--keep-unit", "--register=no", "--private-network", "--console=pipe", "--capability=all")
        command = ("systemd-nspawn", *options, "--directory", str(self.folder), "--boot")
        nspawn = self._start("machine", *GROUPED, str(self.group), *command)
        until(lambda: self._has_leader(nspawn.pid), BOOT_SECONDS, "the machine's first process")
        self._start(
            "network", "slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback", str(self.leader), "tap0"
        )
        return until(self._is_up, BOOT_SECONDS, "the machine: all units up")

    def reboot(self) -> float:
        """As `boot`, by its own `reboot`."""
        nspawn, network = self.processes
        with suppress(Failed):
            self.shell("systemctl reboot")
        code = nspawn.wait(BOOT_SECONDS)
        if code != REBOOTS:
            raise Failed(f"the machine ended with {code} instead of starting anew")
        network.terminate()
        network.wait()
        self.processes.clear()
        return self.boot()

    def shell(self, script: str, seconds: float = 120) -> str:
        """What a script of bash prints in there. Raises Failed."""
        return commands.run("nsenter", "-t", str(self.leader), "-a", *INSIDE, "bash", "-c", script, seconds=seconds)

    def tried(self, script: str, seconds: float = 120) -> tuple[int, str]:
        """The status that a script ends with, and all that it says."""
        marked = self.shell(f"( {script} ) 2>&1; code=$?; echo; echo $code", seconds)
        said, _, status = marked.rstrip().rpartition("\n")
        return int(status), said

    def stop(self) -> None:
        """End it at once, as a power cut does."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        with suppress(OSError):
            (self.group / "cgroup.kill").write_text("1")
        for folder in sorted(self.group.rglob("*/"), reverse=True):
            with suppress(OSError):
                folder.rmdir()
        with suppress(OSError):
            self.group.rmdir()

    def _start(self, log_name: str, *argv: str) -> subprocess.Popen[bytes]:
        with (self.folder.parent / f"{log_name}.log").open("ab") as log:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def _has_leader(self, nspawn: int) -> bool:
        children = Path(f"/proc/{nspawn}/task/{nspawn}/children").read_text().split()
        self.leader = int(children[0]) if children else 0
        return bool(self.leader) and "systemd" in Path(f"/proc/{self.leader}/comm").read_text()

    def _is_up(self) -> bool:
        with suppress(Failed):
            return "running" in self.tried("systemctl is-system-running")[1]
        return False


@contextmanager
def machine(site: Site) -> Iterator[Machine]:
    """A booted Debian with a copy of the repository's files in CHECKOUT, removed afterwards."""
    folder = site.folder / "vps" / "machine"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    commands.run("tar", "-xf", _debian(site), "-C", folder, "--exclude=./dev/*", seconds=300)
    shutil.copytree(pip_settings(site.folder / "pip"), folder / "etc" / "xdg" / "pip")
    (folder / "etc" / "hostname").write_text("vps\n")
    (folder / "etc" / "resolv.conf").write_text(f"nameserver {NAMESERVER}\n")
    copy = folder / CHECKOUT.lstrip("/")
    for name in commands.run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    if "cgroup2" not in commands.run("stat", "--file-system", "--format=%T", CGROUPS):
        commands.run("mount", "-t", "cgroup2", "cgroup2", CGROUPS)
    booted = Machine(folder)
    try:
        booted.boot()
        yield booted
    finally:
        booted.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _debian(site: Site) -> Path:
    """The archive of a Debian that boots; made once."""
    archive = site.folder / "vps.tar"
    if not archive.exists():
        part = archive.with_suffix(".part.tar")
        packages = "--include=systemd,systemd-sysv,dbus,usr-is-merged"
        merged = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr"
        commands.run("mmdebstrap", "--quiet", "--variant=apt", packages, merged, "bookworm", part, *DEBIAN, seconds=900)
        part.rename(archive)
    return archive
