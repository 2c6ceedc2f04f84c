"""Who has sent too many wrong credentials lately, by address: a memory of this process, of bounded size."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from services.errors import TooManyWrongKeys

MOST, SECONDS = 30, 60.0
"""Wrong credentials of one address in so many seconds."""

REMEMBERED = 10_000
"""Addresses, and right keys, those used last. Whoever has more addresses than that is not held up by this, and gains
nothing by it."""


@dataclass(slots=True)
class Strikes:
    """Wrong credentials cost an address its further tries. Keys that were right here before are tried all the same.

    Behind one address there may be a whole shop, and one broken till among its ten must not stop the others, also not
    one that is used once a day.
    """

    most: int = MOST
    seconds: float = SECONDS
    _wrong: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)
    _right: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, address: str, digest: str) -> None:
        """Raises TooManyWrongKeys unless this credential, by its digest, may be tried by this address."""
        now = time.monotonic()
        with self._lock:
            began, count = self._wrong.get(address, (now, 0))
            if count < self.most or now - began >= self.seconds or digest in self._right:
                return
            error = TooManyWrongKeys()
            error.retry_after = max(1, round(began + self.seconds - now))
        raise error

    def wrong(self, address: str, digest: str) -> None:
        """One more of this address."""
        now = time.monotonic()
        with self._lock:
            began, count = self._wrong.pop(address, (now, 0))
            fresh = now - began < self.seconds
            self._wrong[address] = (began, count + 1) if fresh else (now, 1)
            self._right.pop(digest, None)
            _bound(self._wrong)

    def right(self, digest: str) -> None:
        """This credential was let in."""
        with self._lock:
            self._right.pop(digest, None)
            self._right[digest] = None
            _bound(self._right)


def _bound(memory: OrderedDict[str, None] | OrderedDict[str, tuple[float, int]]) -> None:
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
