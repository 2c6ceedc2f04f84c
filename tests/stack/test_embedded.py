"""The supervisor with a real Valkey and small fake children, started, hurt and stopped as real processes."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis

from config import ROOT, Settings
from services.embedded import CannotStart, Child, address, broker, checks, http_ok, redis_url, valkey
from services.embedded.supervisor import end_session

SERVING = {"worker": "serve", "web": "serve"}
WAIT = 20.0


def eventually(true: Callable[[], object], seconds: float = WAIT) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this did not come about in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Supervised:
    """A supervisor process, what it prints, and what it keeps in `data_dir` (seen from its mount namespace)."""

    def __init__(self, output: Path, data_dir: Path, prefix: tuple[str, ...] = (), **spec: Any) -> None:
        self.settings = Settings(host="127.0.0.1", port=spec.get("port") or free_port(), data_dir=data_dir)
        spec = {"kinds": SERVING, "host": "127.0.0.1", **spec, "port": self.settings.port, "data_dir": str(data_dir)}
        self.output = output / f"{time.monotonic_ns()}.out"
        with self.output.open("wb") as out:
            python = (sys.executable, "-W", "error", "-m", "tests.support.faults.supervised")
            self.process = subprocess.Popen(
                [*prefix, *python, json.dumps(spec)], cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def until_ready(self) -> Supervised:
        eventually(lambda: "Ready in" in self.text or self.process.poll() is not None)
        assert "Ready in" in self.text, self.text
        return self

    def sessions(self) -> list[int]:
        """The pids of the running children: each leads its session."""
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def forked(self, name: str) -> list[int]:
        return [int(pid) for pid in (self.settings.data_dir / f"{name}.pids").read_text().split()]

    def valkey(self) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if child.name().startswith("valkey"))

    def ends(self, seconds: float = WAIT) -> int:
        return self.process.wait(seconds)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ends()


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Shorter than pytest's own: a socket's path may have 103 bytes, some tests reach it through /proc."""
    with tempfile.TemporaryDirectory(prefix="ocr", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


@pytest.fixture
def hanging_up_ends() -> Iterator[None]:
    """Also where the tests themselves run under nohup, whose children inherit that SIGHUP is ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def start(tmp_path: Path, hanging_up_ends: None) -> Iterator[Callable[..., Supervised]]:
    started: list[Supervised] = []

    def start(data_dir: Path = tmp_path / "data", **spec: Any) -> Supervised:
        started.append(Supervised(tmp_path, data_dir, **spec))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def client(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(redis_url(settings), decode_responses=True)


def put(settings: Settings, key: str) -> None:
    with client(settings) as store:
        store.set(key, "kept")


def kept(settings: Settings, key: str) -> bool:
    try:
        with client(settings) as store:
            return bool(store.get(key) == "kept")
    except redis.RedisError:
        return False


def alive(sessions: list[int]) -> list[int]:
    """Processes, zombies aside, that live in one of these sessions or are one of these pids."""

    def lives(pid: int) -> bool:
        try:
            return (pid in sessions or os.getsid(pid) in sessions) and psutil.Process(
                pid
            ).status() != psutil.STATUS_ZOMBIE
        except (OSError, psutil.Error):
            return False

    return [pid for pid in psutil.pids() if lives(pid)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_nothing(start: Callable[..., Supervised], number: signal.Signals) -> None:
    one = start().until_ready()
    sessions = one.sessions()
    assert len(sessions) == 3 and len(alive(sessions)) == 5  # two of them have forked
    assert psutil.Process(one.forked("web")[0]).environ()["SUPERVISED_AS"] == "web"
    assert f"http://127.0.0.1:{one.settings.port}/ocr/image" in one.text and "Stop with Ctrl-C." in one.text
    assert one.stop(number) == 0
    assert alive(sessions) == []
    assert sorted(path.name for path in (one.settings.data_dir / "run").iterdir()) == ["valkey.log"]


@pytest.mark.parametrize("delay", [0.15, 0.3, 0.5, 0.8])
def test_a_signal_while_it_starts_stops_it_too(start: Callable[..., Supervised], delay: float) -> None:
    one = start()
    eventually((one.settings.data_dir / "run" / "lock").exists)
    time.sleep(delay)
    sessions = one.sessions()
    assert one.stop(signal.SIGINT) == 0
    assert alive(sessions) == []
    assert not broker.socket_path(one.settings).exists()


def test_children_stop_in_the_reverse_order_and_the_stubborn_one_is_killed(start: Callable[..., Supervised]) -> None:
    one = start(kinds={"worker": "serve", "web": "stubborn"})
    one.until_ready()
    sessions, (worker, _), store = one.sessions(), one.forked("worker"), one.valkey()
    one.process.send_signal(signal.SIGTERM)
    time.sleep(0.7)
    assert psutil.pid_exists(worker) and store.is_running()  # the web server still has its grace
    assert one.ends() == 0
    assert alive(sessions) == []


def test_a_second_signal_hurries(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    sessions, (web, _) = one.sessions(), one.forked("web")
    os.kill(web, signal.SIGSTOP)  # has twenty seconds to end, and will not
    one.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    one.process.send_signal(signal.SIGINT)
    assert one.ends(5) == 0
    assert alive(sessions) == []


def test_nothing_outlives_a_killed_supervisor(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    sessions = one.sessions()
    one.process.kill()
    eventually(lambda: alive(sessions) == [], seconds=3)


def test_written_data_is_there_after_everything_was_killed(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    put(one.settings, "job")
    one.process.kill()
    one.ends()
    again = start(port=one.settings.port).until_ready()
    assert kept(again.settings, "job")


def test_a_killed_valkey_comes_back_with_its_data(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    put(one.settings, "job")
    others = [one.forked("worker"), one.forked("web")]
    one.valkey().kill()
    eventually(lambda: "valkey ended (killed by SIGKILL)" in one.text)
    eventually(lambda: kept(one.settings, "job"))
    assert [one.forked("worker"), one.forked("web")] == others
    assert one.stop() == 0


def test_a_killed_child_is_replaced_and_its_own_children_go_with_it(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    old = one.forked("worker")
    os.kill(old[0], signal.SIGKILL)
    eventually(lambda: one.forked("worker") != old)
    assert alive(old) == []
    assert one.stop() == 0


def test_a_child_that_never_comes_up_stops_everything(start: Callable[..., Supervised]) -> None:
    one = start(kinds={"worker": "crash", "web": "serve"})
    eventually(lambda: (one.settings.data_dir / "web.pids").exists())
    sessions = one.sessions()
    assert one.ends() == 1
    assert one.text.count("worker ended (exit status 3); starting it again in") == 4
    assert "worker ended 5 times without ever being ready (last: exit status 3)" in one.text
    assert alive(sessions) == []


def test_a_valkey_that_cannot_read_its_data_shows_why(start: Callable[..., Supervised], tmp_path: Path) -> None:
    manifest = tmp_path / "data" / "valkey" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("not a manifest\n")
    one = start()
    assert one.ends() == 1
    assert "valkey ended 5 times" in one.text and "Invalid AOF manifest file format" in one.text


def test_what_is_awaited_is_named(start: Callable[..., Supervised]) -> None:
    one = start(kinds={"web": "serve"}, ready_within=0.0).until_ready()  # and the waiting goes on
    assert "Not ready after 0 s, waiting for valkey, web." in one.text
    assert one.stop() == 0


def refused(one: Supervised) -> str:
    """The one line a supervisor ends with that cannot start here."""
    assert one.ends(5) == 1
    assert one.text.count("\n") == 1, one.text
    return one.text


def test_a_second_instance_is_refused_and_the_first_goes_on(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    assert f"is in use by process {one.process.pid}; stop that one" in refused(start())
    put(one.settings, "still")
    assert one.stop() == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_in_use_is_named(start: Callable[..., Supervised], host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refused(start(host=host, port=port)) == (
            f"Port {port} on {host} is in use; set PORT to a free one or stop the other program.\n"
        )


def test_a_foreign_address_is_named(start: Callable[..., Supervised]) -> None:
    assert "HOST=192.0.2.1 is not an address of this machine" in refused(start(host="192.0.2.1"))


def test_a_file_in_the_place_of_the_directory_is_named(start: Callable[..., Supervised], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written (Not a directory)" in refused(start(tmp_path / "file" / "data"))


def test_an_external_store_that_does_not_answer_is_named_without_its_password(
    start: Callable[..., Supervised],
) -> None:
    port = free_port()
    text = refused(start(redis_url=f"redis://user:k7Qz@127.0.0.1:{port}/0"))
    assert f"REDIS_URL (redis://127.0.0.1:{port}/0) cannot be used" in text and "k7Qz" not in text


def test_an_external_store_is_used_and_left_alone(start: Callable[..., Supervised], tmp_path: Path) -> None:
    first = start().until_ready()
    url = redis_url(first.settings)
    second = start(tmp_path / "second", redis_url=url).until_ready()
    assert len(second.sessions()) == 2
    assert second.stop() == 0
    assert broker.answers(url)
    assert not (tmp_path / "second" / "run" / "valkey.log").exists()


def mounted(size: str, directory: Path) -> tuple[str, ...]:
    """A command prefix that gives what follows a small disk of its own at `directory`."""
    unshare = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-rm")
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("NOT TESTED, a full disk: this machine refuses mount namespaces (unshare -m)")
    directory.mkdir()
    mount = 'mount -t tmpfs -o size="$0" none "$1" && shift && exec "$@"'
    return (*unshare, "sh", "-c", mount, size, str(directory))


def test_a_disk_without_space_is_named(start: Callable[..., Supervised], tmp_path: Path) -> None:
    small = mounted("1m", tmp_path / "disk")
    assert "has no space left: free 100 MB there" in refused(start(tmp_path / "disk" / "data", prefix=small))


def test_a_read_only_disk_is_named(start: Callable[..., Supervised], tmp_path: Path) -> None:
    prefix = mounted("1m,ro", tmp_path / "disk")
    assert "cannot be written (Read-only file system)" in refused(start(tmp_path / "disk" / "data", prefix=prefix))


def test_a_disk_that_fills_up_loses_nothing_and_is_recovered_from(
    start: Callable[..., Supervised], tmp_path: Path
) -> None:
    one = start(tmp_path / "disk" / "data", prefix=mounted("110m", tmp_path / "disk"), kinds={}).until_ready()
    root = Path(f"/proc/{one.process.pid}/root")  # its mounts, seen from here
    seen = Settings(data_dir=root / one.settings.data_dir.relative_to("/"))
    put(seen, "before")
    filler = seen.data_dir / "filler"
    fill(filler)
    with client(seen) as store, pytest.raises(redis.RedisError):
        for key in range(100):
            store.set(f"full{key}", "x" * 10_000)
    eventually(lambda: "valkey ended" in one.text)
    filler.unlink()
    eventually(lambda: can_put(seen))
    assert kept(seen, "before")
    assert one.stop() == 0


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, pytest.raises(OSError) as full:
        while True:
            file.write(bytes(65536))
    assert full.value.errno == errno.ENOSPC


def can_put(settings: Settings) -> bool:
    try:
        put(settings, "after")
    except redis.RedisError:
        return False
    return True


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_only_this_user_reaches_the_socket(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    path = broker.socket_path(one.settings)
    assert path == one.settings.data_dir / "run" / "valkey.sock"
    assert (mode(path), mode(path.parent), mode(broker.data(one.settings))) == (0o700, 0o700, 0o700)
    with client(one.settings) as store:
        wanted = {"port": "0", "appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
        assert {name: store.config_get(name)[name] for name in wanted} == wanted


def test_a_long_or_odd_data_dir_works(start: Callable[..., Supervised], tmp_path: Path) -> None:
    one = start(tmp_path / ("lång väg " * 10) / ("x" * 100)).until_ready()
    path = broker.socket_path(one.settings)
    assert len(os.fsencode(path)) < 104 and mode(path) == mode(path.parent) == 0o700
    put(one.settings, "job")
    assert one.stop() == 0
    assert not path.parent.exists()


def test_a_socket_directory_somebody_else_can_enter_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / ("x" * 120))
    directory = broker.socket_path(settings).parent
    directory.mkdir(mode=0o755)
    try:
        with pytest.raises(CannotStart, match="not a directory that only this user can enter"):
            checks.own_socket_directory(settings)
        directory.rmdir()
        directory.symlink_to(tmp_path)
        with pytest.raises(CannotStart, match="not a directory"):
            checks.own_socket_directory(settings)
    finally:
        directory.unlink()


def test_the_lock_of_a_supervisor_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    checks.prepare(settings)
    (tmp_path / "run" / "lock").write_text("1\n")
    again = checks.only_one(settings)
    with checks.only_one(settings), pytest.raises(CannotStart, match=f"process {os.getpid()}"):
        again.__enter__()
    assert not (tmp_path / "run" / "lock").exists()


def test_the_address_is_one_this_machine_can_open() -> None:
    assert address(Settings(host="0.0.0.0", port=80)) == "http://127.0.0.1:80"
    assert address(Settings(host="::", port=80)) == "http://[::1]:80"
    assert address(Settings(host="10.0.0.1", port=80)) == "http://10.0.0.1:80"
    assert not http_ok(Settings(host="127.0.0.1", port=free_port()), "/")


def test_a_given_redis_url_is_used_as_it_is() -> None:
    assert redis_url(Settings(redis_url="redis://cache:6379/1")) == "redis://cache:6379/1"


def test_the_server_is_found_in_its_wheel(tmp_path: Path) -> None:
    child = valkey(Settings(data_dir=tmp_path))
    assert isinstance(child, Child) and child.argv[0].endswith("valkey-server")
    assert os.access(child.argv[0], os.X_OK)


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
        eventually(lambda: not [pid for pid in watched if pid in alive([leader])], seconds=3)
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
    eventually(lambda: not alive([child]), seconds=3)


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    orphan = door("from utils.processes import die_with_parent; die_with_parent(parent=2**22); print('lives')")
    assert orphan.communicate(timeout=WAIT)[0] == "" and orphan.returncode == -signal.SIGKILL


def test_a_program_that_is_not_there_is_named() -> None:
    code = f"from utils import processes; processes.main(['{os.getpid()}', '--', '/no/such/program'])"
    missing = door(code, stderr=subprocess.PIPE)
    assert "/no/such/program cannot be started: No such file" in missing.communicate(timeout=WAIT)[1]
    assert missing.returncode == 127
