"""Processes that end with their parents, by the kernel's way and by the one for systems without it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from config import ROOT
from services.embedded.supervisor import end_session
from tests.support.stack import eventually
from tests.support.supervised import WAIT, alive


def door(code: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """A Python process with our modules and `code`, tied to nothing."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, **options
    )


BECOME = """
import os, subprocess, sys
sys.platform = sys.argv[1]
door = f"import sys; sys.path.insert(0, '.'); sys.platform = '{sys.argv[1]}'; from utils import processes; "
door += "processes.main(sys.argv[1:])"
forks = "import os, time; os.fork(); "
forks += "os.write(1, (str(os.getpid()) + ' ' + os.environ['GIVEN'] + chr(10)).encode()); time.sleep(60)"
program = [sys.executable, "-c", forks]
subprocess.run([sys.executable, "-c", door, str(os.getpid()), "GIVEN=a=b", "--", *program], start_new_session=True)
"""


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_program_behind_the_door_ends_with_its_parent(platform: str) -> None:
    if sys.platform != "linux" and platform == "linux":
        pytest.skip("NOT TESTED: the kernel's way exists on Linux only")
    parent = door(BECOME, platform)
    assert parent.stdout
    with parent.stdout as output:
        first, given = output.readline().split()
        second, _ = output.readline().split()
        leader = os.getsid(int(first))
        parent.kill()
        parent.wait()
        assert given == "a=b"
        watched = [leader] if platform == "linux" else [int(first), int(second)]
        eventually(lambda: not [pid for pid in watched if pid in alive([leader])], 10)
    end_session(leader)
    assert alive([leader]) == []


FORK = """
import os, sys, time
sys.platform = sys.argv[1]
from utils.processes import die_with_parent
parent = os.getpid()
if os.fork() == 0:
    die_with_parent(parent)
    print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_forked_child_ends_with_its_parent(platform: str) -> None:
    if sys.platform != "linux" and platform == "linux":
        pytest.skip("NOT TESTED: the kernel's way exists on Linux only")
    parent = door(FORK, platform)
    assert parent.stdout
    with parent.stdout as output:
        child = int(output.readline())
    assert alive([child])
    parent.kill()
    parent.wait()
    eventually(lambda: not alive([child]), 10)


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    orphan = door("from utils.processes import die_with_parent; die_with_parent(parent=2**22); print('lives')")
    assert orphan.communicate(timeout=WAIT)[0] == "" and orphan.returncode == -signal.SIGKILL


def test_a_program_that_is_not_there_is_named() -> None:
    code = f"from utils import processes; processes.main(['{os.getpid()}', '--', '/no/such/program'])"
    missing = door(code, stderr=subprocess.PIPE)
    assert "/no/such/program cannot be started: No such file" in missing.communicate(timeout=WAIT)[1]
    assert missing.returncode == 127
