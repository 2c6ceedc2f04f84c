"""What a run shows while it goes on: bars on a terminal, a line per file, or JSON for scripts."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from ocr_client.command.codes import printable, told
from ocr_client.command.outputs import Item
from ocr_client.errors import OcrError
from ocr_client.values import Progress as Pages

NOTICED = 1.0
"""Seconds of a pause that a person would wonder about."""


@dataclass(frozen=True)
class Outcome:
    """What came of a file.

    `status` is done, present (written by an earlier run), read (and to be joined with others), failed or not_tried.
    `content` is what goes to stdout.
    """

    item: Item
    status: str
    job_id: str | None = None
    outputs: Sequence[Path] = ()
    pages: int | None = None
    error: OcrError | OSError | None = None
    content: bytes | None = None


class Board:
    """Bars and lines go to stderr, JSON and contents to stdout."""

    def __init__(self, *, total: int, quiet: bool, as_json: bool) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._quiet, self._json = quiet, as_json
        self._paused = 0.0
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total}"),
        )
        self.has_bars = self._console.is_terminal and not quiet and not as_json
        self._bars = Progress(
            *columns, TimeRemainingColumn(), console=self._console, transient=True, disable=not self.has_bars
        )
        self._overall = self._bars.add_task("files", total=total)

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._bars:
            yield

    def started(self, item: Item) -> TaskID:
        return self._bars.add_task(item.name[-40:], total=None)

    def advanced(self, bar: TaskID, pages: Pages) -> None:
        self._bars.update(bar, completed=pages.done, total=pages.total)

    def left(self, bar: TaskID) -> None:
        self._bars.remove_task(bar)

    def paused(self, error: OcrError, seconds: float) -> None:
        """Says why nothing happens, once for all files that wait for the same; short pauses go unnoticed."""
        now = time.monotonic()
        if self._quiet or seconds < NOTICED or now + seconds < self._paused + NOTICED:
            return
        self._paused = now + seconds
        self.say(f"{told(error)} Goes on in {seconds:.0f} s.")

    def ended(self, outcome: Outcome) -> None:
        self._bars.advance(self._overall)
        if outcome.content is not None:
            sys.stdout.buffer.write(outcome.content)
            sys.stdout.buffer.flush()
        if self._json:
            print(json.dumps(_told(outcome)), flush=True)
        elif outcome.error or not (self._quiet or outcome.content is not None):
            self.say(_line(outcome))

    def joined(self, outcome: Outcome, files: int) -> None:
        """The file that so many were put into, after they were told of themselves."""
        if self._json:
            print(json.dumps(_told(outcome)), flush=True)
        elif outcome.error:
            self.say(_line(outcome))
        elif not self._quiet:
            self.say(f"{outcome.item.name}: {files} files, {outcome.pages} pages")

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)

    def summary(self, outcomes: Sequence[Outcome]) -> None:
        """Counts, where there was more than one file."""
        if len(outcomes) > 1 and not (self._quiet or self._json):
            counts = {status: sum(o.status == status for o in outcomes) for status in WORDS}
            self.say(", ".join(f"{count} {WORDS[status]}" for status, count in counts.items() if count))


WORDS = {"done": "done", "present": "there already", "read": "read", "failed": "failed", "not_tried": "not tried"}


def _line(outcome: Outcome) -> str:
    if outcome.error:
        return f"{outcome.item.name}: {told(outcome.error, outcome.item.source)}"
    what = ", ".join(printable(path) for path in outcome.outputs) or WORDS[outcome.status]
    return f"{outcome.item.name}: {what}"


def _told(outcome: Outcome) -> dict[str, object]:
    """One line of `--json`."""
    error = outcome.error
    return {
        "file": outcome.item.source,
        "status": outcome.status,
        "job_id": outcome.job_id,
        "pages": outcome.pages,
        "outputs": [str(path) for path in outcome.outputs],
        "error": {"code": getattr(error, "code", "") or "file_error", "message": told(error)} if error else None,
    }
