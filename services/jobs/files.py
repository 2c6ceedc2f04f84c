"""Where the uploads and results of jobs are."""

from __future__ import annotations

from dataclasses import dataclass

from services.blobs import BlobStore, Shelf
from services.jobs.model import Job
from services.spool import Spool


@dataclass(frozen=True, slots=True)
class Files:
    """Those of jobs in memory are in the `spool`, all others in `blobs`."""

    blobs: BlobStore
    spool: Spool

    def of(self, job: Job) -> Shelf:
        """What this job's upload and result are put on."""
        return self.spool if job.handling.in_memory else self.blobs

    def remove(self, job: Job) -> None:
        """Leave neither upload nor result of this job."""
        if job.handling.in_memory:
            self.spool.delete(job.upload_key, job.result_key)
        else:
            self.blobs.delete(job.id)
