"""The supervisor with a real Valkey and small fake children, started, hurt and stopped as real processes."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis

from config import Settings
from services.embedded import broker, redis_url
from tests.support.stack import eventually, free_port
from tests.support.supervised import WAIT, Supervised, alive, client, kept, put


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
    for supervised in started:
        supervised.process.kill()
        supervised.process.wait()


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
    eventually((one.settings.data_dir / "run" / "lock").exists, WAIT)
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
    eventually(lambda: alive(sessions) == [], 10)


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
    eventually(lambda: "valkey ended (killed by SIGKILL)" in one.text, WAIT)
    eventually(lambda: kept(one.settings, "job"), WAIT)
    assert [one.forked("worker"), one.forked("web")] == others
    assert one.stop() == 0


def test_a_killed_child_is_replaced_and_its_own_children_go_with_it(start: Callable[..., Supervised]) -> None:
    one = start().until_ready()
    old = one.forked("worker")
    os.kill(old[0], signal.SIGKILL)
    eventually(lambda: one.forked("worker") != old, WAIT)
    assert alive(old) == []
    assert one.stop() == 0


def test_a_child_that_never_comes_up_stops_everything(start: Callable[..., Supervised]) -> None:
    one = start(kinds={"worker": "crash", "web": "serve"})
    eventually(lambda: (one.settings.data_dir / "web.pids").exists(), WAIT)
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
    eventually(lambda: "valkey ended" in one.text, WAIT)
    filler.unlink()
    eventually(lambda: can_put(seen), WAIT)
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
