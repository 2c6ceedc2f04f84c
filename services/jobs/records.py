"""A Job as the fields of a Redis hash, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256

from services.document import values
from services.jobs.model import Job, JobError, Options, Status, Upload
from services.ocr.source import Mode


def dump(job: Job) -> dict[str, str]:
    """The fields of a new record. The password stands alone, so that it can leave when the job ends."""
    options = asdict(replace(job.options, password=None))
    fields = {
        "owner": job.owner,
        "upload": json.dumps(asdict(job.upload)),
        "options": json.dumps(options),
        "cache_key": job.cache_key,
        "request_id": job.request_id,
        "family": json.dumps(dict(job.family)),
        "created_at": repr(job.created_at),
        "expires_at": repr(job.expires_at),
        "status": job.status.value,
        "attempts": "0",
        "done": "0",
    }
    fields |= {"in_memory": "1"} if job.in_memory else {"flow": job.flow, "listed": owner_hash(job.owner)}
    fields |= {"idempotency": job.claim.key} if job.claim else {}
    fields |= {"callback_url": job.callback_url} if job.callback_url else {}
    fields |= {"root": job.root} if job.root else {}
    return fields | ({"password": job.options.password} if job.options.password is not None else {})


def owner_hash(owner: str) -> str:
    """What stands for the owner in the names of keys."""
    return sha256(owner.encode()).hexdigest()[:32]


def load(job_id: str, fields: Mapping[str, str]) -> Job:
    """Raises KeyError when `fields` is no record."""
    error = fields.get("error")
    client, _, kind = fields.get("flow", "").partition("/")
    return Job(
        id=job_id,
        owner=fields["owner"],
        upload=Upload(**json.loads(fields["upload"])),
        options=_options(fields),
        cache_key=fields["cache_key"],
        request_id=fields["request_id"],
        created_at=float(fields["created_at"]),
        expires_at=float(fields["expires_at"]),
        status=Status(fields["status"]),
        started_at=_number(fields.get("started_at")),
        ended_at=_number(fields.get("ended_at")),
        done=int(fields["done"]),
        total=int(fields["total"]) if "total" in fields else None,
        attempts=int(fields["attempts"]),
        cached="cached" in fields,
        error=values.load(JobError, json.loads(error)) if error else None,
        family=json.loads(fields.get("family", "{}")),
        in_memory="in_memory" in fields,
        client=client,
        document=kind == "document",
        callback_url=fields.get("callback_url"),
        root=fields.get("root", ""),
    )


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
