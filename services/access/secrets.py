"""What a tenant's webhooks are signed with, as the operator has set it for that one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import redis

from services.redis import keys
from services.redis.connection import translated


class WebhookSecrets:
    """Texts as in WEBHOOK_SECRET. Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    @translated
    def of(self, tenant: str) -> tuple[str, ...]:
        """All of them sign; none where the deployment's own do."""
        stored: Any = self._redis.hget(keys.TENANT + tenant, "webhook_secrets")
        return tuple(json.loads(stored)) if stored else ()

    @translated
    def put(self, tenant: str, secrets: Sequence[str]) -> None:
        """In place of those that were there."""
        if secrets:
            self._redis.hset(keys.TENANT + tenant, "webhook_secrets", json.dumps(list(secrets)))
        else:
            self._redis.hdel(keys.TENANT + tenant, "webhook_secrets")
