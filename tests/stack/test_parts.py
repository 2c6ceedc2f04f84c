"""Web and worker as processes of their own, as containers run them: `python app.py web`, `python app.py worker`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import ROOT
from services.operations.probe import running
from tests.support.stack import Stack, broker


@dataclass(frozen=True)
class Parts:
    """One service in two processes."""

    web: Stack
    worker: Stack


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("parts")
    with (
        broker(folder / "broker") as store,
        broker(folder / "spool", "--appendonly", "no", "--save", "") as spool,
    ):
        env = {"OCR_ENGINE": "null", "REDIS_URL": store.url, "SPOOL_URL": spool.url, "RATE_LIMIT_ENABLED": "false"}
        found = Parts(Stack(folder / "data", env, ("web",)), Stack(folder / "data", env, ("worker",)))
        try:
            found.worker.start(ready=False)
            found.web.start()
            yield found
        finally:
            found.web.stop()
            found.worker.stop()


def probe(stack: Stack, *parts: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **stack.env, "DATA_DIR": str(stack.data), "HOST": "127.0.0.1", "PORT": str(stack.port)}
    command = [sys.executable, "-m", "services.operations.probe", *parts]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def start(*parts: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": "/usr/bin:/bin", "OCR_ENGINE": "null", **env}
    command = [sys.executable, "app.py", *parts]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=60, check=False)


def test_web_and_worker_in_two_processes_read_an_upload(parts: Parts) -> None:
    assert parts.web.text_of(parts.web.finished(parts.web.submit("apart"))["job_id"]) == "apart"
    assert parts.web.process and parts.worker.process
    assert parts.web.process.pid != parts.worker.process.pid


def test_a_passport_goes_from_one_to_the_other_through_the_spool(parts: Parts) -> None:
    assert parts.web.upload("nothing to see", "/scan-mrz").status_code == 422


@pytest.mark.parametrize("part", ["web", "worker"])
def test_the_health_check_finds_each_part_well(parts: Parts, part: str) -> None:
    answer = probe(parts.web, part)
    assert (answer.returncode, answer.stdout) == (0, "well\n")


def test_the_health_check_says_what_is_wrong(tmp_path: Path) -> None:
    with broker(tmp_path / "broker") as server:
        answer = probe(Stack(tmp_path, {"REDIS_URL": server.url}), "web", "worker")
    assert answer.returncode == 1
    assert "nothing answers at port" in answer.stdout and "no worker of this host" in answer.stdout


def test_the_health_check_knows_a_missing_broker(tmp_path: Path) -> None:
    answer = probe(Stack(tmp_path, {"REDIS_URL": "redis://127.0.0.1:1/0"}), "worker")
    assert answer.returncode == 1 and "broker does not answer" in answer.stdout


def test_a_worker_is_not_started_again_because_the_broker_is_away(tmp_path: Path) -> None:
    assert probe(Stack(tmp_path, {"REDIS_URL": "redis://127.0.0.1:1/0"}), "worker-alive").returncode == 0
    with broker(tmp_path / "broker") as server:
        answer = probe(Stack(tmp_path, {"REDIS_URL": server.url}), "worker-alive")
    assert answer.returncode == 1 and "no worker of this host" in answer.stdout


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("/usr/bin/tini -- python app.py", ("web", "worker")),
        ("/usr/bin/tini -- python app.py web", ("web",)),
        ("python app.py worker", ("worker",)),
        ("/pause", ("web", "worker")),
    ],
)
def test_a_container_is_asked_for_what_it_runs(command: str, asked: tuple[str, ...]) -> None:
    assert running(command.replace(" ", "\0").encode() + b"\0") == asked


def test_a_part_alone_asks_for_a_shared_server(tmp_path: Path) -> None:
    answer = start("worker", DATA_DIR=str(tmp_path))
    assert answer.returncode == 1 and "set REDIS_URL" in answer.stderr and answer.stderr.count("\n") == 1


def test_an_unknown_part_is_told_the_known_ones() -> None:
    answer = start("beat")
    assert answer.returncode == 1 and "web or worker" in answer.stderr and answer.stderr.count("\n") == 1


def test_a_part_does_not_start_without_its_server(tmp_path: Path) -> None:
    answer = start("web", DATA_DIR=str(tmp_path), REDIS_URL="redis://127.0.0.1:1/0")
    assert answer.returncode == 1 and "REDIS_URL" in answer.stderr and answer.stderr.count("\n") == 1
