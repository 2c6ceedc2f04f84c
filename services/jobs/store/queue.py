"""What a worker's process takes from the queue, and what it leaves there."""

from __future__ import annotations

from collections.abc import Iterable

import redis

from services.errors import QuotaExceeded
from services.jobs.units import Unit
from services.redis.connection import translated
from services.redis.scripts import Scripts


class UnitQueue:
    """For who runs units. A process that holds one is named `<worker>/<pid>`."""

    def __init__(self, client: redis.Redis) -> None:
        self._run = Scripts(client, "jobs").run

    @translated
    def next(self, holder: str, lease: float) -> tuple[Unit, int] | None:
        """Take the unit whose turn it is for `lease` seconds, with the number of the try, from 1; None if none waits.

        A holder that has a unit is given the same answer again.
        """
        taken = self._run("next", holder, lease)
        return (Unit.parse(taken[0]), int(taken[1])) if taken else None

    @translated
    def release(self, unit: Unit, holder: str) -> None:
        """A unit is done, though its job may not be; nothing happens if another holds it by now."""
        self._run("release", unit, holder)

    @translated
    def rest(self, unit: Unit, delay: float) -> None:
        """Give a unit back, to be queued again in `delay` seconds."""
        self._run("rest", unit, unit.job_id, delay)

    @translated
    def split(self, job_id: str, total: int, units: Iterable[Unit]) -> bool:
        """Replace the unit of the whole job by units of page ranges. False if the job has ended meanwhile.

        Raises QuotaExceeded where its tenant has not as many pages left.
        """
        done = int(self._run("split", job_id, total, *units))
        if done < 0:
            raise QuotaExceeded()
        return bool(done)

    @translated
    def set_total(self, job_id: str, total: int) -> None:
        """Nothing happens if the job has ended meanwhile, or is gone. Raises QuotaExceeded as `split` does."""
        if int(self._run("set_total", job_id, total)) < 0:
            raise QuotaExceeded()

    @translated
    def save_page(self, job_id: str, number: int, page: str) -> int:
        """Keep a page that was read; how many there are now, or -1 if the job has ended meanwhile."""
        return int(self._run("save_page", job_id, number, page))
