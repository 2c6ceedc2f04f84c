"""When a call is made again, and after how long.

Every call of this package may be made twice: what reads changes nothing, cancelling and deleting twice is as once, and
a submission carries an Idempotency-Key.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from ocr_client.errors import OcrError, ServiceError, StillAccepting, TooManyRequests, Unreachable

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0
LONGEST_OBEYED = 300.0
"""Seconds. A service that asks for a longer pause is not asked again; the error says what it wants."""

OnPause = Callable[[OcrError, float], object]
"""Told why a request will be made again, and in how many seconds."""

ASKED_TO_WAIT = (TooManyRequests, StillAccepting)
"""Errors of a service that is there, and that end by themselves."""

GATEWAY = (502, 503, 504)
"""What a proxy says while the service behind it is away. The service itself says 502 and 504 for good."""


@dataclass(frozen=True)
class Policy:
    """`retries` counts tries after the first where the service is away or full; being asked to wait does not count.

    `seconds` is the longest that a call may take with all its tries.
    """

    retries: int = 5
    seconds: float = 600.0
    told: OnPause | None = None

    def started(self) -> Attempts:
        return Attempts(self, time.monotonic() + self.seconds)


@dataclass
class Attempts:
    """The tries of one call so far."""

    policy: Policy
    deadline: float
    failed: int = 0

    def pause_after(self, error: OcrError) -> float:
        """Seconds until the next try. Raises the error itself if there should be none."""
        waits = isinstance(error, ASKED_TO_WAIT)
        if not _passing(error) or (not waits and self.failed >= self.policy.retries):
            raise error
        wanted = getattr(error, "retry_after", None)
        seconds = self._backoff() if wanted is None else wanted + random.uniform(0, 0.5 + wanted / 10)
        if (wanted or 0) > LONGEST_OBEYED or time.monotonic() + seconds > self.deadline:
            raise error
        self.failed += not waits
        if self.policy.told:
            self.policy.told(error, seconds)
        return seconds

    def _backoff(self) -> float:
        """Doubled each time; between half of it and all, so that clients don't come back together."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failed, 16))
        return random.uniform(longest / 2, longest)


def _passing(error: OcrError) -> bool:
    """Whether the same request may be answered otherwise in a while, from what is known of the answer."""
    if isinstance(error, (Unreachable, *ASKED_TO_WAIT)):
        return True
    if not isinstance(error, ServiceError):
        return False
    if not error.members:
        return error.status in GATEWAY
    return error.retryable and error.status in (409, 503)
