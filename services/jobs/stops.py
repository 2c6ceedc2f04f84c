"""Stopping what a process of a worker runs, from anywhere.

Who cancels a job leaves word for the worker whose processes run parts of it (script `cancel`): in `STOPS`, a list of
`<pid> <job>` or `<pid> <job> gently`, and in `STOPPING`, the job that a process is still to leave. The worker's parent
hears of it and interrupts the process, which is free when that is gone: it let its unit go, or took another one. A
process that is deaf is doomed, which is told to the records first, and then killed. What is doomed is given nothing
more, so no other job can be hit.

Gently: the process is not killed. A scan is a moment's work and has no more than one page; a process that takes longer
is loading what the next scan needs too, and one that is replaced would have to begin with that again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts


@dataclass(frozen=True, slots=True)
class Stop:
    """A process, by worker and pid, that is to leave a job; `gently` if it may take its time."""

    worker: str
    pid: int
    job_id: str
    gently: bool = False


class Stops:
    """Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run

    @translated
    def next(self, worker: str, seconds: int) -> Stop | None:
        """The next one for this worker, waited for so long at most."""
        found: Any = self._redis.blpop([keys.STOPS + worker], timeout=seconds)
        if found is None:
            return None
        pid, job_id, *how = found[1].split()
        return Stop(worker, int(pid), job_id, gently=bool(how))

    @translated
    def stopping(self, holder: str) -> str | None:
        """The job that this process, `<worker>/<pid>`, is to leave."""
        job_id: Any = self._redis.get(keys.STOPPING + holder)
        return str(job_id) if job_id else None

    def is_on(self, stop: Stop) -> bool:
        """Whether the process has still not left the job."""
        return self.stopping(f"{stop.worker}/{stop.pid}") == stop.job_id

    @translated
    def doom(self, stop: Stop) -> bool:
        """Have the process given nothing more, because it will be killed. False if it has left the job by now."""
        return bool(self._run("doom", f"{stop.worker}/{stop.pid}", stop.job_id))
