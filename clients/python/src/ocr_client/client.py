"""The client that blocks. Safe to share between threads."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx

from ocr_client import flows
from ocr_client.connection import DEFAULT_URL, JOB_TIMEOUT, TIMEOUT, Connection, id_of
from ocr_client.effects import Course, Flow, emitted
from ocr_client.flows import OnProgress
from ocr_client.retries import OnPause, Policy
from ocr_client.saving import whole_file
from ocr_client.uploads import File, Options
from ocr_client.values import Job, Page, Result, Zone

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

T = TypeVar("T")


class Client:
    """The OCR service at `base_url`.

    `timeout` is how many seconds the service may be silent within one request, `retries` how often a request is made
    again while the service is away, and `deadline` the most seconds that one request takes with all its tries.
    `on_pause` is told the error and the seconds before each further try.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
        retries: int = 5,
        deadline: float = 600.0,
        verify: bool | ssl.SSLContext = True,
        on_pause: OnPause | None = None,
    ) -> None:
        self._http = httpx.Client(**Connection(base_url, api_key, timeout, verify).arguments())
        self._policy = Policy(retries, deadline, on_pause)

    def read(
        self,
        file: File,
        *,
        name: str | None = None,
        timeout: float = JOB_TIMEOUT,
        progress: OnProgress | None = None,
        **options: Unpack[Options],
    ) -> Result:
        """Send a file and wait for what it says. Raises the error that the job ends with."""
        return self._run(flows.read(file, options, self._policy, timeout, name=name, progress=progress))

    def submit(
        self, file: File, *, name: str | None = None, idempotency_key: str | None = None, **options: Unpack[Options]
    ) -> Job:
        """Send a file. The same key with the same file gives the same job; without one, every call is another."""
        return cast(Job, self._run(flows.submit(file, options, self._policy, name=name, key=idempotency_key)))

    def job(self, job: Job | str) -> Job:
        """The job as it is now."""
        return self._run(flows.job(id_of(job), self._policy))

    def wait(self, job: Job | str, *, timeout: float = JOB_TIMEOUT, progress: OnProgress | None = None) -> Job:
        """The job when it has ended, well or not. `progress` is called with a Progress whenever there is some."""
        return self._run(flows.wait(id_of(job), self._policy, timeout, progress))

    def result(self, job: Job | str) -> Result:
        """Raises NotFinished while the job runs, and the error that it ended with."""
        return self._run(flows.result(id_of(job), self._policy))

    def pages(self, job: Job | str) -> Iterator[Page]:
        """Each page as soon as it is read."""
        return emitted(self._http, Course(flows.pages(id_of(job), self._policy)))

    def artifact(self, job: Job | str, kind: str, *, page: int | None = None, **parameters: str) -> bytes:
        """The result as a file: text markdown hocr alto tsv pdf annotated, and others."""
        sink = BytesIO()
        self._run(flows.artifact(id_of(job), kind, page, sink, self._policy, parameters))
        return sink.getvalue()

    def save(
        self, job: Job | str, kind: str, path: str | os.PathLike[str], *, page: int | None = None, **parameters: str
    ) -> None:
        """The same, onto the disk piece by piece. An existing file is replaced once the new one is there whole."""
        with whole_file(Path(path)) as sink:
            self._run(flows.artifact(id_of(job), kind, page, sink, self._policy, parameters))

    def cancel(self, job: Job | str) -> Job:
        """Stop a job. One that has ended stays as it is."""
        return self._run(flows.cancel(id_of(job), self._policy))

    def delete(self, job: Job | str) -> None:
        """Remove a job with its upload, result and files."""
        self._run(flows.delete(id_of(job), self._policy))

    def jobs(self, status: str | None = None, *, page_size: int = 50) -> Iterator[Job]:
        """The caller's jobs, newest first, fetched as they are asked for."""
        return emitted(self._http, Course(flows.jobs(status, self._policy, page_size)))

    def mrz(self, file: File, *, name: str | None = None) -> Zone:
        """The machine-readable zone of a passport or card, of which the service keeps nothing."""
        return self._run(flows.mrz(file, self._policy, name))

    def options(self) -> Mapping[str, Any]:
        """JSON Schema of what this deployment can be asked for."""
        return self._run(flows.document("/ocr/options", self._policy))

    def health(self) -> Mapping[str, Any]:
        return self._run(flows.document("/health", self._policy))

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, flow: Flow[T]) -> T:
        course = Course(flow)
        for _ in emitted(self._http, course):
            pass
        return course.value
