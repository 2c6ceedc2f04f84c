"""API keys in Redis, where alone they are: one that is removed there is refused by the next look-up anywhere."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import redis

from services.access import api_key
from services.access.model import ApiKey, Scope
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts

COARSE = 3600
"""Seconds after which a key's use is noted again."""


EVERYTHING = "*"
"""What is told on the channel of events where all who follow a job are to have a turn."""


class ApiKeys:
    """Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._run = Scripts(client, "access").run

    @translated
    def create(
        self, tenant: str, user: str, scopes: frozenset[Scope], name: str = "", expires_at: float | None = None
    ) -> tuple[ApiKey, str]:
        """What is known of a new key, and the key, which is nowhere else. Names have been checked."""
        secret = api_key.mint()
        made = ApiKey(api_key.id_of(secret), name, tenant, user, scopes, time.time(), expires_at)
        with self._redis.pipeline() as pipe:
            pipe.hset(keys.API_KEY + made.id, mapping=_dump(made, api_key.digest(secret)))
            pipe.sadd(keys.API_KEYS, made.id)
            pipe.zadd(keys.TENANTS, {tenant: 0})
            pipe.execute()
        return made, secret

    @translated
    def find(self, secret: str) -> ApiKey | None:
        """The key that was sent, also an expired one; None for one that is unknown, or was revoked."""
        digest = api_key.digest(secret)
        told: Any = self._run("find_key", digest[: api_key.ID_LENGTH], digest, COARSE)
        fields = dict(zip(told[::2], told[1::2], strict=True))
        return _load(digest[: api_key.ID_LENGTH], fields) if fields else None

    @translated
    def get(self, key_id: str) -> ApiKey | None:
        """By its id; None for one that was revoked."""
        fields: Any = self._redis.hgetall(keys.API_KEY + key_id)
        return _load(key_id, fields) if fields else None

    @translated
    def lives(self, key_id: str) -> bool:
        """Whether it has not been revoked."""
        return bool(self._redis.exists(keys.API_KEY + key_id))

    @translated
    def all(self, tenant: str | None = None) -> list[ApiKey]:
        """By tenant, user and age; of one tenant, or of all."""
        ids: Any = self._redis.smembers(keys.API_KEYS)
        with self._redis.pipeline(transaction=False) as pipe:
            for key_id in ids:
                pipe.hgetall(keys.API_KEY + key_id)
            rows = pipe.execute()
        found = [_load(key_id, fields) for key_id, fields in zip(ids, rows, strict=True) if fields]
        wanted = [key for key in found if tenant in (None, key.tenant)]
        return sorted(wanted, key=lambda key: (key.tenant, key.user, key.created_at))

    @translated
    def revoke(self, key_id: str) -> ApiKey | None:
        """Forget it, and have who follows a job looked at again; what it was, or None where there is no such key."""
        with self._redis.pipeline() as pipe:
            pipe.hgetall(keys.API_KEY + key_id)
            pipe.delete(keys.API_KEY + key_id)
            pipe.srem(keys.API_KEYS, key_id)
            pipe.publish(keys.TOLD, EVERYTHING)
            fields = pipe.execute()[0]
        return _load(key_id, fields) if fields else None


def _dump(key: ApiKey, digest: str) -> dict[str, str]:
    ends = {"expires_at": repr(key.expires_at)} if key.expires_at is not None else {}
    return {
        "sha256": digest,
        "name": key.name,
        "tenant": key.tenant,
        "user": key.user,
        "scopes": json.dumps(sorted(key.scopes)),
        "created_at": repr(key.created_at),
        **ends,
    }


def _load(key_id: str, fields: Mapping[str, str]) -> ApiKey:
    return ApiKey(
        id=key_id,
        name=fields["name"],
        tenant=fields["tenant"],
        user=fields["user"],
        scopes=frozenset(map(Scope, json.loads(fields["scopes"]))),
        created_at=float(fields["created_at"]),
        expires_at=_seconds(fields, "expires_at"),
        used_at=_seconds(fields, "used_at"),
    )


def _seconds(fields: Mapping[str, str], name: str) -> float | None:
    return float(fields[name]) if name in fields else None
