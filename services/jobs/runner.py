"""The worker's side of a job: take a unit, read its pages, end the job or hand it on."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from typing import Any

from services.blobs import BlobStore, Shelf
from services.document.json import dump_page, load_document
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
from services.jobs.ending import fail, settle
from services.jobs.extraction import extracted, inspector, needs_text
from services.jobs.housekeeping import LEASE
from services.jobs.model import Job, JobError
from services.jobs.pace import Pace
from services.jobs.ports import Count, Publish
from services.jobs.results import Result
from services.jobs.store import JobStore
from services.jobs.units import Unit, ranges
from services.ocr.engine import EngineInfo, ReadOptions
from services.ocr.pipeline import Pipeline, failed_page
from services.ocr.source import Source
from services.redis.connection import is_talking
from services.spool import Spool
from utils import logs

log = logging.getLogger(__name__)

Pages = list[dict[str, Any]]
"""In the JSON form of `services.document.json`."""

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
        store: JobStore,
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
        self._store = store
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
        taken = self._store.next(self._holder, LEASE)
        if taken is None:
            log.debug("no unit waits")
            return
        unit, tried = taken
        logs.job_id.set(unit.job_id)
        most = RETRIES
        try:
            job = self._store.read(unit.job_id)
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
        self._store.release(unit, self._holder)

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
            self._store.rest(unit, 2 ** (tried - 1))
        else:
            self._fail(unit, error if isinstance(error, ServiceError) else Failure())

    def _fail(self, unit: Unit, error: ServiceError) -> None:
        fail(self._store, self._blobs, unit.job_id, error)

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
                pages = [json.loads(self._page(job, source, number, final=True)) for number in source.numbers]
                self._complete(job, source, pages)
                return
            if not unit.is_range and len(source.numbers) > self._pages_per_unit:
                self._split(job, source.numbers)
                return
            complete = self._read_pages(job, unit, source, final=final)
        if complete:
            self._join(job, source)

    def _split(self, job: Job, numbers: tuple[int, ...]) -> None:
        units = ranges(job.id, numbers, self._pages_per_unit)
        if self._store.split(job.id, len(numbers), units):
            self._pace.opened(len(numbers))
            for _ in units:
                self._publish()

    def _read_pages(self, job: Job, unit: Unit, source: Source, *, final: bool) -> bool:
        """Read what no earlier try has read. True when all pages of the job are there."""
        wanted = [n for n in source.numbers if not unit.is_range or unit.first <= n <= unit.last]
        if not unit.is_range:
            self._store.set_total(job.id, len(wanted))
            if job.document:
                self._pace.opened(len(wanted))
        there = self._store.page_numbers(job.id)
        began, missing = time.monotonic(), [number for number in wanted if number not in there]
        for number in missing:
            page = self._page(job, source, number, final=final)
            if self._store.save_page(job.id, number, page) < 0:
                return False
        self._pace.read_pages(job, time.monotonic() - began, len(missing))
        return len(self._store.page_numbers(job.id)) >= len(source.numbers)

    def _page(self, job: Job, source: Source, number: int, *, final: bool) -> str:
        """One bad page of many fails alone; so does a page on which the engine fails in the last try."""
        asked = job.options
        options = ReadOptions(asked.lang, asked.tier, asked.words)
        text = asked.text or needs_text(self._extractors, asked.extract)
        inspect = inspector(self._extractors, asked.extract)
        try:
            with self._reading(job):
                page = self._pipeline.read(source, number, options, asked.mode, text=text, inspect=inspect)
        except Exception as error:
            if not source.multipage or not (final or isinstance(error, BadInput)):
                raise
            log.warning("page failed", exc_info=error, extra={"page": number})
            page = failed_page(number, error if isinstance(error, ServiceError) else Failure())
        self._count("ocr_pages", "false" if page.failure else "true")
        return json.dumps(dump_page(page), ensure_ascii=False)

    def _join(self, job: Job, source: Source) -> None:
        pages = [json.loads(page) for page in self._store.pages(job.id)]
        if not pages:
            return  # another process has joined them and ended the job
        self._complete(job, source, pages)

    def _shelf(self, job: Job) -> Shelf:
        return self._spool if job.in_memory else self._blobs

    def _complete(self, job: Job, source: Source, pages: Pages) -> None:
        if error := _common_failure(pages):
            self._finish(job.id, error)
            return
        with self._reading(job):
            result = results.dump(self._result(job, source, pages))
        self._shelf(job).put(job.result_key, BytesIO(result))
        if not self._finish(job.id, None):
            self._remove_unwanted(job)

    def _remove_unwanted(self, job: Job) -> None:
        """What was written for a job that had been cancelled or deleted by then."""
        if self._store.has_files(job.id):
            return  # another process has ended it
        self._blobs.delete(job.id)
        if job.in_memory:
            self._spool.delete(job.result_key)

    def _result(self, job: Job, source: Source, pages: Pages) -> Result:
        document = load_document(pages if job.options.extract else [])
        extraction = extracted(self._extractors, job.options.extract, document)
        return Result(
            pages=[results.without_findings(page) for page in pages],
            engine=self._engine.name,
            models=list(self._engine.models(job.options.lang, job.options.tier)),
            multipage=source.multipage,
            warnings=[*source.warnings, *_losses(pages), *_page_warnings(pages), *extraction.warnings],
            fields=dict(extraction.fields),
        )

    def _finish(self, job_id: str, error: JobError | None) -> bool:
        """False if it had ended before."""
        ended = self._store.finish(job_id, error)
        if ended:
            log.info("job ended", extra={"code": error.code if error else "completed"})
            settle(self._store, self._blobs, job_id)
        return ended


def _losses(pages: Pages) -> list[str]:
    lost = [str(page["page"]) for page in pages if not page["success"]]
    return [f"Pages that could not be read: {', '.join(lost)}."] if lost else []


def _page_warnings(pages: Pages) -> list[str]:
    """Each warning once, with the pages that it is about."""
    about: dict[str, list[str]] = {}
    for page in pages:
        about.setdefault(page["warning"], []).append(str(page["page"]))
    return [f"Pages with {warning}: {', '.join(numbers)}." for warning, numbers in about.items() if warning]


def _common_failure(pages: Pages) -> JobError | None:
    """The first page's error, with those of all, if no page could be read."""
    if any(page["success"] for page in pages):
        return None
    first = from_code(**pages[0]["error"])
    each = tuple({"page": page["page"], **page["error"]} for page in pages)
    return JobError(first.code, str(first), first.retryable, each)
