"""Who a caller is, and what it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from controllers import Reply
from services.access.model import TENANT_PERIOD, USER_PERIOD, ApiKey, Identity, Plan
from services.access.tickets import SECONDS


@dataclass(frozen=True, slots=True)
class AccessApi:
    """What the routes call. `used` gives a tenant's pages of a day,
    `issue` makes a ticket. All may raise BrokerUnavailable.

    `limited` is whether requests are counted at all, `known` whether callers are somebody.
    """

    plan_of: Callable[[str], Plan]
    used: Callable[[str, str], int]
    issue: Callable[[Identity], str]
    limited: bool
    known: bool

    def me(self, identity: Identity) -> Reply:
        """The caller, its limits, and its tenant's pages of the day. With authentication off everybody is the same."""
        plan = self.plan_of(identity.tenant)
        return Reply(
            {
                "subject": identity.user or identity.tenant,
                "tenant": identity.tenant,
                "scopes": sorted(identity.scopes),
                "key": key_head(identity.key) if identity.key else None,
                "limits": _limits(plan) if self.limited and self.known else {},
                "quota": self._quota(identity.tenant, plan),
            }
        )

    def ticket(self, identity: Identity) -> Reply:
        """201 with a ticket for one stream."""
        return Reply({"ticket": self.issue(identity), "expires_in": SECONDS}, 201)

    def _quota(self, tenant: str, plan: Plan) -> dict[str, Any]:
        today = plan.today()
        used = self.used(tenant, today.day)
        return {"limit": today.limit or None, "used": used, "reset_at": today.reset_at, "time_zone": plan.time_zone}


def key_head(key: ApiKey) -> dict[str, Any]:
    """What a key is told by: never the key itself."""
    return {"id": key.id, "name": key.name, "expires_at": time_of(key.expires_at)}


def time_of(seconds: float | None) -> str | None:
    """In UTC, ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds is not None else None


def _limits(plan: Plan) -> dict[str, Any]:
    return {
        "user": {"requests": plan.user_requests, "period_seconds": USER_PERIOD},
        "tenant": {"requests": plan.tenant_requests, "period_seconds": TENANT_PERIOD},
    }
