"""Tickets: what a browser, which can send no headers with an EventSource or a WebSocket, puts into the address instead.

A ticket is good for one stream within a minute, and for reading alone: what a log or a history keeps of an address lets
nobody in. Only its hash is stored.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from hashlib import sha256

import redis

from services.access.keys import ApiKeys
from services.access.model import Identity, Scope
from services.errors import Unauthorized
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts

SECONDS = 60
SHAPE_LENGTH = 43
"""Of 256 random bits in base 64."""

INVALID = "This ticket is not valid, or not any more: it is good for one stream, within a minute. Ask for a new one."


class Tickets:
    """Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis, known: ApiKeys) -> None:
        self._redis = client
        self._run = Scripts(client, "access").run
        self._keys = known

    @translated
    def issue(self, identity: Identity) -> str:
        """A new one for this caller."""
        ticket = secrets.token_urlsafe(32)
        told = {
            "tenant": identity.tenant,
            "user": identity.user,
            "key": identity.key.id if identity.key else "",
            "expires_at": identity.expires_at,
        }
        self._redis.set(keys.TICKET + _hash(ticket), json.dumps(told), ex=SECONDS)
        return ticket

    @translated
    def redeem(self, ticket: str) -> Identity:
        """Who it was made for, reading alone. Raises Unauthorized, also where the key behind it was revoked."""
        found = self._run("find_ticket", _hash(ticket)) if len(ticket) == SHAPE_LENGTH else None
        if not found:
            raise Unauthorized(INVALID)
        told = json.loads(found)
        identity = Identity(told["tenant"], told["user"], frozenset({Scope.READ}), None, told["expires_at"])
        if not told["key"]:
            return identity
        if (key := self._keys.get(told["key"])) is None or key.expired:
            raise Unauthorized(INVALID)
        return replace(identity, key=key)


def _hash(ticket: str) -> str:
    return sha256(ticket.encode()).hexdigest()
