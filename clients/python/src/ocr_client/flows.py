"""The calls of the service, each a generator of effects; see `effects`."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from ocr_client import reading
from ocr_client.effects import Answer, Emit, Flow, Open, Pause, Read, Request, Send, Stream
from ocr_client.errors import NotFinished, OcrError, ServiceError, TimedOut, Unreachable, service_error
from ocr_client.retries import Policy
from ocr_client.sse import Event, Events, Lines
from ocr_client.uploads import File, Options, form, is_address, upload
from ocr_client.values import Job, Page, Progress, Result, Zone

OnProgress = Callable[[Progress], object]

LONGEST_WAIT = 25.0
"""Seconds that one request waits for the end of a job; the service allows 30."""

WATCHED_WAIT = 1.0
"""The same where there are no events and somebody wants to see progress."""

SILENCE = 45.0
"""Seconds without a byte after which a stream of events is taken for broken; the service sends something every 15."""

BROKEN = Unreachable("The stream of events ended before the job.")

ENDED_EVENTS = frozenset({"job_completed", "job_failed", "job_cancelled"})


def submit(
    file: File, options: Options, policy: Policy, *, name: str | None = None, key: str | None = None, wait: float = 0.0
) -> Flow[Job | Result]:
    """The job, or the result itself if it is there within `wait` seconds."""
    headers = {"Idempotency-Key": key or secrets.token_hex(16)} | ({"Prefer": f"wait={wait:g}"} if wait else {})
    request = replace(_submission(file, options, name), headers=headers, patience=wait)
    answer = yield from _sent(request, policy)
    return reading.result(_json(answer)) if answer.status == 200 and wait else _submitted(_json(answer))


def _submitted(raw: Mapping[str, Any]) -> Job:
    """A key that was used before may be answered with the job's result, and `success` is in none but that."""
    return reading.job({"status": "completed", **raw})


def _submission(file: File, options: Options, name: str | None) -> Request:
    if is_address(file):
        return Request("POST", _place(str(file)), json={"url": file, **options})
    sent = upload(file, name)
    return Request("POST", _place(sent.name), form=form(options), upload=sent)


def _place(name: str) -> str:
    """Either address takes all types, told by their bytes; this is for who reads the log."""
    return "/ocr/pdf" if name.lower().endswith(".pdf") else "/ocr/image"


def job(job_id: str, policy: Policy) -> Flow[Job]:
    return reading.job(_json((yield from _sent(Request("GET", _path(job_id)), policy))))


def wait(job_id: str, policy: Policy, timeout: float, progress: OnProgress | None = None) -> Flow[Job]:
    """The job when it has ended, well or not. Raises TimedOut; the job goes on then."""
    watch = _Watch(job_id, policy, time.monotonic() + timeout, progress)
    if progress:
        yield from watch.events()
    return (yield from watch.poll())


@dataclass(frozen=True)
class _Watch:
    """Waiting for one job. `deadline` is by time.monotonic()."""

    job_id: str
    policy: Policy
    deadline: float
    progress: OnProgress | None

    def events(self) -> Flow[None]:
        """Tells of progress until the job's last event, or until there are no events to be had any more."""
        events, attempts = Events(), self.policy.started()
        while True:
            heard = events.last_id
            try:
                if (yield from self._listen(events)):
                    return
            except Unreachable:
                pass
            if events.last_id != heard:
                attempts.failed = 0
            try:
                yield Pause(min(attempts.pause_after(BROKEN), self._left()))
            except Unreachable:
                return

    def _listen(self, events: Events) -> Flow[bool]:
        """Whether there is nothing more to hear; False if the stream broke off. Raises Unreachable."""
        asked = {"Accept": "text/event-stream"} | ({"Last-Event-ID": events.last_id} if events.last_id else {})
        stream: Stream = yield Open(Request("GET", _path(self.job_id, "events"), headers=asked, patience=SILENCE))
        if stream.answer.status != 200:
            return True
        lines = Lines()
        while piece := (yield Read(stream)):
            self._left()
            for event in filter(None, map(events.of, lines.of(piece))):
                self._tell(event)
                if event.name in ENDED_EVENTS:
                    return True
        return False

    def _tell(self, event: Event) -> None:
        said = json.loads(event.data).get("progress")
        if said and self.progress:
            self.progress(Progress(said.get("done", 0), said.get("total")))

    def poll(self) -> Flow[Job]:
        most = WATCHED_WAIT if self.progress else LONGEST_WAIT
        while True:
            seconds = min(most, self._left())
            request = Request("GET", _path(self.job_id), params={"wait": f"{seconds:.2f}"}, patience=seconds)
            found = reading.job(_json((yield from _sent(request, self.policy))))
            if self.progress:
                self.progress(found.progress)
            if found.ended:
                return found

    def _left(self) -> float:
        """Seconds until the deadline. Raises TimedOut."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimedOut(f"Job {self.job_id} has not ended in time. It goes on: wait for it again.", self.job_id)
        return left


def result(job_id: str, policy: Policy) -> Flow[Result]:
    """Raises NotFinished while the job runs, and the error that it ended with."""
    return reading.result(_json(_finished((yield from _sent(Request("GET", _path(job_id, "result")), policy)), job_id)))


def read(
    file: File, options: Options, policy: Policy, timeout: float, *, name: str | None, progress: OnProgress | None
) -> Flow[Result]:
    """Submits, waits, fetches: one request where the result is there soon."""
    at_once = 0.0 if progress else min(LONGEST_WAIT, timeout)
    started = time.monotonic()
    found = yield from submit(file, options, policy, name=name, wait=at_once)
    if isinstance(found, Result):
        return found
    ended = yield from wait(found.id, policy, timeout - (time.monotonic() - started), progress)
    return (yield from result(ended.id, policy))


def pages(job_id: str, policy: Policy) -> Flow[None]:
    """Emits each Page as soon as it and those before it are read. Raises the error that the job ends with."""
    attempts, following = policy.started(), 0
    while True:
        try:
            stream = yield from _opened(_pages_request(job_id, following), policy)
            lines = Lines()
            while piece := (yield Read(stream)):
                for page in map(_page, filter(None, lines.of(piece))):
                    following = page.number + 1
                    attempts.failed = 0
                    yield Emit(page)
            return
        except Unreachable as error:
            yield Pause(attempts.pause_after(error))


def _pages_request(job_id: str, following: int) -> Request:
    """`following` is the page to go on with, 0 for all."""
    params = {"from": str(following)} if following else {}
    return Request("GET", _path(job_id, "pages"), params=params, patience=SILENCE)


def _page(line: str) -> Page:
    raw = json.loads(line)
    if "page" not in raw:
        raise service_error(0, raw.get("error") or {})
    return reading.page(raw)


def artifact(
    job_id: str, kind: str, page: int | None, sink: BinaryIO, policy: Policy, more: Mapping[str, str]
) -> Flow[None]:
    """Writes the file into `sink`, from its start; `more` are parameters of this kind's own."""
    params = ({"page": str(page)} if page else {}) | dict(more)
    request = Request("GET", _path(job_id, f"artifacts/{kind}"), params=params, patience=60.0)
    attempts = policy.started()
    while True:
        try:
            stream = yield from _opened(request, policy)
            _finished(stream.answer, job_id)
            while piece := (yield Read(stream)):
                sink.write(piece)
            return
        except Unreachable as error:
            sink.seek(0)
            sink.truncate()
            yield Pause(attempts.pause_after(error))


def cancel(job_id: str, policy: Policy) -> Flow[Job]:
    """The job as it is then. One that has ended stays as it is."""
    return reading.job(_json((yield from _sent(Request("POST", _path(job_id, "cancel")), policy))))


def delete(job_id: str, policy: Policy) -> Flow[None]:
    yield from _sent(Request("DELETE", _path(job_id)), policy)


def jobs(status: str | None, policy: Policy, page_size: int) -> Flow[None]:
    """Emits the caller's jobs, newest first."""
    params = {"limit": str(page_size)} | ({"status": status} if status else {})
    while True:
        answer = _json((yield from _sent(Request("GET", "/ocr/jobs", params=params), policy)))
        for found in map(reading.job, answer["jobs"]):
            yield Emit(found)
        if not answer.get("next_cursor"):
            return
        params["cursor"] = answer["next_cursor"]


def mrz(file: File, policy: Policy, name: str | None = None) -> Flow[Zone]:
    """The service keeps nothing of the picture."""
    request = Request("POST", "/scan-mrz", upload=upload(file, name), patience=10.0)
    return reading.zone(_json((yield from _sent(request, policy))))


def document(path: str, policy: Policy) -> Flow[Mapping[str, Any]]:
    """The JSON that is at an address, such as `/ocr/options`."""
    return _json((yield from _sent(Request("GET", path), policy)))


def _path(job_id: str, what: str = "") -> str:
    """Raises ValueError for what cannot be an id, rather than ask for another address."""
    if not job_id.isalnum():
        raise ValueError(f"{job_id!r} is not the id of a job.")
    return f"/ocr/job/{job_id}" + (f"/{what}" if what else "")


def _finished(answer: Answer, job_id: str) -> Answer:
    """Raises NotFinished."""
    if answer.status == 202:
        message = f"Job {job_id} has not ended. Wait for it first."
        raise NotFinished(202, {"code": "not_finished", "retryable": True}, message)
    return answer


def _sent(request: Request, policy: Policy) -> Flow[Answer]:
    """The answer that is no error, tried as the policy says. Raises Unreachable, ServiceError."""
    attempts = policy.started()
    while True:
        try:
            answer: Answer = yield Send(request)
            return _good(answer)
        except OcrError as error:
            yield Pause(attempts.pause_after(error))


def _opened(request: Request, policy: Policy) -> Flow[Stream]:
    """The same, as a stream."""
    attempts = policy.started()
    while True:
        try:
            stream: Stream = yield Open(request)
            _good(stream.answer)
            return stream
        except OcrError as error:
            yield Pause(attempts.pause_after(error))


def _good(answer: Answer) -> Answer:
    """Raises what the answer says if it is an error, or a redirect."""
    if answer.status < 300:
        return answer
    try:
        members = _json(answer)
    except ServiceError:
        members = {}
    raise service_error(answer.status, members, _seconds(answer.headers.get("Retry-After")))


def _seconds(text: str | None) -> float | None:
    """Of Retry-After; a date instead of a number is as none."""
    try:
        return max(0.0, float(text or ""))
    except ValueError:
        return None


def _json(answer: Answer) -> Mapping[str, Any]:
    """The object that the body is. Raises ServiceError for anything else, such as a login page."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise service_error(answer.status, {})
    return found
