"""`python -m tests.support.faults.out_of_time URL FOLDER`: runs one unit, by an engine whose time is up amid a command.

It is a process with signals of its own, as a worker's child is: what ends it ends nobody else.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import redis

from config import Settings
from services.blobs.filesystem import FilesystemBlobs
from services.document.model import Line
from services.jobs.files import Files
from services.jobs.interruption import Interruption
from services.jobs.pace import Pace
from services.jobs.reading import DocumentReader
from services.jobs.runner import Dispatch, Runner
from services.jobs.settlement import Settlement
from services.jobs.stops import Stops
from services.jobs.store.endings import Endings
from services.jobs.store.queue import UnitQueue
from services.jobs.store.reader import JobReader
from services.ocr.engine import Pixels, ReadOptions
from services.ocr.engines import null
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.redis.connection import whole
from services.spool import Spool
from tasks import ocr

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


def main(url: str, folder: str) -> None:
    """Prints what the engine has seen of it, and whether the timer is off."""
    client, engine = redis.Redis.from_url(url, decode_responses=True), Talking()
    reader, blobs = JobReader(client), FilesystemBlobs(Path(folder))
    ocr.load(
        Runner(
            Dispatch(UnitQueue(client), reader, lambda: None, Pace(client), pages_per_unit=4),
            Files(blobs, Spool("unix:///nowhere")),
            Settlement(Endings(client, keep=1000, cache_ttl=0), reader, blobs),
            DocumentReader(
                Pipeline(engine, Limits.of(Settings())), null.describe(Settings()), {}, lambda *labels: None
            ),
            Interruption("worker/1", Stops(client).stopping),
        )
    )
    ocr.run()
    off = signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    print(*(word for word, holds in vars(engine).items() if holds), *(["off"] if off else []))


if __name__ == "__main__":
    main(*sys.argv[1:])
