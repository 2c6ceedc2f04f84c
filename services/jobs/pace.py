"""How fast work has gone lately: means in Redis that every worker process adds to."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import redis

from services.jobs.model import Job
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts

log = logging.getLogger(__name__)

SECONDS, PAGES = "seconds", "pages"
WEIGHT = 0.1
"""What one more page, or one more document, counts in a mean: the last ten make two thirds of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """Means by field: `seconds` a page of all work, `seconds|<tier>|<kind>` of some, `pages` a document."""

    means: Mapping[str, float]

    def seconds(self, job: Job) -> float | None:
        """A page of such a job; of any where no such page was read yet; None where none was."""
        return self.means.get(_field(job), self.means.get(SECONDS))

    @property
    def page(self) -> float | None:
        """Seconds for any page."""
        return self.means.get(SECONDS)

    @property
    def document(self) -> float:
        """Pages of a document."""
        return self.means.get(PAGES, 1.0)


class Pace:
    """Learning never fails a job: while Redis is away, nothing is learnt."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run

    def read_pages(self, job: Job, seconds: float, pages: int) -> None:
        """So many pages of a job took a process so long, all that goes with them included."""
        if pages and not job.handling.in_memory:
            each = seconds / pages
            self._add(SECONDS, each, pages, _field(job), each, pages)

    def opened(self, pages: int) -> None:
        """A document of so many pages was begun."""
        self._add(PAGES, pages, 1)

    def _add(self, *measured: object) -> None:
        try:
            self._run("learn", WEIGHT, *measured)
        except redis.RedisError as error:
            log.warning("the pace was not noted", extra={"reason": type(error).__name__})

    @translated
    def known(self) -> Known:
        """Raises BrokerUnavailable."""
        means = self._redis.hgetall(keys.PACE)
        return Known({str(field): float(value) for field, value in means.items()})  # type: ignore[union-attr]


def _field(job: Job) -> str:
    return f"{SECONDS}|{job.options.tier}|{'document' if job.handling.document else 'image'}"
