"""Breaking off what a worker process runs, from its signal handlers, at a moment at which nothing is left half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from services.errors import BrokerUnavailable
from services.redis.connection import is_talking


class OutOfTime(BaseException):
    """Raised into a running unit at the soft time limit. No `except Exception` of a library can swallow it."""


class Cancelled(BaseException):
    """Raised into a running unit whose job was cancelled."""


class Interruption:
    """That of the process `holder`, `<worker>/<pid>`. `stopping` gives the job that a process is to leave."""

    def __init__(self, holder: str, stopping: Callable[[str], str | None]) -> None:
        self.holder = holder
        self._stopping = stopping
        self._job_id = ""

    @contextmanager
    def allowed(self, job_id: str) -> Iterator[None]:
        """Around what takes long for a job and may be broken off anywhere."""
        self._job_id = job_id
        try:
            yield
        finally:
            self._job_id = ""

    def interrupt(self) -> None:
        """Raise Cancelled if the job that is being read is one to leave; from a signal handler, as often as you like.

        Nothing is raised amid a command to the server or while a record is written, nor twice for one page: whoever
        asks has to ask again.
        """
        if not self._is_allowed():
            return
        with suppress(BrokerUnavailable):
            if self._stopping(self.holder) == self._job_id:
                self._job_id = ""
                raise Cancelled

    def time_is_up(self) -> None:
        """Raise OutOfTime, under the same conditions as `interrupt`."""
        if self._is_allowed():
            self._job_id = ""
            raise OutOfTime

    def _is_allowed(self) -> bool:
        """Whether what runs may be broken off just here."""
        return bool(self._job_id) and not is_talking()
