"""A machine that boots, systemd and all, in a folder: Debian made by mmdebstrap, run by systemd-nspawn.

It has a network of its own, in which nothing of this machine is, and goes out through slirp4netns. Its processes end
with the PID namespace that the part runs in; its control group and its folder do not: `clear` takes those away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from deploy.verify.support import commands
from deploy.verify.support.commands import ROOT
from deploy.verify.support.containers import DEBIAN, Site, until
from deploy.verify.support.machine import pip_settings
from deploy.verify.support.outcome import Failed, Skipped

PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "slirp4netns": "slirp4netns",
    "git": "git",
}
CGROUPS = Path("/sys/fs/cgroup")
TUN = Path("/dev/net/tun")
ADDRESS, NAMESERVER = "10.0.2.100", "10.0.2.3"
"""What slirp4netns gives a machine."""

CHECKOUT = "/srv/checkout"
"""Where the machine has the repository."""

INSIDE = ("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb")
BOOT_SECONDS = 90
GONE_SECONDS = 30
"""In which killed processes leave their control group."""

OPTIONS = ("--quiet", "--keep-unit", "--register=no", "--private-network", "--console=pipe", "--timezone=off")
GROUPED = ("sh", "-c", 'mkdir -p "$0" && echo $$ >"$0/cgroup.procs" && exec "$@"')
"""Runs what follows the name of a control group in it, as two machines in one group would end each other."""

REBOOTS = 133
"""How systemd-nspawn ends when its machine wants to start anew."""


@dataclass(slots=True)
class Machine:
    """A machine in `folder`, all of whose processes are in the control group `group`."""

    folder: Path
    group: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    leader: int = 0

    def boot(self) -> float:
        """Start it; the seconds until all its units are up. Raises Failed."""
        command = ("systemd-nspawn", *OPTIONS, "--capability=all", "--directory", str(self.folder), "--boot")
        nspawn = self._start("machine", *GROUPED, str(self.group), *command)
        until(lambda: self._has_leader(nspawn.pid), BOOT_SECONDS, "the machine's first process")
        self._start(
            "network", "slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback", str(self.leader), "tap0"
        )
        try:
            return until(self._is_up, BOOT_SECONDS, "the machine: all units up")
        except Failed as error:
            raise Failed(f"{error}\n{self.tried('systemctl --failed; systemctl list-jobs')[1]}") from error

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

    def _start(self, log_name: str, *argv: str) -> subprocess.Popen[bytes]:
        with (self.folder.parent / f"{log_name}.log").open("ab") as log:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def _has_leader(self, nspawn: int) -> bool:
        """Its children come and go before one of them becomes the machine's systemd."""
        for child in Path(f"/proc/{nspawn}/task/{nspawn}/children").read_text().split():
            with suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    self.leader = int(child)
                    return True
        return False

    def _is_up(self) -> bool:
        with suppress(Failed):
            return "running" in self.tried("systemctl is-system-running")[1]
        return False


@contextmanager
def machine(site: Site) -> Iterator[Machine]:
    """A booted Debian with a copy of the repository's files in CHECKOUT, removed afterwards.

    Raises Skipped where this machine does not let one boot.
    """
    clear(site)
    allowed(site)
    folder = _folder(site)
    folder.mkdir(parents=True)
    commands.run("tar", "-xf", _debian(site), "-C", folder, "--exclude=./dev/*", seconds=300)
    shutil.copytree(pip_settings(site.folder / "pip"), folder / "etc" / "xdg" / "pip")
    # A machine like this loads no modules: Debian 13's unit fails of it, and with it the start.
    (folder / "etc" / "systemd" / "system" / "systemd-modules-load.service").symlink_to("/dev/null")
    (folder / "etc" / "hostname").write_text("vps\n")
    (folder / "etc" / "hosts").write_text("127.0.0.1 localhost vps\n")
    (folder / "etc" / "resolv.conf").unlink(missing_ok=True)  # on Ubuntu it leads to a service that is not there
    (folder / "etc" / "resolv.conf").write_text(f"nameserver {NAMESERVER}\n")
    copy = folder / CHECKOUT.lstrip("/")
    for name in commands.files():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    booted = Machine(folder, _group(site))
    try:
        booted.boot()
        yield booted
    finally:
        booted.stop()
        clear(site)


def allowed(site: Site) -> None:
    """Raises Skipped, with the name of what this machine refuses. Leaves a control group and cgroup2 mounted."""
    try:
        _group(site).mkdir()
    except (Failed, OSError) as error:
        raise Skipped(f"this machine refuses control groups (cgroup2): {str(error).splitlines()[-1]}") from error
    try:
        os.close(os.open(TUN, os.O_RDWR))
    except OSError as error:
        raise Skipped(f"this machine refuses {TUN}: {error.strerror}") from error
    folder = _folder(site)
    (folder / "usr").mkdir(parents=True)
    for link in ("bin", "lib", "lib64", "sbin"):
        (folder / link).symlink_to(f"usr/{link}")
    command = ("systemd-nspawn", *OPTIONS, "--directory", folder, "--bind-ro=/usr", "/usr/bin/true")
    try:
        commands.run(*GROUPED, _group(site), *command)
    except Failed as error:
        raise Skipped(f"this machine refuses systemd-nspawn: {str(error).splitlines()[-1]}") from error
    shutil.rmtree(folder)


def clear(site: Site) -> None:
    """End the site's machine, should it still run, and remove its folder. To be called in a mount namespace."""
    with suppress(Failed):
        group = _group(site)
        until(lambda: _is_gone(group), GONE_SECONDS, f"the control group {group.name}: gone")
    folder = _folder(site)
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.1)


def _folder(site: Site) -> Path:
    return site.folder / "vps" / "machine"


def _group(site: Site) -> Path:
    """The control group of the site's machine, which need not be there. Mounts cgroup2. Raises Failed."""
    if "cgroup2" not in commands.run("stat", "--file-system", "--format=%T", CGROUPS):
        commands.run("mount", "-t", "cgroup2", "cgroup2", CGROUPS)
    return CGROUPS / f"ocr-verify-{crc32(bytes(site.folder)):08x}"


def _is_gone(group: Path) -> bool:
    with suppress(OSError):
        (group / "cgroup.kill").write_text("1")
    for folder in (*sorted(group.rglob("*/"), reverse=True), group):
        with suppress(OSError):
            folder.rmdir()
    return not group.exists()


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
