"""What the jobs are given to work with, each as one function."""

from __future__ import annotations

from collections.abc import Callable

Publish = Callable[[], None]
"""Sends the message that wakes a worker up to look for a unit. Raises BrokerUnavailable."""

Count = Callable[..., None]
"""Counts an event: the name of a metric, then its labels. What monitors know of each is in `services.operations`."""
