"""The real service for tests: `python app.py` with its own data directory and port, as a user would run it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import redis
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from config import ROOT
from services.embedded.broker import answers, binary
from services.ocr.engines import null
from tests.support.faults.engines.faulty import go_file, tries_file

START_SECONDS = 90
JOB_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def picture(text: str) -> bytes:
    """A PNG that the null engine reads as `text`."""
    out = BytesIO()
    Image.fromarray(null.encode(text)).save(out, "PNG")
    return out.getvalue()


def document(texts: Sequence[str]) -> bytes:
    """A TIFF whose pages the null engine reads as `texts`."""
    out = BytesIO()
    first, *rest = (Image.fromarray(null.encode(text)) for text in texts)
    first.save(out, "TIFF", save_all=True, append_images=rest)
    return out.getvalue()


class Try(NamedTuple):
    """One call of the faulty engine: who, and when by time.time()."""

    pid: int
    at: float


@dataclass
class Stack:
    """A running service, or with `part` only that of it. `restart` starts it again on the same data."""

    data: Path
    env: Mapping[str, str]
    part: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "service.log"

    def start(self, *, ready: bool = True) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        own = {"DATA_DIR": str(self.data), "HOST": "127.0.0.1", "PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py", *self.part],
                cwd=ROOT,
                env={**os.environ, **own, **self.env},
                stdout=log,
                stderr=log,
            )
        if ready:
            self.wait_ready()

    def wait_ready(self) -> None:
        def is_ready() -> bool:
            assert self.process and self.process.poll() is None, self.tail()
            return self.status_of("/health/ready") == 200

        eventually(is_ready, START_SECONDS, self.tail)

    def status_of(self, path: str) -> int:
        try:
            return self.get(path, timeout=5).status_code
        except httpx.HTTPError:
            return 0

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self) -> None:
        """SIGKILL to the supervisor alone; what it started has to end by itself."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def children(self, word: str) -> list[psutil.Process]:
        """The processes of this service whose command line has `word`, parents before children."""
        assert self.process
        found = psutil.Process(self.process.pid).children(recursive=True)
        return sorted((p for p in found if word in " ".join(_cmdline(p))), key=lambda p: p.create_time())

    def client(self, **kwargs: Any) -> httpx.Client:
        """Without certificates, which take most of the time that a client takes to be made."""
        return httpx.Client(base_url=self.url, timeout=60, verify=False, **kwargs)

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        with self.client() as client:
            return client.get(path, **kwargs)

    def upload(self, text: str, path: str = "/ocr/image", **kwargs: Any) -> httpx.Response:
        """Send a picture of `text`."""
        with self.client() as client:
            return client.post(path, files={"file": ("scan.png", picture(text))}, **kwargs)

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.data / "run" / "valkey.sock"), decode_responses=True)

    def submit(self, text: str) -> str:
        """Upload a picture of `text`; the id of its job."""
        answer = self.upload(text)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def text_of(self, job_id: str) -> str:
        """The text of a completed job."""
        answer = self.get(f"/ocr/job/{job_id}/result")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["text"])

    def samples(self) -> dict[tuple[str, ...], float]:
        """What /metrics says: the value by the name of the sample and its labels' values, in the labels' order."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}

    def tries(self, text: str) -> list[Try]:
        """How often and where the faulty engine met the page of `text`."""
        path = tries_file(Path(self.env["FAULTS_DIR"]), text)
        lines = path.read_text().splitlines() if path.exists() else []
        return [Try(int(pid), float(at)) for pid, at in (line.split() for line in lines)]

    def tried(self, text: str, times: int = 1, seconds: float = JOB_SECONDS) -> Try:
        """The page's n-th try, as soon as it has begun."""
        eventually(lambda: len(self.tries(text)) >= times, seconds, self.tail)
        return self.tries(text)[times - 1]

    def let_go(self, text: str) -> None:
        """End what the page of `text` asked for, which was HOLD."""
        go_file(Path(self.env["FAULTS_DIR"]), text).touch()

    def logged(self) -> list[dict[str, Any]]:
        """The lines of the log that are JSON."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-6000:]

    def finished(self, job_id: str, seconds: float = JOB_SECONDS) -> dict[str, Any]:
        """The job when it has ended."""
        deadline = time.monotonic() + seconds
        with self.client() as client:
            while time.monotonic() < deadline:
                try:
                    answer = client.get(f"/ocr/job/{job_id}", params={"wait": 5})
                except httpx.TransportError:
                    answer = httpx.Response(503)
                if answer.status_code == 200:
                    return dict(answer.json())
                assert answer.status_code in (202, 503), answer.text
                if answer.status_code == 503:
                    time.sleep(0.5)
        raise AssertionError(f"job {job_id} has not ended in {seconds} s\n{self.tail()}")


def _cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def eventually(holds: Any, seconds: float, why: Any = lambda: "") -> None:
    """Wait until `holds()` is true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not true within {seconds} s: {why()}"
        time.sleep(0.1)


@contextmanager
def running(data: Path, **env: str) -> Iterator[Stack]:
    """A service with these settings, ready to serve, stopped at the end."""
    stack = Stack(data, {"OCR_ENGINE": "null", "RATE_LIMIT_ENABLED": "false", "LOG_LEVEL": "INFO", **env})
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@contextmanager
def faulty(data: Path, **env: str) -> Iterator[Stack]:
    """A service whose engine misbehaves on command: see `tests/support/faults/engines/faulty.py`."""
    faults = data.parent / f"{data.name}.tries"
    faults.mkdir(parents=True)
    known = {"PYTHONPATH": str(ROOT / "tests" / "support" / "faults" / "site"), "FAULTS_DIR": str(faults)}
    with running(data, **{"OCR_ENGINE": "faulty", **known, **env}) as stack:
        yield stack


@dataclass
class Broker:
    """A Valkey of the test's own on 127.0.0.1. It keeps its data in `folder` when it is stopped, unless `more` says no.

    `more` are arguments for the server.
    """

    folder: Path
    more: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "appendonly": "yes"}
        words = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen([str(binary()), *words, *self.more], stdout=subprocess.DEVNULL)
        eventually(lambda: answers(self.url), 10)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


@contextmanager
def broker(folder: Path, *more: str) -> Iterator[Broker]:
    """An external broker, running, and stopped at the end."""
    server = Broker(folder, more)
    try:
        server.start()
        yield server
    finally:
        server.stop()
