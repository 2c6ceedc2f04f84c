"""The client for asyncio: what `Client` has, awaited."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx

from ocr_client import flows
from ocr_client.connection import DEFAULT_URL, JOB_TIMEOUT, TIMEOUT, Connection, id_of
from ocr_client.effects import Course, Flow, emitted_later
from ocr_client.flows import OnProgress
from ocr_client.retries import OnPause, Policy
from ocr_client.saving import whole_file
from ocr_client.uploads import File, Options
from ocr_client.values import Job, Page, Result, Zone

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

T = TypeVar("T")


class AsyncClient:
    """The OCR service at `base_url`; see `Client` for what the arguments mean."""

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
        self._http = httpx.AsyncClient(**Connection(base_url, api_key, timeout, verify).arguments())
        self._policy = Policy(retries, deadline, on_pause)

    async def read(
        self,
        file: File,
        *,
        name: str | None = None,
        timeout: float = JOB_TIMEOUT,
        progress: OnProgress | None = None,
        **options: Unpack[Options],
    ) -> Result:
        """Send a file and wait for what it says. Raises the error that the job ends with."""
        return await self._run(flows.read(file, options, self._policy, timeout, name=name, progress=progress))

    async def submit(
        self, file: File, *, name: str | None = None, idempotency_key: str | None = None, **options: Unpack[Options]
    ) -> Job:
        """Send a file. The same key with the same file gives the same job; without one, every call is another."""
        return cast(Job, await self._run(flows.submit(file, options, self._policy, name=name, key=idempotency_key)))

    async def job(self, job: Job | str) -> Job:
        """The job as it is now."""
        return await self._run(flows.job(id_of(job), self._policy))

    async def wait(self, job: Job | str, *, timeout: float = JOB_TIMEOUT, progress: OnProgress | None = None) -> Job:
        """The job when it has ended, well or not. `progress` is called with a Progress whenever there is some."""
        return await self._run(flows.wait(id_of(job), self._policy, timeout, progress))

    async def result(self, job: Job | str) -> Result:
        """Raises NotFinished while the job runs, and the error that it ended with."""
        return await self._run(flows.result(id_of(job), self._policy))

    def pages(self, job: Job | str) -> AsyncIterator[Page]:
        """Each page as soon as it is read."""
        return emitted_later(self._http, Course(flows.pages(id_of(job), self._policy)))

    async def artifact(self, job: Job | str, kind: str, *, page: int | None = None, **parameters: str) -> bytes:
        """The result as a file: text markdown hocr alto tsv pdf annotated, and others."""
        sink = BytesIO()
        await self._run(flows.artifact(id_of(job), kind, page, sink, self._policy, parameters))
        return sink.getvalue()

    async def save(
        self, job: Job | str, kind: str, path: str | os.PathLike[str], *, page: int | None = None, **parameters: str
    ) -> None:
        """The same, onto the disk piece by piece. An existing file is replaced once the new one is there whole."""
        with whole_file(Path(path)) as sink:
            await self._run(flows.artifact(id_of(job), kind, page, sink, self._policy, parameters))

    async def cancel(self, job: Job | str) -> Job:
        """Stop a job. One that has ended stays as it is."""
        return await self._run(flows.cancel(id_of(job), self._policy))

    async def delete(self, job: Job | str) -> None:
        """Remove a job with its upload, result and files."""
        await self._run(flows.delete(id_of(job), self._policy))

    def jobs(self, status: str | None = None, *, page_size: int = 50) -> AsyncIterator[Job]:
        """The caller's jobs, newest first, fetched as they are asked for."""
        return emitted_later(self._http, Course(flows.jobs(status, self._policy, page_size)))

    async def mrz(self, file: File, *, name: str | None = None) -> Zone:
        """The machine-readable zone of a passport or card, of which the service keeps nothing."""
        return await self._run(flows.mrz(file, self._policy, name))

    async def options(self) -> Mapping[str, Any]:
        """JSON Schema of what this deployment can be asked for."""
        return await self._run(flows.document("/ocr/options", self._policy))

    async def health(self) -> Mapping[str, Any]:
        return await self._run(flows.document("/health", self._policy))

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _run(self, flow: Flow[T]) -> T:
        course = Course(flow)
        async for _ in emitted_later(self._http, course):
            pass
        return course.value
