"""The services that keep jobs, without web or workers: for tests that play those themselves, on a real Valkey."""

from __future__ import annotations

import time
from io import BytesIO

from redis import Redis

from services.blobs.filesystem import FilesystemBlobs
from services.jobs.files import Files
from services.jobs.housekeeping import Housekeeping
from services.jobs.hub import Hub
from services.jobs.jobs import Jobs
from services.jobs.model import Handling, Job, Options, Sender, Times, Upload, new_id
from services.jobs.owned import OwnedJobs
from services.jobs.ports import Publish
from services.jobs.settlement import Settlement
from services.jobs.store.endings import Endings
from services.jobs.store.failures import Failures
from services.jobs.store.figures import Figures
from services.jobs.store.intake import Intake
from services.jobs.store.queue import UnitQueue
from services.jobs.store.reader import JobReader
from services.jobs.store.upkeep import Upkeep
from services.jobs.units import Unit
from services.redis import keys
from services.spool import Spool

LIMIT = 100.0
"""The hard time limit of a unit in seconds."""

QUEUE = "ocr"
HERE = "worker-a/1"
"""A process of worker-a."""

ANONYMOUS = Sender("anonymous", "request")

NO_SPOOL = Spool("unix:///nowhere")
"""For jobs that are not in memory."""


class Roles:
    """All who work with the records of one server. Ended jobs are kept for so many seconds, `most` may wait."""

    def __init__(self, client: Redis, *, keep: int = 1000, most: int = 0) -> None:
        self.redis = client
        self.intake = Intake(client, most=most)
        self.queue = UnitQueue(client)
        self.endings = Endings(client, keep=keep, cache_ttl=1000)
        self.upkeep = Upkeep(client)
        self.failures = Failures(client, keep=keep)
        self.reader = JobReader(client)
        self.owned = OwnedJobs(client)
        self.figures = Figures(client)


class House(Roles):
    """They, their housekeeping, and how many messages were sent."""

    def __init__(self, client: Redis, blobs: FilesystemBlobs, *, keep: int = 1000, most: int = 0) -> None:
        super().__init__(client, keep=keep, most=most)
        self.blobs = blobs
        self.calls = 0

    @property
    def settlement(self) -> Settlement:
        return Settlement(self.endings, self.reader, self.blobs)

    @property
    def keeping(self) -> Housekeeping:
        parts = self.upkeep, self.reader, self.settlement, self.blobs
        return Housekeeping(*parts, self.call, lambda *labels: None, QUEUE, LIMIT)

    @property
    def jobs(self) -> Jobs:
        return new_jobs(self, self.call)

    def call(self) -> None:
        self.calls += 1

    def take(self, holder: str = HERE, lease: float = 5) -> tuple[Unit, int] | None:
        """The next unit, and the number of its try."""
        return self.queue.next(holder, lease)

    def accept(self, key: str | None = None, *, keep: float = 1000) -> Job:
        """A job that waits; with an upload of its own."""
        job = new_job(key, keep)
        self.blobs.put(job.upload_key, BytesIO(b"upload"))
        self.intake.accept(job)
        return job

    def complete(self, job: Job) -> None:
        self.blobs.put(job.result_key, BytesIO(b"result"))
        assert self.endings.finish(job.id)

    def arrived(self, ago: float) -> None:
        """Make it look as if all that waits had come so many seconds ago."""
        for unit in self.redis.zrange(keys.ARRIVED, 0, -1):  # type: ignore[union-attr]
            self.redis.zadd(keys.ARRIVED, {unit: time.time() - ago})

    def ran(self, job: Job, seconds: float, *, ago: float = 0.0) -> None:
        """Make it look as if the job's process, which is gone, had run it for so long until so long ago."""
        taken = self.take()
        assert taken and taken[0] == Unit(job.id)
        gone = time.time() - ago
        self.redis.hset(keys.HOLDERS, job.id, f"{HERE}|{gone - seconds}")
        self.redis.zadd(keys.RUNNING, {job.id: gone})


def new_jobs(house: House, publish: Publish) -> Jobs:
    return Jobs(
        house.intake,
        house.reader,
        house.owned,
        house.settlement,
        Files(house.blobs, NO_SPOOL),
        publish,
        lambda options: ("test",),
        lambda *labels: None,
        keep=1000,
        room=lambda: 5,
        hub=Hub(house.redis),
    )


def new_job(
    key: str | None = None,
    keep: float = 1000,
    *,
    sender: Sender = ANONYMOUS,
    created_at: float | None = None,
    tier: str = "balanced",
    in_memory: bool = False,
    document: bool = False,
) -> Job:
    """A job with a cache key of its own unless `key` names one."""
    now, job_id = time.time() if created_at is None else created_at, new_id()
    return Job(
        job_id,
        sender,
        Upload("a.png", 6, "0" * 64, "image/png"),
        Options(("en",), tier, 300),
        Times(now, now + keep),
        Handling(job_id if key is None else key, in_memory, document),
    )
