"""What keeps jobs alive when processes die, and removes what is left behind. Any number may run at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from services.blobs import BlobStore
from services.errors import ProcessingTimeout, WorkerLost
from services.jobs.ports import Count, Publish
from services.jobs.settlement import Settlement
from services.jobs.store.reader import JobReader
from services.jobs.store.upkeep import Upkeep

log = logging.getLogger(__name__)

LEASE = 5.0
"""Seconds that a worker may be silent before its units go to others; renewed every second."""

TRIES = 3
"""How many workers a unit may lose before its job is given up."""

SLACK = LEASE + 2.0
"""A unit that ran longer than the hard limit less this many seconds was ended by it, not by an accident.

The limit is counted by somebody else, from a moment before the claim; and a worker that dies is missed a lease later.
"""

FORGOTTEN_AFTER = 5.0
"""Seconds that a unit has waited before messages are sent for those that lack one."""

LEFTOVER_AFTER = 3600.0
"""Seconds after which blobs without a job are removed."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """`queue` is the broker's list of messages, `limit` the hard time limit of a unit in seconds."""

    upkeep: Upkeep
    reader: JobReader
    settlement: Settlement
    blobs: BlobStore
    publish: Publish
    count: Count
    queue: str
    limit: float

    def keep_alive(self, worker: str, pids: Iterable[int]) -> None:
        """Renew what this worker's living processes hold; what its dead ones held is lost at once."""
        self.upkeep.renew(worker, LEASE, pids)

    def recover(self) -> None:
        """Bring back every unit that nobody works on any more."""
        for unit in self.upkeep.lost():
            outcome = self.upkeep.requeue_lost(unit, TRIES, self.limit - SLACK)
            if outcome != "kept":
                self.count("ocr_units_lost")
            if outcome == "again":
                log.warning("unit was lost, it is queued again", extra={"unit": str(unit)})
                self.publish()
            elif outcome != "kept":
                self.settlement.fail(unit.job_id, WorkerLost() if outcome == "lost" else ProcessingTimeout())
        for _ in range(self.upkeep.due() + self.upkeep.forgotten(self.queue, FORGOTTEN_AFTER)):
            self.publish()
        self.settlement.settle_all()

    def stuck(self, worker: str) -> bool:
        """Whether messages wait while this worker runs nothing; for a moment that is so before each is taken."""
        return self.upkeep.is_idle_with_messages(worker, self.queue)

    def leave(self, worker: str) -> None:
        """A worker was told to end."""
        self.upkeep.leaving(worker)

    def clean(self, seconds: float = 0) -> None:
        """Remove files of expired jobs, then blobs that belong to no job; once in `seconds`, by whoever asks."""
        if not self.upkeep.my_turn("clean", seconds):
            return
        for job_id in self.upkeep.expired(time.time()):
            if self.upkeep.bury(job_id):
                self.blobs.delete(job_id)
        for folder in self.blobs.folders(LEFTOVER_AFTER):
            if not self.reader.has_files(folder):
                self.blobs.delete(folder)
