"""`ocr scan`: files in, what they say out."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

from rich.progress import TaskID

from ocr_client.aio import AsyncClient
from ocr_client.client import Client
from ocr_client.command import codes, contents, environment, joining
from ocr_client.command.board import Board, Outcome
from ocr_client.command.codes import UsageError
from ocr_client.command.notes import Notes
from ocr_client.command.outputs import BINARY, STDIN, Item, Plan, plan
from ocr_client.errors import JobExpired, OcrError, ServiceError, UnknownJob
from ocr_client.uploads import Options
from ocr_client.values import Result

RETRIES = 9
"""About a minute and a half of a service that is away, such as one that is started anew."""

FAREWELL = 10.0
"""Seconds for cancelling jobs when interrupted."""

OPTIONS = ("lang", "tier", "pages", "dpi", "mode", "words", "extract")


def scan(args: Namespace) -> int:
    """Exit code 0, 1, 3 or 4. Raises UsageError, OcrError, KeyboardInterrupt."""
    planned = plan(args.inputs, args.format or (), args.out, recursive=args.recursive, force=args.force)
    todo = replace(planned, layout=args.layout)
    _check(todo, args)
    options = cast(Options, {name: value for name in OPTIONS if (value := getattr(args, name)) is not None})
    if secret := environment.password(args):
        options["password"] = secret
    board = Board(total=len(todo.items), quiet=args.quiet, as_json=args.json)
    notes = Notes(environment.notes_folder(), args.server, options)
    with board.running():
        batch = asyncio.run(_scan(args, todo, options, notes, board))
        return _joined(args, batch, todo.joined) if todo.joined else batch.code


def _check(todo: Plan, args: Namespace) -> None:
    if todo.layout and "text" not in todo.formats:
        raise UsageError("--layout is for text: add --format text.")
    if todo.to_stdout and args.json:
        raise UsageError("--json and the text cannot both go to stdout. Name a file or folder with --out.")
    if todo.to_stdout and todo.formats[0] in BINARY and sys.stdout.isatty():
        raise UsageError(f"{todo.formats[0]} is not for a terminal. Name a file with --out, or redirect stdout.")


async def _scan(args: Namespace, todo: Plan, options: Options, notes: Notes, board: Board) -> Batch:
    key = environment.api_key(args)
    async with AsyncClient(args.server, api_key=key, retries=1) as first:
        await first.options()  # says at once that nobody is there, or that the key is not good
    patient = AsyncClient(args.server, api_key=key, retries=RETRIES, deadline=args.timeout, on_pause=board.paused)
    async with patient as client:
        batch = Batch(client, todo, options, notes, board, args.timeout, args.delete_after, args.parallel)
        await batch.run(cancel=args.cancel_on_interrupt)
        return batch


def _joined(args: Namespace, batch: Batch, path: Path) -> int:
    """Outside of the event loop, where Ctrl-C ends it at once. Notes and jobs are kept until the file is there."""
    whole = joining.joined(path, batch.todo.formats[0], batch.outcomes, batch.contents, skip_failed=args.skip_failed)
    read = [outcome for outcome in batch.outcomes if outcome.status == joining.READ]
    batch.board.joined(whole, len(read))
    if whole.error:
        return batch.code or codes.of(whole.error)
    for outcome in read:
        batch.notes.forget(Path(outcome.item.source))
    if args.delete_after:
        _delete(args, [outcome.job_id for outcome in read if outcome.job_id])
    return batch.code


def _delete(args: Namespace, job_ids: Sequence[str]) -> None:
    with Client(args.server, api_key=environment.api_key(args)) as client:
        for job_id in job_ids:
            with suppress(UnknownJob, JobExpired):
                client.delete(job_id)


@dataclass
class Batch:
    """One run. `stopped` is the error after which no further file is tried; `open_jobs` are those not fetched yet.

    `contents` is what is to be joined, by source.
    """

    client: AsyncClient
    todo: Plan
    options: Options
    notes: Notes
    board: Board
    timeout: float
    delete_after: bool
    parallel: int
    stopped: OcrError | None = None
    open_jobs: dict[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)

    async def run(self, *, cancel: bool) -> None:
        """Outcomes are told in the order of the files."""
        self.notes.tidy()
        turns = asyncio.Semaphore(self.parallel)
        tasks = [asyncio.create_task(self._in_turn(item, turns)) for item in self.todo.items]
        try:
            for task in tasks:
                self.outcomes.append(await task)
                self.board.ended(self.outcomes[-1])
        except BaseException as end:
            await self._stop(tasks)
            if not isinstance(end, BrokenPipeError):
                await self._leave(cancel)
            raise
        self.board.summary(self.outcomes)

    @property
    def code(self) -> int:
        if self.stopped:
            return codes.of(self.stopped)
        return codes.FAILED if any(outcome.error for outcome in self.outcomes) else codes.DONE

    async def _stop(self, tasks: list[asyncio.Task[Outcome]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _leave(self, cancel: bool) -> None:
        """Jobs that were accepted go on, for the next run to fetch, unless they are to be cancelled."""
        if cancel:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.gather(*map(self._cancel, list(self.open_jobs))), FAREWELL)
        if self.open_jobs:
            self.board.say(f"Jobs that go on at the service: {len(self.open_jobs)}. The same call again fetches them.")

    async def _cancel(self, source: str) -> None:
        with suppress(OcrError):
            await self.client.cancel(self.open_jobs[source])
            self._forget(source)

    async def _in_turn(self, item: Item, turns: asyncio.Semaphore) -> Outcome:
        if item.present:
            return Outcome(item, "present")
        async with turns:
            if self.stopped:
                return Outcome(item, "not_tried", error=self.stopped)
            try:
                return await self._read(item)
            except (OcrError, OSError) as error:
                return self._failed(item, error)

    def _failed(self, item: Item, error: OcrError | OSError) -> Outcome:
        """The note stays where another run may have more luck with the same job."""
        job_id = self.open_jobs.get(item.source)
        if isinstance(error, OcrError) and codes.of(error) != codes.FAILED:
            self.stopped = error
        elif isinstance(error, ServiceError):
            self._forget(item.source)
        return Outcome(item, "failed", job_id, error=error)

    def _forget(self, source: str) -> None:
        self.open_jobs.pop(source, None)
        self.notes.forget(Path(source))

    async def _read(self, item: Item) -> Outcome:
        bar = self.board.started(item)
        try:
            return await self._kept(item, bar) if item.source != STDIN else await self._from_stdin(item, bar)
        finally:
            self.board.left(bar)

    async def _kept(self, item: Item, bar: TaskID) -> Outcome:
        """Goes on with the job of an earlier run where there is one, and the service still knows it."""
        path = Path(item.source)
        note = await asyncio.to_thread(self.notes.of, path)
        if note.job_id:
            try:
                return await self._fetched(item, note.job_id, bar)
            except (UnknownJob, JobExpired):
                self._forget(item.source)
                note = await asyncio.to_thread(self.notes.of, path)
        job = await self.client.submit(path, idempotency_key=note.key, **self.options)
        self.notes.became(path, note, job.id)
        return await self._fetched(item, job.id, bar)

    async def _from_stdin(self, item: Item, bar: TaskID) -> Outcome:
        content = await asyncio.to_thread(sys.stdin.buffer.read)
        job = await self.client.submit(content, name="stdin", **self.options)
        return await self._fetched(item, job.id, bar)

    async def _fetched(self, item: Item, job_id: str, bar: TaskID) -> Outcome:
        self.open_jobs[item.source] = job_id
        progress = partial(self.board.advanced, bar) if self.board.has_bars else None
        await self.client.wait(job_id, timeout=self.timeout, progress=progress)
        result = await self.client.result(job_id)
        content = await contents.written(self.client, result, item, self.todo)
        if content is not None and self.todo.joined:
            return self._kept_for_joining(item, job_id, result, content)
        self._forget(item.source)
        if self.delete_after:
            await self.client.delete(job_id)
        return Outcome(item, "done", job_id, tuple(item.outputs.values()), len(result.pages), content=content)

    def _kept_for_joining(self, item: Item, job_id: str, result: Result, content: bytes) -> Outcome:
        """The note stays: a run that does not get to the joined file fetches from the job again."""
        self.open_jobs.pop(item.source)
        self.contents[item.source] = content
        return Outcome(item, joining.READ, job_id, pages=len(result.pages))
