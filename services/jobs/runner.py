"""The worker's side of a job: take a unit, read its pages, end the job or hand it on."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO

from services.document.json import write_page
from services.document.model import Document, Page
from services.errors import BadInput, Failure, JobExpired, ProcessingTimeout, QuotaExceeded, ServiceError, UnknownJob
from services.jobs import results
from services.jobs.files import Files
from services.jobs.housekeeping import LEASE
from services.jobs.interruption import Cancelled, Interruption, OutOfTime
from services.jobs.model import Job
from services.jobs.pace import Pace
from services.jobs.ports import Publish
from services.jobs.reading import DocumentReader, Reading, common_failure
from services.jobs.settlement import Settlement
from services.jobs.store.endings import is_ours
from services.jobs.store.intake import used_up
from services.jobs.store.queue import UnitQueue
from services.jobs.store.reader import JobReader
from services.jobs.units import Unit, ranges
from utils import logs

log = logging.getLogger(__name__)

RETRIES = 3
"""How often a unit is tried again after a failure that may pass, after 1, 2 and 4 seconds."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The queue as a worker's process sees it: its units, the records of their jobs, and how fast pages are read.

    `publish` calls for another process. A unit has `pages_per_unit` pages of a document at most.
    """

    queue: UnitQueue
    records: JobReader
    publish: Publish
    pace: Pace
    pages_per_unit: int


class Runner:
    """Runs units one after the other in one worker process, which `interruption` names and breaks off."""

    def __init__(
        self,
        dispatch: Dispatch,
        files: Files,
        settlement: Settlement,
        reader: DocumentReader,
        interruption: Interruption,
    ) -> None:
        self._dispatch = dispatch
        self._files = files
        self._settlement = settlement
        self._reader = reader
        self.interruption = interruption

    def run(self) -> None:
        """Run the unit whose turn it is. Nothing happens if none waits: there may be more messages than units.

        Whatever is raised from here means that the unit could be neither ended nor given back: this process holds it
        for as long as it lives.
        """
        logs.request_id.set(None)
        logs.job_id.set(None)
        taken = self._dispatch.queue.next(self.interruption.holder, LEASE)
        if taken is None:
            log.debug("no unit waits")
            return
        unit, tried = taken
        logs.job_id.set(unit.job_id)
        most = RETRIES
        try:
            job = self._dispatch.records.read(unit.job_id)
            most = 0 if job.handling.in_memory else RETRIES  # nothing of it is kept that another try could start from
            self._work(job, unit, final=tried > most)
        except Cancelled:
            log.info("unit was stopped", extra={"unit": str(unit)})
        except OutOfTime:
            self._fail(unit, ProcessingTimeout())
        except BadInput as error:
            self._fail(unit, error)
        except QuotaExceeded:
            self._fail(unit, used_up(job))
        except (UnknownJob, JobExpired):
            log.info("job is gone", extra={"unit": str(unit)})
        except Exception as error:
            self._failed_once(unit, tried, most, error)
        self._dispatch.queue.release(unit, self.interruption.holder)

    def _failed_once(self, unit: Unit, tried: int, most: int, error: Exception) -> None:
        log.exception("unit failed", extra={"unit": str(unit), "attempt": tried})
        if tried <= most:
            self._dispatch.queue.rest(unit, 2 ** (tried - 1))
        else:
            self._fail(unit, error if isinstance(error, ServiceError) else Failure())

    def _fail(self, unit: Unit, error: ServiceError) -> None:
        self._settlement.fail(unit.job_id, error)

    def _work(self, job: Job, unit: Unit, *, final: bool) -> None:
        logs.request_id.set(job.sender.request_id)
        with ExitStack() as stack:
            path = stack.enter_context(self._files.of(job).local(job.upload_key))
            with self.interruption.allowed(job.id):
                reading = stack.enter_context(self._reader.open(path, job.upload.media_type, job.options))
            if not (job.handling.in_memory or unit.is_range) and len(reading.numbers) > self._dispatch.pages_per_unit:
                self._split(job, reading.numbers)
                return
            pages = self._pages(job, unit, reading, final=final)
            if pages is None:
                return
            with self.interruption.allowed(job.id):
                document = reading.document(pages)
        self._complete(job, reading, document)

    def _split(self, job: Job, numbers: tuple[int, ...]) -> None:
        units = ranges(job.id, numbers, self._dispatch.pages_per_unit)
        if self._dispatch.queue.split(job.id, len(numbers), units):
            self._dispatch.pace.opened(len(numbers))
            for _ in units:
                self._dispatch.publish()

    def _pages(self, job: Job, unit: Unit, reading: Reading, *, final: bool) -> list[Page] | None:
        """All pages of the job. None where others are still to be read by other processes, or the job has ended."""
        if job.handling.in_memory:
            return [self._page(job, reading, number, final=True) for number in reading.numbers]
        read = self._read_missing(job, unit, reading, final=final)
        return None if read is None else self._joined(job, reading, read)

    def _read_missing(self, job: Job, unit: Unit, reading: Reading, *, final: bool) -> list[Page] | None:
        """Read and keep those of the unit that no earlier try has read. None where the job has ended meanwhile."""
        wanted = [n for n in reading.numbers if not unit.is_range or unit.first <= n <= unit.last]
        if not unit.is_range:
            self._dispatch.queue.set_total(job.id, len(wanted))
            if job.handling.document:
                self._dispatch.pace.opened(len(wanted))
        there = self._dispatch.records.page_numbers(job.id)
        began, read = time.monotonic(), list[Page]()
        for number in (number for number in wanted if number not in there):
            page = self._page(job, reading, number, final=final)
            if self._dispatch.queue.save_page(job.id, number, write_page(page)) < 0:
                return None
            read.append(page)
        self._dispatch.pace.read_pages(job, time.monotonic() - began, len(read))
        return read

    def _page(self, job: Job, reading: Reading, number: int, *, final: bool) -> Page:
        with self.interruption.allowed(job.id):
            return reading.page(number, final=final)

    def _joined(self, job: Job, reading: Reading, read: Sequence[Page]) -> list[Page] | None:
        """The pages just read with those that other processes and earlier tries have kept; None until all are there.

        Nor are they where another process has joined them and ended the job.
        """
        if len(self._dispatch.records.page_numbers(job.id)) < len(reading.numbers):
            return None
        others = sorted({*reading.numbers} - {page.number for page in read})
        kept = self._dispatch.records.some_pages(job.id, others)
        return [*read, *map(self._reader.kept, kept)] if len(kept) == len(others) else None

    def _complete(self, job: Job, reading: Reading, document: Document) -> None:
        if error := common_failure(document.pages):
            self._settlement.finish(job.id, error)
            return
        with self.interruption.allowed(job.id):
            result = results.dump(reading.result(document))
        self._files.of(job).put(job.result_key, BytesIO(result))
        lost = sum(is_ours(page.failure.code) for page in document.pages if page.failure)
        if not self._settlement.finish(job.id, lost=lost) and not self._dispatch.records.has_files(job.id):
            self._files.remove(job)  # it had been cancelled or deleted by then, not ended by another process
