"""A unit that runs too long is broken off where nothing is half done: `tasks.ocr` in this process, on a real Valkey."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
import redis

from config import Settings
from services.blobs.filesystem import FilesystemBlobs
from services.document import Line
from services.jobs.broker import whole
from services.jobs.model import Job, Options, Upload, new_id
from services.jobs.pace import Pace
from services.jobs.runner import Runner
from services.jobs.stops import Stops
from services.jobs.store import JobStore
from services.ocr.engines import Pixels, ReadOptions, null
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.spool import Spool
from tasks import ocr, stopping
from tests.stack import broker, picture

OURS = (signal.SIGUSR1, signal.SIGALRM, stopping.SIGNAL)
LONG = 20.0
"""Seconds after which nothing is waited for any longer."""


class Talking:
    """An engine that is told that its time is up amid a command to a server, and then reads for ever."""

    def __init__(self) -> None:
        self.answered = False
        self.broken_off = False

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        with whole():
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(4 * ocr.AGAIN)
            self.answered = True
        try:
            time.sleep(LONG)
        except BaseException:
            self.broken_off = True
            raise
        return []


@pytest.fixture
def client(tmp_path: Path) -> Iterator[redis.Redis]:
    with broker(tmp_path / "valkey") as server, server.client() as connected:
        yield connected


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The signals of the tests' process as they were."""
    before = {sent: signal.getsignal(sent) for sent in OURS}
    yield
    for sent, handler in before.items():
        signal.signal(sent, handler)


@pytest.fixture(autouse=True)
def alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker's child would end, the test fails and shows why, rather than take its process with it."""
    monkeypatch.setattr(os, "_exit", lambda code: pytest.fail(f"the process would have ended with {code}"))


def test_a_unit_is_not_broken_off_amid_a_command_but_soon_after(client: redis.Redis, tmp_path: Path) -> None:
    """Or the connection would have the answer of one command in it, and give it to the next."""
    store, blobs, engine = JobStore(client, keep=1000, cache_ttl=0), FilesystemBlobs(tmp_path / "blobs"), Talking()
    now, job_id = time.time(), new_id()
    upload, options = Upload("a.png", 6, "0" * 64, "image/png"), Options(("en",), "balanced", 300)
    job = Job(job_id, "anonymous", upload, options, job_id, "request", now, now + 1000)
    blobs.put(job.upload_key, BytesIO(picture("text")))
    store.accept(job)
    ocr.load(
        Runner(
            store,
            blobs,
            Spool("unix:///nowhere"),
            Pipeline(engine, Limits.of(Settings())),
            null.describe(Settings()),
            {},
            lambda: None,
            lambda *labels: None,
            Pace(client),
            Stops(client).stopping,
            holder="worker/1",
            pages_per_unit=4,
        )
    )
    ocr.run()
    assert engine.answered and engine.broken_off
    error = store.read(job_id).error
    assert error and error.code == "processing_timeout"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0), "or the next unit would be hit"
