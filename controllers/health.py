"""Probes and metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from controllers import Reply
from services.operations.health import Health


@dataclass(frozen=True, slots=True)
class HealthApi:
    """What the routes call. `metrics` gives the text exposition format of Prometheus."""

    health: Health
    metrics: Callable[[], bytes]

    def alive(self) -> Reply:
        """This process alone."""
        return Reply(self.health.alive())

    def ready(self) -> Reply:
        """503 while something is missing; the body names it."""
        fine, report = self.health.ready()
        return Reply(report, 200 if fine else 503)

    def report(self) -> Reply:
        """The whole picture."""
        return Reply(self.health.report())
