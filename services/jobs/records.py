"""A Job as the fields of a Redis hash, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256

from services.access.model import Allowance
from services.document import values
from services.jobs.model import (
    Delivery,
    Handling,
    Job,
    JobError,
    Options,
    Outcome,
    Progress,
    Sender,
    Status,
    Times,
    Upload,
)
from services.ocr.source import Mode


def dump(job: Job) -> dict[str, str]:
    """The fields of a new record. The password stands alone, so that it can leave when the job ends."""
    options = asdict(replace(job.options, password=None))
    fields = {
        "owner": job.sender.owner,
        "upload": json.dumps(asdict(job.upload)),
        "options": json.dumps(options),
        "cache_key": job.handling.cache_key,
        "request_id": job.sender.request_id,
        "family": json.dumps(dict(job.delivery.family)),
        "created_at": repr(job.times.created_at),
        "expires_at": repr(job.times.expires_at),
        "status": job.status.value,
        "attempts": "0",
        "done": "0",
    }
    listed = {"flow": job.flow, "listed": owner_hash(job.sender.owner)}
    fields |= {"in_memory": "1"} if job.handling.in_memory else listed
    fields |= {"idempotency": job.claim.key} if job.claim else {}
    fields |= {"callback_url": job.delivery.callback_url} if job.delivery.callback_url else {}
    fields |= _counted(job.allowance)
    fields |= {"user": job.sender.user} if job.sender.user else {}
    fields |= {"root": job.delivery.root} if job.delivery.root else {}
    return fields | ({"password": job.options.password} if job.options.password is not None else {})


def _counted(allowance: Allowance | None) -> dict[str, str]:
    """See `services/access/lua/shared/quota.lua`."""
    if allowance is None:
        return {}
    return {
        "quota_day": allowance.day,
        "quota_limit": str(allowance.limit),
        "quota_reset": allowance.reset_at,
    }


def _allowance(fields: Mapping[str, str]) -> Allowance | None:
    if "quota_day" not in fields:
        return None
    return Allowance(fields["quota_day"], int(fields["quota_limit"]), fields["quota_reset"])


def owner_hash(owner: str) -> str:
    """What stands for the owner in the names of keys."""
    return sha256(owner.encode()).hexdigest()[:32]


def load(job_id: str, fields: Mapping[str, str]) -> Job:
    """Raises KeyError when `fields` is no record."""
    return Job(
        id=job_id,
        sender=Sender(fields["owner"], fields["request_id"], _flow(fields)[0], fields.get("user", "")),
        upload=Upload(**json.loads(fields["upload"])),
        options=_options(fields),
        times=_times(fields),
        handling=Handling(fields["cache_key"], "in_memory" in fields, _flow(fields)[1] == "document"),
        delivery=Delivery(json.loads(fields.get("family", "{}")), fields.get("root", ""), fields.get("callback_url")),
        status=Status(fields["status"]),
        progress=_progress(fields),
        outcome=_outcome(fields),
        allowance=_allowance(fields),
    )


def _flow(fields: Mapping[str, str]) -> tuple[str, str]:
    """Client and kind, both empty for a job in memory."""
    client, _, kind = fields.get("flow", "").partition("/")
    return client, kind


def _times(fields: Mapping[str, str]) -> Times:
    created_at, expires_at = float(fields["created_at"]), float(fields["expires_at"])
    return Times(created_at, expires_at, _number(fields.get("started_at")), _number(fields.get("ended_at")))


def _progress(fields: Mapping[str, str]) -> Progress:
    total = int(fields["total"]) if "total" in fields else None
    return Progress(int(fields["done"]), total, int(fields["attempts"]))


def _outcome(fields: Mapping[str, str]) -> Outcome:
    error = fields.get("error")
    return Outcome(values.load(JobError, json.loads(error)) if error else None, "cached" in fields)


def _options(fields: Mapping[str, str]) -> Options:
    options = json.loads(fields["options"])
    return Options(
        **{
            **options,
            "lang": tuple(options["lang"]),
            "mode": Mode(options["mode"]),
            "extract": tuple(options["extract"]),
            "password": fields.get("password"),
        }
    )


def _number(text: str | None) -> float | None:
    return float(text) if text else None
