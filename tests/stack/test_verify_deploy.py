"""`make verify-deploy` skips by name what a machine refuses, and leaves nothing behind, however it ends.

The refusals are real: the runner is started with less than this machine would let it have.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from zlib import crc32

import pytest

from config import ROOT
from deploy.verify.support import nspawn
from deploy.verify.support.machine import isolated
from deploy.verify.support.outcome import Skipped
from tests.support.stack import eventually

NEEDED = (*nspawn.PROGRAMS, "unshare", "setpriv")
CGROUP2 = "stat -fc %T /sys/fs/cgroup | grep -q cgroup2 || mount -t cgroup2 cgroup2 /sys/fs/cgroup"
READ_ONLY = f"umount /sys/fs/cgroup/unified 2>/dev/null; {CGROUP2}; mount -o remount,bind,ro /sys/fs/cgroup"

PART = """
import sys
from pathlib import Path
from deploy.verify.__main__ import attempt, summary
from deploy.verify.support.containers import Site
from deploy.verify.parts import vps
site = Site(Path(sys.argv[1]))
site.prepare()
print(summary([attempt("vps", vps, site, set())]))
"""
"""The part `vps` alone: others import what tests do without."""


def namespaces() -> bool:
    """Whether this machine lets whoever runs the tests do what `make verify-deploy` does."""
    try:
        return all(shutil.which(name) for name in NEEDED) and bool(isolated(("--mount", "--pid")))
    except Skipped:
        return False


needs_namespaces = pytest.mark.skipif(not namespaces(), reason=f"needs root, namespaces and {', '.join(NEEDED)}")


def mounted(script: str) -> tuple[str, ...]:
    """The command that runs another where a script has mounted something."""
    return ("unshare", "--mount", "sh", "-c", f'{script} && exec "$@"', "sh")


@needs_namespaces
@pytest.mark.parametrize(
    ("less", "named"),
    [
        (("setpriv", "--bounding-set=-sys_admin"), "`unshare --mount --pid"),
        (("unshare", "--user", "--map-root-user", "--mount"), ""),
        (mounted(READ_ONLY), "control groups (cgroup2)"),
        (mounted("mount -t tmpfs tmpfs /dev/net"), "/dev/net/tun"),
        (("setpriv", "--bounding-set=-sys_chroot"), "systemd-nspawn"),
    ],
)
def test_what_a_machine_refuses_is_skipped_by_name(less: tuple[str, ...], named: str, tmp_path: Path) -> None:
    command = (*less, sys.executable, "-c", PART, str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert said[-1] == "0 passed, 0 failed, 1 skipped"
    assert any(line.startswith("SKIPPED vps ") and f"this machine refuses {named}" in line for line in said), said
    assert not (tmp_path / "vps" / "machine").exists()


@needs_namespaces
def test_a_part_ends_with_whoever_runs_it(tmp_path: Path) -> None:
    """The runner is killed; processes of another group, in a PID namespace of their own, would live on."""
    beat = tmp_path / "beat"
    part = (*isolated(("--mount", "--pid")), "setsid", "sh", "-c", 'while sleep 0.1; do echo >>"$0"; done', str(beat))
    runner = subprocess.Popen((sys.executable, "-c", f"import subprocess; subprocess.run({part!r})"))
    eventually(beat.exists, 20)
    runner.kill()
    runner.wait()

    def still() -> bool:
        size = beat.stat().st_size
        time.sleep(1)
        return beat.stat().st_size == size

    eventually(still, 20)


@needs_namespaces
def test_what_a_killed_runner_leaves_is_taken_away(tmp_path: Path) -> None:
    """The guard ends the machine's control group, with what runs in it, once the runner is gone."""
    folder = tmp_path / "vps" / "machine"
    (folder / "etc").mkdir(parents=True)
    group = f"ocr-verify-{crc32(bytes(tmp_path)):08x}"
    script = f"{CGROUP2}; mkdir /sys/fs/cgroup/{group}; echo $$ >/sys/fs/cgroup/{group}/cgroup.procs; exec sleep 600"
    left = subprocess.Popen(mounted(script))
    guard = subprocess.Popen(
        ("unshare", "--mount", sys.executable, "-m", "deploy.verify.guard", "vps", str(tmp_path)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    eventually(lambda: group in Path(f"/proc/{left.pid}/cgroup").read_text(), 20)
    assert folder.exists()
    guard.communicate(timeout=60)
    assert left.wait(20) == -signal.SIGKILL
    assert not folder.exists()
