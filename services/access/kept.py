"""The last good set of an issuer's public keys, for processes that start while the issuer is away."""

from __future__ import annotations

import base64
from contextlib import suppress
from hashlib import sha256
from typing import Any

import redis

from services.access.keysets import KEPT_SECONDS
from services.errors import BrokerUnavailable
from services.redis import keys
from services.redis.connection import translated


class KeptKeys:
    """Of the issuer at one address. While Redis is away nothing is kept, and nothing found."""

    def __init__(self, client: redis.Redis, url: str) -> None:
        self._redis = client
        self._name = keys.JWKS + sha256(url.encode()).hexdigest()[:16]

    def get(self) -> bytes | None:
        """As its issuer sent it."""
        with suppress(BrokerUnavailable, ValueError):
            found = self._get()
            return base64.b64decode(found) if found else None
        return None

    def put(self, content: bytes) -> None:
        """In place of what was there."""
        with suppress(BrokerUnavailable):
            self._put(base64.b64encode(content).decode())

    @translated
    def _get(self) -> Any:
        return self._redis.get(self._name)

    @translated
    def _put(self, text: str) -> None:
        self._redis.set(self._name, text, ex=KEPT_SECONDS)
