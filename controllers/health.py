"""Probes."""

from __future__ import annotations

from controllers import Reply
from services.health import Health


def alive(health: Health) -> Reply:
    return Reply(health.alive())


def ready(health: Health) -> Reply:
    """503 while something is missing; the body names it."""
    fine, report = health.ready()
    return Reply(report, 200 if fine else 503)


def report(health: Health) -> Reply:
    return Reply(health.report())
