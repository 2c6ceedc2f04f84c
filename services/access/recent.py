"""Who was let in a moment ago: a memory of this process, short, and of bounded size.

Who sends many requests is looked up, or has its token's signature reckoned, twice a second and not each time. What is
refused is never remembered, so that wrong credentials neither fill this nor push out right ones.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from math import inf

from services.access.model import Identity

SECONDS = 0.5
"""For so long a key that was revoked by another process may still be taken by this one; a second is promised."""

REMEMBERED = 10_000
"""Identities; the one that was let in longest ago is forgotten first."""


@dataclass(slots=True)
class Recent:
    """By the SHA-256 of a credential. Safe to share between threads."""

    seconds: float = SECONDS
    most: int = REMEMBERED
    _known: OrderedDict[str, tuple[float, Identity]] = field(default_factory=OrderedDict)
    _forgot: float = -inf
    """When a key was forgotten last, by `time.monotonic`."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, digest: str) -> Identity | None:
        """Who this is, if it was found lately and has not expired since."""
        until, found = self._known.get(digest, (0.0, None))
        if found is None or until <= time.monotonic():
            return None
        return found if found.expires_at is None or found.expires_at > time.time() else None

    def put(self, digest: str, identity: Identity, asked: float) -> None:
        """`asked` is when, by `time.monotonic`, the look-up began: what was revoked since is told by the next one."""
        with self._lock:
            if asked <= self._forgot:
                return
            self._known.pop(digest, None)
            self._known[digest] = (asked + self.seconds, identity)
            while len(self._known) > self.most:
                self._known.popitem(last=False)

    def forget(self, key_id: str) -> None:
        """The key of this id, which begins its digest, is looked up again; so is whom a look-up finds that goes on."""
        with self._lock:
            self._forgot = time.monotonic()
            for digest in [one for one in self._known if one.startswith(key_id)]:
                del self._known[digest]
