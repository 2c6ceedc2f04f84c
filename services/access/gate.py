"""Who is let in: a credential of any kind that is on, to an identity."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from services.access import api_key
from services.access.model import ApiKey, Identity
from services.access.recent import Recent
from services.access.strikes import Strikes
from services.errors import BrokerUnavailable, Unauthorized

Verify = Callable[[str], Identity]
"""Raises Unauthorized."""

LONGEST = 8192
"""Characters of a credential: what web servers take of a header."""

INVALID = "This key or token is not valid here, or not any more."
EXPIRED = "This key has expired. Ask for a new one."


class Known(Protocol):
    """The keys that there are, see `services.access.keys`."""

    def find(self, secret: str) -> ApiKey | None: ...

    def lives(self, key_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Gate:
    """`keys` and `token` are None where that way is off.

    Before a look-up the same is done for every key, and the look-up is by its hash: how long a refusal takes tells
    nothing of the keys that there are. Who was let in within the last half second is not looked up again.
    """

    keys: Known | None = None
    token: Verify | None = None
    ticket: Verify | None = None
    strikes: Strikes = field(default_factory=Strikes)
    recent: Recent = field(default_factory=Recent)

    def identify(self, credential: str, address: str) -> Identity:
        """Of who sends this credential from that address.

        Raises Unauthorized, TooManyWrongKeys, BrokerUnavailable.
        """
        if not credential:
            raise Unauthorized()
        digest, now = api_key.digest(credential[: LONGEST + 1]), time.monotonic()
        if known := self.recent.get(digest):
            return known
        if credential.startswith(api_key.PREFIX):
            self.strikes.check(address, digest)  # a token that is valid is always taken: its next one is another
        found = self._counted(address, digest, lambda: self._identify(credential))
        self.strikes.right(digest)
        self.recent.put(digest, found, now)
        return found

    def redeem(self, ticket: str, address: str) -> Identity:
        """Of who sends this ticket. Raises as `identify` does."""
        if self.ticket is None:
            raise Unauthorized()
        redeem, digest = self.ticket, api_key.digest(ticket[: LONGEST + 1])
        self.strikes.check(address, digest)
        return self._counted(address, digest, lambda: redeem(ticket))

    def _counted(self, address: str, digest: str, look: Callable[[], Identity]) -> Identity:
        try:
            return look()
        except Unauthorized:
            self.strikes.check(address, digest)
            self.strikes.wrong(address, digest)
            raise

    def still(self, identity: Identity) -> bool:
        """Whether who was let in is to be let on: the key lives, and nothing has expired."""
        return (identity.expires_at is None or identity.expires_at > time.time()) and not self.revoked(identity)

    def revoked(self, identity: Identity) -> bool:
        """Whether who was let in has lost its key since. While the server is away nobody is thrown out."""
        with suppress(BrokerUnavailable):
            return identity.key is not None and self.keys is not None and not self.keys.lives(identity.key.id)
        return False

    def _identify(self, credential: str) -> Identity:
        if len(credential) > LONGEST:
            raise Unauthorized(INVALID)
        if credential.startswith(api_key.PREFIX):
            return self._of_key(credential)
        if self.token is None:
            raise Unauthorized(INVALID)
        return self.token(credential)

    def _of_key(self, credential: str) -> Identity:
        found = self.keys.find(credential) if self.keys and api_key.is_written_right(credential) else None
        if found is None:
            raise Unauthorized(INVALID)
        if found.expired:
            raise Unauthorized(EXPIRED)
        return Identity(found.tenant, found.user, found.scopes, found, found.expires_at)
