"""What the jobs are given to work with, each as one function."""

from __future__ import annotations

from collections.abc import Callable

from services.jobs.units import Unit

Publish = Callable[[Unit], None]
"""Sends the message that wakes a worker up for a unit. Raises BrokerUnavailable."""

Count = Callable[..., None]
"""Counts an event: a name of `services.metrics.COUNTERS`, then its labels."""
