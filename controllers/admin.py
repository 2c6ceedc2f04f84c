"""What the operator does over HTTP: API keys, what tenants may use, and failed jobs of all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from controllers import Reply
from controllers.access import key_head, time_of
from services.access.audit import note
from services.access.keys import ApiKeys
from services.access.model import ApiKey, scopes_of, tenant_of, user_of
from services.access.plans import NAMES, Plans, is_time_zone
from services.access.roster import Roster, Tenant
from services.access.secrets import WebhookSecrets
from services.errors import BadInput, CapabilityUnavailable, JobExpired, JobSettling, UnknownJob, UnknownKey
from services.operations.failed import FailedJob, Outcome

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class AdminApi:
    """What the routes call. All need Redis.

    `check_secret` raises ValueError for what nothing is signed with. `forget` has this process look a key up again,
    None where callers are not known. `failed` gives the failed jobs behind one, oldest first; `rerun` has one done
    again.
    """

    keys: ApiKeys
    plans: Plans
    roster: Roster
    secrets: WebhookSecrets
    check_secret: Callable[[str], object]
    forget: Callable[[str], None] | None
    failed: Callable[[str], Iterator[FailedJob]]
    rerun: Callable[[str], Outcome]

    def check(self) -> None:
        """Raises CapabilityUnavailable where nobody is known: keys made by strangers would be good later on."""
        if self.forget is None:
            raise CapabilityUnavailable("This deployment knows no callers (AUTH=off). Its operator can set AUTH=keys.")

    def make_key(self, asked: Mapping[str, Any]) -> Reply:
        """201 with the key, which is shown this once. Raises BadInput."""
        tenant, user = _checked("tenant", tenant_of, asked["tenant"]), _checked("user", user_of, asked["user"])
        scopes = _checked("scopes", scopes_of, asked["scopes"])
        ends = time.time() + asked["days"] * DAY if asked["days"] is not None else None
        made, secret = self.keys.create(tenant, user, scopes, asked["name"], ends)
        note(made.id)
        return Reply({"key": secret, **_view(made)}, 201)

    def list_keys(self, tenant: str | None) -> Reply:
        """All keys, or those of a tenant, without the keys themselves."""
        return Reply({"keys": [_view(key) for key in self.keys.all(tenant)]})

    def revoke_key(self, key_id: str) -> Reply:
        """204; this process refuses it at once, all others within half a second. Raises UnknownKey."""
        if self.keys.revoke(key_id) is None:
            raise UnknownKey()
        if self.forget:
            self.forget(key_id)
        return Reply(None, 204)

    def tenant(self, tenant: str) -> Reply:
        """What holds for it; what of that is its own is in `own`. Raises BadInput."""
        (found,) = self.roster.told([_checked("tenant", tenant_of, tenant)])
        return Reply(_tenant_view(found))

    def tenants(self, after: str, limit: int) -> Reply:
        """By their names, at most so many behind `after`: who has had a key, something of its own, or pages read."""
        found = self.roster.names(after, limit + 1)
        here = found[:limit]
        told = [_tenant_view(tenant) for tenant in self.roster.told(here)]
        return Reply({"tenants": told, "next_after": here[-1] if len(found) > limit else None})

    def failed_jobs(self, after: str, limit: int) -> Reply:
        """Of all tenants, oldest first, at most so many behind the job `after`."""
        found = list(islice(self.failed(after), limit + 1))
        here = found[:limit]
        return Reply(
            {"jobs": [_failed_view(job) for job in here], "next_after": here[-1].id if len(found) > limit else None}
        )

    def rerun_job(self, job_id: str) -> Reply:
        """202 when it waits for a worker again. Raises UnknownJob, JobExpired, JobSettling."""
        outcome = self.rerun(job_id)
        if outcome == "unknown":
            raise UnknownJob("No failed job has this id (any more). `GET /admin/jobs/failed` lists them.")
        if outcome == "gone":
            raise JobExpired("This job has no upload any more: its sender has to send it again.")
        if outcome == "settling":
            raise JobSettling()
        return Reply({"job_id": job_id, "status": outcome}, 202)

    def set_tenant(self, tenant: str, asked: Mapping[str, Any]) -> Reply:
        """What is left out is as usual from now on, but for webhook secrets, which stay. Raises BadInput."""
        name = _checked("tenant", tenant_of, tenant)
        own = {member: asked[member] for member in NAMES if asked.get(member) is not None}
        if not is_time_zone(own.get("time_zone", "UTC")):
            raise BadInput("time_zone: use a name of the IANA's, such as Asia/Dhaka or Europe/Berlin.")
        secrets: Sequence[str] | None = asked.get("webhook_secrets")
        for secret in secrets or ():
            _checked("webhook_secrets", self.check_secret, secret)
        self.plans.put(name, own)
        if secrets is not None:
            self.secrets.put(name, secrets)
        return self.tenant(name)


def _checked(name: str, check: Callable[[Any], Any], value: object) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise BadInput(f"{name}: {error}.") from None


def _tenant_view(tenant: Tenant) -> dict[str, Any]:
    used = {"used": tenant.used, "reset_at": tenant.today.reset_at}
    own = {"own": list(tenant.own), "webhook_secrets": tenant.secrets}
    return {"tenant": tenant.name, **asdict(tenant.plan), **own, **used}


def _view(key: ApiKey) -> dict[str, Any]:
    more = {"scopes": _sorted(key.scopes), "created_at": time_of(key.created_at), "used_at": time_of(key.used_at)}
    return {**key_head(key), "tenant": key.tenant, "user": key.user, **more}


def _failed_view(job: FailedJob) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "tenant": job.tenant,
        "failed_at": time_of(job.failed_at),
        "code": job.code,
        "attempts": job.attempts,
        "media_type": job.media_type,
        "file_size": job.size,
    }


def _sorted(scopes: Iterable[str]) -> list[str]:
    return sorted(map(str, scopes))
