"""The worker's side of a job: take a unit, read its pages, end the job or hand it on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from io import BytesIO

from services.blobs import BlobStore, Shelf
from services.document.findings import Findings
from services.document.json import read_page, write_page
from services.document.model import Document, Enclosed, Page
from services.document.values import rounded
from services.errors import (
    BadInput,
    BrokerUnavailable,
    Failure,
    JobExpired,
    ProcessingTimeout,
    ServiceError,
    UnknownJob,
    from_code,
)
from services.extractors import Extractor
from services.jobs import results
from services.jobs.extraction import extracted, inspector, needs_text, opens, page_kinds
from services.jobs.housekeeping import LEASE
from services.jobs.model import FailedPage, Job, JobError
from services.jobs.pace import Pace
from services.jobs.ports import Count, Publish
from services.jobs.results import Result
from services.jobs.settlement import Settlement
from services.jobs.store.queue import UnitQueue
from services.jobs.store.reader import JobReader
from services.jobs.units import Unit, ranges
from services.ocr.engine import EngineInfo, ReadOptions
from services.ocr.pipeline import Pipeline, failed_page
from services.ocr.source import Source
from services.redis.connection import is_talking
from services.spool import Spool
from utils import logs

log = logging.getLogger(__name__)

RETRIES = 3
"""How often a unit is tried again after a failure that may pass, after 1, 2 and 4 seconds."""


class OutOfTime(BaseException):
    """Raised into a running unit at the soft time limit. No `except Exception` of a library can swallow it."""


class Cancelled(BaseException):
    """Raised into a running unit whose job was cancelled."""


class Runner:
    """Runs units one after the other in one worker process. `holder` names that process, as `<worker>/<pid>`."""

    def __init__(
        self,
        queue: UnitQueue,
        reader: JobReader,
        settlement: Settlement,
        blobs: BlobStore,
        spool: Spool,
        pipeline: Pipeline,
        engine: EngineInfo,
        extractors: Mapping[str, Extractor],
        publish: Publish,
        count: Count,
        pace: Pace,
        stopping: Callable[[str], str | None],
        *,
        holder: str,
        pages_per_unit: int,
    ) -> None:
        self._queue = queue
        self._reader = reader
        self._settlement = settlement
        self._blobs = blobs
        self._spool = spool
        self._pipeline = pipeline
        self._engine = engine
        self._extractors = extractors
        self._publish = publish
        self._count = count
        self._stopping = stopping
        self._interruptible = ""
        self._pace = pace
        self._holder = holder
        self._pages_per_unit = pages_per_unit

    def run(self) -> None:
        """Run the unit whose turn it is. Nothing happens if none waits: there may be more messages than units.

        Whatever is raised from here means that the unit could be neither ended nor given back: this process holds it
        for as long as it lives.
        """
        logs.request_id.set(None)
        logs.job_id.set(None)
        taken = self._queue.next(self._holder, LEASE)
        if taken is None:
            log.debug("no unit waits")
            return
        unit, tried = taken
        logs.job_id.set(unit.job_id)
        most = RETRIES
        try:
            job = self._reader.read(unit.job_id)
            most = 0 if job.in_memory else RETRIES  # nothing of it is kept that another try could start from
            self._work(job, unit, final=tried > most)
        except Cancelled:
            log.info("unit was stopped", extra={"unit": str(unit)})
        except OutOfTime:
            self._fail(unit, ProcessingTimeout())
        except BadInput as error:
            self._fail(unit, error)
        except (UnknownJob, JobExpired):
            log.info("job is gone", extra={"unit": str(unit)})
        except Exception as error:
            self._failed_once(unit, tried, most, error)
        self._queue.release(unit, self._holder)

    def interrupt(self) -> None:
        """Raise Cancelled if the job that is being read is one to leave; from a signal handler, as often as you like.

        Nothing is raised amid a command to the server or while a record is written, nor twice for one page: whoever
        asks has to ask again.
        """
        if not self._is_at_a_page():
            return
        with suppress(BrokerUnavailable):
            if self._stopping(self._holder) == self._interruptible:
                self._interruptible = ""
                raise Cancelled

    def time_is_up(self) -> None:
        """Raise OutOfTime, under the same conditions as `interrupt`."""
        if self._is_at_a_page():
            self._interruptible = ""
            raise OutOfTime

    def _is_at_a_page(self) -> bool:
        """Whether what runs may be broken off just here."""
        return bool(self._interruptible) and not is_talking()

    @contextmanager
    def _reading(self, job: Job) -> Iterator[None]:
        """What takes long, and may be broken off anywhere."""
        self._interruptible = job.id
        try:
            yield
        finally:
            self._interruptible = ""

    def _failed_once(self, unit: Unit, tried: int, most: int, error: Exception) -> None:
        log.exception("unit failed", extra={"unit": str(unit), "attempt": tried})
        if tried <= most:
            self._queue.rest(unit, 2 ** (tried - 1))
        else:
            self._fail(unit, error if isinstance(error, ServiceError) else Failure())

    def _fail(self, unit: Unit, error: ServiceError) -> None:
        self._settlement.fail(unit.job_id, error)

    def _work(self, job: Job, unit: Unit, *, final: bool) -> None:
        logs.request_id.set(job.request_id)
        with ExitStack() as stack:
            path = stack.enter_context(self._shelf(job).local(job.upload_key))
            options = job.options
            with self._reading(job):
                source = stack.enter_context(
                    self._pipeline.open(
                        path, job.upload.media_type, pages=options.pages, password=options.password, dpi=options.dpi
                    )
                )
            if job.in_memory:
                pages = [self._page(job, source, number, final=True) for number in source.numbers]
                self._complete(job, source, Document(tuple(pages)))
                return
            if not unit.is_range and len(source.numbers) > self._pages_per_unit:
                self._split(job, source.numbers)
                return
            read = self._read_pages(job, unit, source, final=final)
            if read is None or len(self._reader.page_numbers(job.id)) < len(source.numbers):
                return
            enclosed = self._enclosed(job, source)
        self._join(job, source, read, enclosed)

    def _split(self, job: Job, numbers: tuple[int, ...]) -> None:
        units = ranges(job.id, numbers, self._pages_per_unit)
        if self._queue.split(job.id, len(numbers), units):
            self._pace.opened(len(numbers))
            for _ in units:
                self._publish()

    def _read_pages(self, job: Job, unit: Unit, source: Source, *, final: bool) -> list[Page] | None:
        """Read what no earlier try has read. None where the job has ended meanwhile."""
        wanted = [n for n in source.numbers if not unit.is_range or unit.first <= n <= unit.last]
        if not unit.is_range:
            self._queue.set_total(job.id, len(wanted))
            if job.document:
                self._pace.opened(len(wanted))
        there = self._reader.page_numbers(job.id)
        began, read = time.monotonic(), list[Page]()
        for number in (number for number in wanted if number not in there):
            page = self._page(job, source, number, final=final)
            if self._queue.save_page(job.id, number, write_page(page)) < 0:
                return None
            read.append(page)
        self._pace.read_pages(job, time.monotonic() - began, len(read))
        return read

    def _page(self, job: Job, source: Source, number: int, *, final: bool) -> Page:
        """One bad page of many fails alone; so does a page on which the engine fails in the last try."""
        asked = job.options
        options = ReadOptions(asked.lang, asked.tier, asked.words)
        text = asked.text or needs_text(self._extractors, asked.extract)
        inspect = inspector(self._extractors, asked.extract)
        try:
            with self._reading(job):
                page = rounded(self._pipeline.read(source, number, options, asked.mode, text=text, inspect=inspect))
        except Exception as error:
            if not source.multipage or not (final or isinstance(error, BadInput)):
                raise
            log.warning("page failed", exc_info=error, extra={"page": number})
            page = failed_page(number, error if isinstance(error, ServiceError) else Failure())
        self._count("ocr_pages", "false" if page.failure else "true")
        return page

    def _enclosed(self, job: Job, source: Source) -> Enclosed:
        if not opens(self._extractors, job.options.extract):
            return Enclosed()
        with self._reading(job):
            return source.enclosed()

    def _join(self, job: Job, source: Source, read: Sequence[Page], enclosed: Enclosed) -> None:
        """End the job with the pages just read and those that were kept by other processes and earlier tries."""
        others = sorted({*source.numbers} - {page.number for page in read})
        kept = self._reader.some_pages(job.id, others)
        if len(kept) < len(others):
            return  # another process has joined them and ended the job
        kinds = page_kinds(self._extractors)
        pages = (*read, *(read_page(page, kinds) for page in kept))
        ordered = sorted(pages, key=lambda page: page.number)
        self._complete(job, source, Document(tuple(ordered), enclosed))

    def _shelf(self, job: Job) -> Shelf:
        return self._spool if job.in_memory else self._blobs

    def _complete(self, job: Job, source: Source, document: Document) -> None:
        if error := _common_failure(document.pages):
            self._settlement.finish(job.id, error)
            return
        with self._reading(job):
            result = results.dump(self._result(job, source, document))
        self._shelf(job).put(job.result_key, BytesIO(result))
        if not self._settlement.finish(job.id):
            self._remove_unwanted(job)

    def _remove_unwanted(self, job: Job) -> None:
        """What was written for a job that had been cancelled or deleted by then."""
        if self._reader.has_files(job.id):
            return  # another process has ended it
        self._blobs.delete(job.id)
        if job.in_memory:
            self._spool.delete(job.result_key)

    def _result(self, job: Job, source: Source, document: Document) -> Result:
        extraction, pages = extracted(self._extractors, job.options.extract, document), document.pages
        return Result(
            pages=tuple(replace(page, findings=Findings()) for page in pages),
            engine=self._engine.name,
            models=self._engine.models(job.options.lang, job.options.tier),
            multipage=source.multipage,
            warnings=(*source.warnings, *_losses(pages), *_page_warnings(pages), *extraction.warnings),
            fields=extraction.fields,
        )


def _losses(pages: Sequence[Page]) -> list[str]:
    lost = [str(page.number) for page in pages if page.failure]
    return [f"Pages that could not be read: {', '.join(lost)}."] if lost else []


def _page_warnings(pages: Sequence[Page]) -> list[str]:
    """Each warning once, with the pages that it is about."""
    about: dict[str, list[str]] = {}
    for page in pages:
        about.setdefault(page.warning, []).append(str(page.number))
    return [f"Pages with {warning}: {', '.join(numbers)}." for warning, numbers in about.items() if warning]


def _common_failure(pages: Sequence[Page]) -> JobError | None:
    """The first page's error, with those of all, if no page could be read."""
    each = [FailedPage(page.number, page.failure.code, page.failure.message) for page in pages if page.failure]
    if len(each) < len(pages):
        return None
    first = from_code(each[0].code, each[0].message)
    return JobError(first.code, str(first), first.retryable, tuple(each))
