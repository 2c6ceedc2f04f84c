"""When a job will be done, judged by how long pages took so far."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from services.jobs.model import Job
from services.jobs.store import JobStore
from services.metrics import Metrics
from services.workers import WorkerRegistry

STAGE = "ocr_stage_seconds|recognise"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Raises BrokerUnavailable."""

    store: JobStore
    metrics: Metrics
    workers: WorkerRegistry

    def seconds(self, job: Job) -> int | None:
        """Until the job ends, 0 if it has. None where no page has been read yet to judge by."""
        if job.ended:
            return 0
        series = self.metrics.read()
        pages = sum(value for name, value in series.items() if name.startswith(f"{STAGE}|") and not _is_sum(name))
        if not pages:
            return None
        ahead = self.store.queue_position(job.id) or 0
        processes = sum(len(worker.loaded) for worker in self.workers.all())
        rounds = ceil(ahead / max(1, processes)) or 1
        return ceil(rounds * series[f"{STAGE}|sum"] / pages)


def _is_sum(name: str) -> bool:
    return name.endswith("|sum")
