"""What a call does to the world, apart from the calls that want it.

A call (`flows`) is a generator of effects: it yields what should be done, and is sent what came of it. So every rule of
the protocol is written once, and the two clients differ in nothing but `now` and `later` of these few effects.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import httpx

from ocr_client.errors import OcrError, Unreachable
from ocr_client.uploads import Upload

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """`patience` is how many seconds longer than usual the service may be silent."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    json: Any = None
    patience: float = 0.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Stream:
    """An answer whose body comes piece by piece; the body of any but a 200 is in `answer`."""

    answer: Answer
    pieces: Any = None


class Effect(Protocol):
    def now(self, http: httpx.Client, opened: ExitStack) -> Any: ...

    async def later(self, http: httpx.AsyncClient, opened: AsyncExitStack) -> Any: ...


Flow = Generator[Any, Any, T]
"""Yields effects, and returns what the call is for."""


@dataclass(frozen=True)
class Send:
    """The whole answer. Raises Unreachable."""

    request: Request

    def now(self, http: httpx.Client, opened: ExitStack) -> Answer:
        with _translated(http), ExitStack() as files:
            return _answer(http.request(**_arguments(http, self.request, files)))

    async def later(self, http: httpx.AsyncClient, opened: AsyncExitStack) -> Answer:
        with _translated(http), ExitStack() as files:
            return _answer(await http.request(**_arguments(http, self.request, files)))


@dataclass(frozen=True)
class Open:
    """The answer as a stream, which ends with the flow at the latest. Raises Unreachable."""

    request: Request

    def now(self, http: httpx.Client, opened: ExitStack) -> Stream:
        with _translated(http):
            answer = opened.enter_context(http.stream(**_arguments(http, self.request, opened)))
            if answer.status_code != 200:
                answer.read()
                return Stream(_answer(answer))
            return Stream(Answer(200, answer.headers), answer.iter_bytes())

    async def later(self, http: httpx.AsyncClient, opened: AsyncExitStack) -> Stream:
        with _translated(http):
            files = opened.enter_context(ExitStack())
            answer = await opened.enter_async_context(http.stream(**_arguments(http, self.request, files)))
            if answer.status_code != 200:
                await answer.aread()
                return Stream(_answer(answer))
            return Stream(Answer(200, answer.headers), answer.aiter_bytes())


@dataclass(frozen=True)
class Read:
    """The next piece of a stream, b"" at its end. Raises Unreachable."""

    stream: Stream

    def now(self, http: httpx.Client, opened: ExitStack) -> bytes:
        with _translated(http):
            return next(self.stream.pieces, b"")

    async def later(self, http: httpx.AsyncClient, opened: AsyncExitStack) -> bytes:
        with _translated(http):
            async for piece in self.stream.pieces:
                return bytes(piece)
            return b""


@dataclass(frozen=True)
class Pause:
    seconds: float

    def now(self, http: httpx.Client, opened: ExitStack) -> None:
        time.sleep(self.seconds)

    async def later(self, http: httpx.AsyncClient, opened: AsyncExitStack) -> None:
        await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class Emit:
    """Gives the caller one value of several."""

    value: Any


class Course(Generic[T]):
    """A flow on its way. `effect` is what it wants next; None when it has ended, and `value` is there."""

    value: T

    def __init__(self, flow: Flow[T]) -> None:
        self._flow = flow
        self.effect: Any = None
        self.answer(None)

    def answer(self, value: Any) -> None:
        try:
            self.effect = self._flow.send(value)
        except StopIteration as end:
            self.effect, self.value = None, end.value

    def fail(self, error: OcrError) -> None:
        try:
            self.effect = self._flow.throw(error)
        except StopIteration as end:
            self.effect, self.value = None, end.value


def emitted(http: httpx.Client, course: Course[Any]) -> Iterator[Any]:
    """Runs the course to its end and yields what it emits."""
    with ExitStack() as opened:
        while course.effect is not None:
            if isinstance(course.effect, Emit):
                yield course.effect.value
                course.answer(None)
                continue
            try:
                value = course.effect.now(http, opened)
            except OcrError as error:
                course.fail(error)
            else:
                course.answer(value)


async def emitted_later(http: httpx.AsyncClient, course: Course[Any]) -> AsyncIterator[Any]:
    """Runs the course to its end and yields what it emits."""
    async with AsyncExitStack() as opened:
        while course.effect is not None:
            if isinstance(course.effect, Emit):
                yield course.effect.value
                course.answer(None)
                continue
            try:
                value = await course.effect.later(http, opened)
            except OcrError as error:
                course.fail(error)
            else:
                course.answer(value)


def _arguments(http: httpx.Client | httpx.AsyncClient, request: Request, files: ExitStack) -> dict[str, Any]:
    """httpx's arguments; an upload stays open as long as `files`."""
    upload = request.upload
    return {
        "method": request.method,
        "url": request.path,
        "params": dict(request.params),
        "headers": dict(request.headers),
        "data": dict(request.form) or None,
        "files": {"file": (upload.name, files.enter_context(upload.opened()))} if upload else None,
        "json": request.json,
        "timeout": _patient(http.timeout, request.patience),
    }


def _patient(usual: httpx.Timeout, seconds: float) -> httpx.Timeout:
    read = None if usual.read is None else usual.read + seconds
    return httpx.Timeout(connect=usual.connect, read=read, write=usual.write, pool=usual.pool)


def _answer(response: httpx.Response) -> Answer:
    return Answer(response.status_code, response.headers, response.content)


@contextmanager
def _translated(http: httpx.Client | httpx.AsyncClient) -> Iterator[None]:
    try:
        yield
    except (httpx.TransportError, httpx.DecodingError) as error:
        why = str(error) or type(error).__name__
        advice = "Check that the address is right and that the service runs."
        raise Unreachable(f"{str(http.base_url).rstrip('/')} gives no answer ({why}). {advice}") from error
