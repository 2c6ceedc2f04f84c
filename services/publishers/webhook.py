"""Webhooks: the end of a job, told to the address that its client named.

What is signed, the three headers, what an answer means, and that redirects are not followed, is as in Standard Webhooks
1.0.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
"""

from __future__ import annotations

import binascii
import hmac
import json
import logging
import random
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

import redis

from config import BadSetting, Settings
from services.access.secrets import WebhookSecrets
from services.errors import CallbackRefused, JobExpired, UnknownJob
from services.jobs.model import Job
from services.jobs.ports import Count
from services.outbound import Outbound, Refused, Unreachable
from services.publishers.deliveries import Claimed, Deliveries

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Deliveries that one worker makes at a time."""

SLACK = 15.0
"""Seconds that a delivery may take beyond its call before another makes it again."""

JITTER = 0.2
"""Up to this share is added to each delay, so that what failed together is not tried again together."""

LONGEST_WAIT = 7200.0
"""Seconds of a `Retry-After` that are granted."""

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
GONE, BUSY = 410, (429, 503)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`word` is `delivered`, `gone`, or why not. `wait` are the seconds that the receiver asked for."""

    word: str
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Safe to share between threads. `view` is how a job is told,
    `secrets` gives what a tenant's are signed with, `retries` the seconds before each further try."""

    deliveries: Deliveries
    read: Callable[[str], Job]
    view: Callable[[Job], Mapping[str, Any]]
    outbound: Outbound
    secrets: Callable[[str], Sequence[bytes]]
    retries: Sequence[float]
    seconds: float
    count: Count

    def deliver_due(self) -> None:
        """Make all deliveries that are due, one after the other; whatever was claimed by one that died is due again."""
        while claimed := self.deliveries.claim(self.seconds + SLACK):
            self._deliver(claimed)

    def _deliver(self, claimed: Claimed) -> None:
        job = self._job(claimed.job_id)
        outcome = self._send(job) if job else Outcome("dropped")
        self.count("ocr_webhooks", self._settle(claimed, outcome))
        level = logging.INFO if outcome.word == "delivered" else logging.WARNING
        told = {"job_id": claimed.job_id, "host": claimed.host, "attempt": claimed.tried, "outcome": outcome.word}
        log.log(level, "webhook was tried", extra=told)

    def _job(self, job_id: str) -> Job | None:
        """None for one that was deleted, has expired, or runs again."""
        with suppress(UnknownJob, JobExpired):
            job = self.read(job_id)
            return job if job.ended and job.delivery.callback_url else None
        return None

    def _send(self, job: Job) -> Outcome:
        try:
            body = event(job, self.view(job))
            message_id = f"msg_{job.id}_{round(1000 * (job.times.ended_at or 0))}"
            if not (secrets := self.secrets(job.sender.owner)):
                return Outcome("nothing to sign with")
            headers = signed(message_id, int(time.time()), body, secrets)
            answer = self.outbound.post(job.delivery.callback_url or "", headers, body, self.seconds)
            return _meaning(answer.status, answer.headers)
        except Refused:
            return Outcome("refused")
        except Unreachable as error:
            return Outcome(str(error))
        except Exception:
            log.exception("webhook could not be sent", extra={"job_id": job.id})
            return Outcome("error")

    def _settle(self, claimed: Claimed, outcome: Outcome) -> str:
        """What the delivery counts as."""
        final = {
            "delivered": self.deliveries.delivered,
            "dropped": self.deliveries.drop,
            "gone": self.deliveries.unwanted,
        }
        if outcome.word in final:
            final[outcome.word](claimed)
            return outcome.word
        if claimed.tried > len(self.retries):
            self.deliveries.give_up(claimed, outcome.word)
            return "failed"
        delay = self.retries[claimed.tried - 1] * random.uniform(1, 1 + JITTER)
        self.deliveries.put_off(claimed, max(delay, outcome.wait))
        return "retried"


def build(
    settings: Settings,
    client: redis.Redis,
    outbound: Outbound,
    read: Callable[[str], Job],
    view: Callable[[Job], Mapping[str, Any]],
    count: Count,
) -> Webhooks | None:
    """None where there is nothing to sign with. Raises BadSetting."""
    if not (usual := secrets_of(settings)) and not settings.ways_in:
        return None
    secrets = signers(usual, WebhookSecrets(client))
    retries, seconds = settings.webhook_retries, settings.webhook_timeout
    return Webhooks(Deliveries(client), read, view, outbound, secrets, retries, seconds, count)


def signers(usual: Sequence[bytes], own: WebhookSecrets) -> Callable[[str], Sequence[bytes]]:
    """What a tenant's webhooks are signed with: its own secrets, or the deployment's; may raise BrokerUnavailable."""
    return lambda tenant: tuple(map(secret, own.of(tenant))) or usual


def event(job: Job, view: Mapping[str, Any]) -> bytes:
    """The body: what happened, when, and the job without its result."""
    at = datetime.fromtimestamp(job.times.ended_at or 0, UTC).isoformat(timespec="milliseconds")
    told = {"type": f"job.{job.status.value}", "timestamp": at, "data": view}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signed(message_id: str, timestamp: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The headers of a message; one signature for each secret. The id has no full stop."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = [b64encode(hmac.digest(secret, content, sha256)).decode() for secret in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _meaning(status: int, headers: Mapping[str, str]) -> Outcome:
    if 200 <= status < 300:
        return Outcome("delivered")
    if status == GONE:
        return Outcome("gone")
    wait = _seconds(headers.get("retry-after", "")) if status in BUSY else 0.0
    return Outcome(f"status {status}", min(wait, LONGEST_WAIT))


def _seconds(retry_after: str) -> float:
    """Of a `Retry-After`: a number, or a date (RFC 9110, 10.2.3). 0 for what is neither."""
    if re.fullmatch(r"\d{1,9}", retry_after):
        return float(retry_after)
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    return 0.0


def secrets_of(settings: Settings) -> tuple[bytes, ...]:
    """The keys of WEBHOOK_SECRET; none where it is empty. Raises BadSetting, which does not repeat it."""
    return tuple(_of_setting(text) for text in re.split(r"[,\s]+", settings.webhook_secret) if text)


def secret(text: str) -> bytes:
    """Raises ValueError, which does not repeat it."""
    with suppress(binascii.Error, ValueError):
        key = b64decode(text.removeprefix(PREFIX), validate=True)
        if text.startswith(PREFIX) and len(key) in SECRET_BYTES:
            return key
    raise ValueError(
        "use whsec_ and the base64 of 24 to 64 random bytes, such as `echo whsec_$(openssl rand -base64 32)` makes"
    )


def _of_setting(text: str) -> bytes:
    try:
        return secret(text)
    except ValueError as error:
        raise BadSetting(f"WEBHOOK_SECRET will not do: {error}; several are comma separated") from None


def checker(settings: Settings, outbound: Outbound) -> Callable[[str], str] | None:
    """Gives a submission's `callback_url` back in its usual spelling, or raises CallbackRefused.

    None where there is nothing to sign with. Raises BadSetting.
    """

    def check(url: str) -> str:
        try:
            return outbound.check(url).url
        except Refused:
            raise CallbackRefused() from None

    return check if secrets_of(settings) or settings.ways_in else None
