"""What this machine has and allows: programs, namespaces, the way its pip reaches a package index."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.verify.support.commands import run, works
from deploy.verify.support.outcome import Failed, Skipped

HYBRID = Path("/sys/fs/cgroup/unified")
"""Where a machine that has both kinds of control groups keeps the newer one."""

POLICY = Path("/usr/sbin/policy-rc.d")
"""What Debian's packages ask whether they may start what they have installed; 101 is no."""

USERS, ENOUGH_USERS = Path("/proc/self/uid_map"), 1 << 16
"""A root that was mapped alone, as in a namespace of users, cannot unpack an image."""

PIP_OPTIONS = ("index-url", "extra-index-url", "trusted-host", "timeout")

REFUSED = "this machine refuses `{}`; run it as root, outside of a container: sudo make verify-deploy"


def entitle(programs: Mapping[str, str]) -> None:
    """Raises Skipped if containers are asked of who may not mount: images cannot even be built then.

    Nobody builds them without root's rights here: what that leaves behind, only root could remove.
    """
    if "podman" not in programs:
        return
    if os.geteuid() != 0 or not works("unshare", "--mount", "true"):
        raise Skipped(REFUSED.format("unshare --mount"))
    users = sum(int(line.split()[2]) for line in USERS.read_text().splitlines())
    if users < ENOUGH_USERS:
        raise Skipped(REFUSED.format(f"files of {ENOUGH_USERS} users"))


def provide(programs: Mapping[str, str]) -> None:
    """Install the packages of missing programs. Raises Skipped where that cannot be."""
    packages = sorted({package for program, package in programs.items() if not shutil.which(program)})
    if not packages:
        return
    wanted = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Skipped(f"{wanted} missing; on Debian and Ubuntu: sudo apt-get install {wanted}")
    print(f"  installing {wanted} ...", flush=True)
    try:
        run("apt-get", "update", "-qq", seconds=300)
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive")
        with _nothing_starts():
            run(*quiet, "apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages, seconds=600)
    except Failed as error:
        print(error)
        raise Skipped(f"{wanted} could not be installed (see above)") from error


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """Only programs are wanted: no server that a package brings (nginx, Prometheus) is to take the machine's ports."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def isolated(options: Sequence[str]) -> tuple[str, ...]:
    """The command that runs another in new namespaces, if any. Raises Skipped where they are refused.

    Whoever ends this process ends the other with it.
    """
    bound = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
    if not options:
        return bound
    command = ("unshare", *options, *(("--fork", "--kill-child", "--mount-proc") if "--pid" in options else ()))
    if not works(*command, "true"):
        raise Skipped(REFUSED.format(" ".join(command)))
    return (*bound, *command)


def settle(options: Sequence[str], state: Path) -> None:
    """Make new namespaces usable from within. What podman keeps of running containers begins empty, as after a boot.

    Raises Skipped where mounts are refused.
    """
    if "--net" in options:
        run("ip", "link", "set", "lo", "up")
    if "--mount" not in options:
        return
    try:
        for folder in (Path("/run"), state):
            run("mount", "-t", "tmpfs", "tmpfs", folder)
        if HYBRID.is_mount():
            run("umount", HYBRID)  # crun refuses machines that have both kinds
    except Failed as error:
        raise Skipped(f"this machine refuses mounts: {str(error).splitlines()[-1]}") from error


def pip_settings(folder: Path) -> Path:
    """`folder`, in which a pip.conf has what lets this machine's pip reach its index, for a build's pip to find it too.

    Folders that only this machine has are left out; certificates are copied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = run(sys.executable, "-m", "pip", "config", "list").splitlines()
    found = {line.partition("=")[0].rpartition(".")[2]: line.partition("=")[2].strip("'\"") for line in told}
    lines = [f"{name} = {found[name]}" for name in PIP_OPTIONS if name in found and "file:" not in found[name]]
    if cert := found.get("cert", ""):
        shutil.copyfile(cert, folder / "ca.pem")
        lines.append("cert = /etc/xdg/pip/ca.pem")
    (folder / "pip.conf").write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
    return folder
