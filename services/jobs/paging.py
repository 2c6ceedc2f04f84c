"""The pages of a job as they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count, takewhile

from services.document.json import read_page
from services.document.model import Page
from services.document.values import FormatError
from services.errors import BrokerUnavailable, JobExpired, StillRunning
from services.jobs.jobs import Jobs
from services.jobs.model import Job
from services.ocr.pages import parse

MOST_PAGES = 20
"""Pages that are taken into memory in one go."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Pages from the one numbered `start` on: by number, or else as they are ready."""

    start: int = 1
    in_order: bool = True


def follow_pages(jobs: Jobs, job: Job, wish: Wish) -> Iterator[Page | None]:
    """Each page once, as soon as it is read; None whenever it looked and there was none.

    Raises what the job ended with, StillRunning where `Hub.turns` end before the job, and JobExpired for pages that
    another version has written otherwise.
    """
    sent: set[int] = set()
    for _ in jobs.hub.turns(job.id):
        before = len(sent)
        with suppress(BrokerUnavailable):
            job = jobs.reader.read(job.id)
            for page in _left(jobs, job, wish, sent) if job.ended else _ready(jobs, job, wish, sent):
                sent.add(page.number)
                yield page
            if job.ended:
                return
        if len(sent) == before:
            yield None
    raise StillRunning()


def _left(jobs: Jobs, job: Job, wish: Wish, sent: Collection[int]) -> Iterator[Page]:
    """Of an ended job."""
    pages = jobs.result(job).pages
    return (page for page in pages if page.number >= wish.start and page.number not in sent)


def _ready(jobs: Jobs, job: Job, wish: Wish, sent: Collection[int]) -> Iterator[Page]:
    """Of a job that runs, as far as they are there."""
    there = jobs.reader.page_numbers(job.id)
    wanted = takewhile(there.__contains__, _wanted(job, wish.start)) if wish.in_order else sorted(there)
    numbers = [number for number in wanted if number >= wish.start and number not in sent]
    for first in range(0, len(numbers), MOST_PAGES):
        for page in jobs.reader.some_pages(job.id, numbers[first : first + MOST_PAGES]):
            yield _read(page)


def _read(stored: str) -> Page:
    try:
        return read_page(stored)
    except FormatError:
        raise JobExpired() from None


def _wanted(job: Job, start: int) -> Iterator[int]:
    """The numbers of the pages that were asked for, ascending; without end where all were."""
    if job.options.pages is None:
        return count(start)
    spans = parse(job.options.pages).spans
    return chain.from_iterable(range(max(first, start), last + 1) for first, last in spans)
