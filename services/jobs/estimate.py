"""When a job will be done, judged by how long pages took lately and by what stands before it in the queue."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from services.errors import BrokerUnavailable
from services.jobs.model import Job
from services.jobs.pace import Pace
from services.jobs.store.figures import Figures
from services.jobs.workers import WorkerRegistry

SOONEST, LATEST = 5, 120
"""Bounds in seconds of what a client is told to wait for room in the queue."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`part` is how many pages of a document one process reads at a time."""

    figures: Figures
    pace: Pace
    workers: WorkerRegistry
    part: int

    def seconds(self, job: Job) -> int | None:
        """Until the job ends, 0 if it has. None where no page was read yet to judge by, and while the broker is away:
        an accepted job stays accepted.
        """
        if job.ended:
            return 0
        with suppress(BrokerUnavailable):
            return self._seconds(job)
        return None

    def _seconds(self, job: Job) -> int | None:
        known = self.pace.known()
        any_page, own_page = known.page, known.seconds(job)
        if any_page is None or own_page is None:
            return None
        typical = known.document if job.handling.document else 1.0
        ahead = self.figures.ahead(job, typical)
        left = max(1.0, (ahead.total or typical) - ahead.done)
        shared = (ahead.pages * any_page + left * own_page) / self._processes()
        return max(1, ceil(max(shared, min(left, self.part) * own_page)))

    def room(self) -> int:
        """Seconds after which to try again where the queue is full: what it takes to read it, within bounds."""
        with suppress(BrokerUnavailable):
            if page := self.pace.known().page:
                return min(LATEST, max(SOONEST, ceil(self.figures.waiting() * page / self._processes())))
        return SOONEST

    def _processes(self) -> int:
        return max(1, sum(len(worker.loaded) for worker in self.workers.all()))
