"""Jobs as they go: events and pages, each as long as there are some to come."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from controllers import Stream
from controllers.jobs import error_view
from controllers.views import page_view
from services.errors import ForeignOrigin, NoUpgrade, ServiceError
from services.jobs.events import START, Event, EventLog
from services.jobs.jobs import Jobs
from services.jobs.model import Job
from services.jobs.paging import Wish, follow_pages

SSE, NDJSON = "text/event-stream", "application/x-ndjson"
RETRY_MS = 2000
"""After which a browser that lost its stream connects again."""

Bell = threading.Event
Shape = Callable[[Job, Event], Event]
"""An event of a job, read when its stream was opened, as a family tells it."""

Read = Callable[[str, str], Job]
"""The job of an id and an owner; raises UnknownJob, also for one of another family, and JobExpired."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text for a WebSocket; nothing comes after the last one."""

    text: str
    last: bool


Messages = Callable[[Bell], Iterator[Message | None]]
"""None stands for nothing to say; setting the bell has it come at once, where it came after a while."""


def plain(_: Job, event: Event) -> Event:
    return event


@dataclass(frozen=True, slots=True)
class StreamsApi:
    """What the routes of a family call. `origins` are those of other web pages that may open WebSockets."""

    jobs: Jobs
    log: EventLog
    origins: tuple[str, ...]
    read: Read
    shape: Shape = plain

    def events(self, job_id: str, owner: str, last: str) -> Stream | None:
        """Server-Sent Events after the one with the id `last`; None where that was the final one."""
        job = self.read(job_id, owner)
        known = self.log.find(job.id, last) if last else None
        if known and known.final:
            return None
        return Stream(self._sse(job, known.id if known else START), SSE)

    def pages(self, job_id: str, owner: str, start: int, order: str) -> Stream:
        """NDJSON, a page a line; the last line is the error where the job ends with one."""
        job = self.read(job_id, owner)
        return Stream(_ndjson(self.jobs, job, Wish(start, order == "page")), NDJSON)

    def messages(self, job_id: str, owner: str, origin: str, here: str) -> Messages:
        """The events as `{event, data}` from the first on.

        `origin` is that of the web page that asks, if it is one, `here` the service's own. Raises ForeignOrigin.
        """
        if origin and origin not in (here, *self.origins):
            raise ForeignOrigin()
        job = self.read(job_id, owner)
        return lambda bell: (self._message(job, event) for event in self.log.follow(job.id, START, bell))

    def no_messages(self, job_id: str, owner: str) -> NoReturn:
        """For who does not ask for a WebSocket. Raises NoUpgrade."""
        self.read(job_id, owner)
        raise NoUpgrade()

    def _sse(self, job: Job, after: str) -> Iterator[bytes]:
        """In the format of the WHATWG's HTML standard, 9.2. Comments open the connection and keep it open.

        How soon a client shall come again is part of its first event: alone between empty lines it is none by the
        standard, and an event without data to some readers.
        """
        yield b":\n\n"
        retry = f"retry: {RETRY_MS}\n"
        for event in self.log.follow(job.id, after):
            if event is None:
                yield b":\n\n"
            else:
                told = self.shape(job, event)
                yield f"{retry}id: {told.id}\nevent: {told.name}\ndata: {_json(told.data)}\n\n".encode()
                retry = ""

    def _message(self, job: Job, event: Event | None) -> Message | None:
        if event is None:
            return None
        told = self.shape(job, event)
        return Message(_json({"event": told.name, "data": told.data}), event.final)


def _ndjson(jobs: Jobs, job: Job, wish: Wish) -> Iterator[bytes]:
    """Empty lines keep the line open; readers of NDJSON pass over them."""
    try:
        for page in follow_pages(jobs, job, wish):
            yield f"{_json(page_view(job, page)) if page else ''}\n".encode()
    except ServiceError as error:
        yield f"{_json({'error': error_view(error)})}\n".encode()


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
