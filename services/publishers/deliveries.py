"""Webhooks that are to be sent, in Redis.

A delivery lives in its job's record and leaves with it: `callback_url`, `callback_tries`, and in the end why it was
given up, `callback_failure`. The very script that ends the job queues it (`call_back` in `services.jobs.scripts`), and
each host has a queue of its own, so that one receiver that is slow holds up nobody else's.

Keys: `webhooks` hosts by when their next delivery is due · `webhooks:due:<host>` jobs by when they are due, or their
lease ends · `webhooks:sending:<host>` jobs that are being told, by when their lease ends · `webhooks:failed` jobs by
when their delivery was given up (all sorted sets).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis

from services.jobs.scripts import PRELUDE
from services.redis.connection import translated

AT_ONCE = 4
"""Deliveries to one host at a time, by all workers together."""

CLAIM = """
local lease, most, t = tonumber(ARGV[1]), tonumber(ARGV[2]), now()
for _, host in ipairs(redis.call('ZRANGEBYSCORE', P..'webhooks', '-inf', t)) do
  local due, sending = P..'webhooks:due:'..host, P..'webhooks:sending:'..host
  redis.call('ZREMRANGEBYSCORE', sending, '-inf', t)
  if redis.call('ZCARD', sending) < most then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', t, 'LIMIT', 0, 100)) do
      if redis.call('HEXISTS', P..'job:'..id, 'callback_url') == 1 then
        redis.call('ZADD', due, t + lease, id)
        redis.call('ZADD', sending, t + lease, id)
        aim(host)
        local tries = redis.call('HINCRBY', P..'job:'..id, 'callback_tries', 1)
        return {id, host, tries, redis.call('ZSCORE', sending, id)}
      end
      redis.call('ZREM', due, id)
    end
    aim(host)
  end
end
"""

SETTLE = """
local id, host, lease, fate, word = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local record, due, sending = P..'job:'..id, P..'webhooks:due:'..host, P..'webhooks:sending:'..host
if redis.call('ZSCORE', sending, id) ~= lease then return 0 end
redis.call('ZREM', sending, id)
if redis.call('HEXISTS', record, 'callback_url') == 0 then return 0 end
if tonumber(fate) then
  redis.call('ZADD', due, now() + tonumber(fate), id)
else
  redis.call('ZREM', due, id)
  redis.call('HDEL', record, 'callback_tries')
end
if fate == 'failed' then
  redis.call('HSET', record, 'callback_failure', word)
  redis.call('ZADD', P..'webhooks:failed', now(), id)
end
if fate == 'delivered' and redis.call('HGET', record, 'status') ~= 'failed' or fate == 'unwanted' then
  redis.call('HDEL', record, 'callback_url')
end
aim(host)
return 1
"""

FAILED = """
local found = {}
for _, id in ipairs(redis.call('ZRANGE', P..'webhooks:failed', 0, -1)) do
  local url = redis.call('HGET', P..'job:'..id, 'callback_url')
  if url then
    local at = redis.call('ZSCORE', P..'webhooks:failed', id)
    table.insert(found, {id, host_of(url), redis.call('HGET', P..'job:'..id, 'callback_failure') or '', at})
  else
    redis.call('ZREM', P..'webhooks:failed', id)
  end
end
return found
"""

RESEND = """
if not redis.call('ZSCORE', P..'webhooks:failed', ARGV[1]) then return 0 end
return call_back(ARGV[1])
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this thread's for a while; `tried` counts its tries, this one included.

    `lease` tells it from other claims: the same job may end anew, and be claimed again, before this one is settled.
    """

    job_id: str
    host: str
    tried: int
    lease: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A delivery that failed for the last time, `at` seconds since the epoch; `reason` is a word or two."""

    job_id: str
    host: str
    reason: str
    at: float


class Deliveries:
    """Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis) -> None:
        texts = {"claim": CLAIM, "settle": SETTLE, "failed": FAILED, "resend": RESEND}
        self._scripts = {name: client.register_script(PRELUDE + text) for name, text in texts.items()}

    def _run(self, name: str, *args: object) -> Any:
        return self._scripts[name](args=[str(a) for a in args])

    @translated
    def claim(self, lease: float) -> Claimed | None:
        """The next one that is due, of a host that is not called too often already.

        After `lease` seconds it is due again, unless it is settled; so is one whose claim was answered to nobody.
        """
        found = self._run("claim", lease, AT_ONCE)
        return Claimed(found[0], found[1], int(found[2]), found[3]) if found else None

    def delivered(self, claimed: Claimed) -> None:
        """The address is forgotten, but for that of a failed job, which may be run again."""
        self._settle(claimed, "delivered")

    def drop(self, claimed: Claimed) -> None:
        """There is nothing to tell (any more)."""
        self._settle(claimed, "dropped")

    def unwanted(self, claimed: Claimed) -> None:
        """The receiver wants none of it. The address is forgotten."""
        self._settle(claimed, "unwanted")

    def put_off(self, claimed: Claimed, delay: float) -> None:
        """It is due again in `delay` seconds."""
        self._settle(claimed, delay)

    def give_up(self, claimed: Claimed, reason: str) -> None:
        """It is kept for an operator, for as long as its job is."""
        self._settle(claimed, "failed", reason)

    @translated
    def _settle(self, claimed: Claimed, fate: object, word: str = "") -> None:
        """Nothing happens if another has taken it over by now, or the job has ended anew."""
        self._run("settle", claimed.job_id, claimed.host, claimed.lease, fate, word)

    def failed(self) -> Iterator[GivenUp]:
        """Those that were given up and whose jobs are still kept, the oldest first."""
        return (GivenUp(id_, host, reason, float(at)) for id_, host, reason, at in self._failed())

    @translated
    def _failed(self) -> Any:
        return self._run("failed")

    @translated
    def resend(self, job_id: str) -> bool:
        """Try one that was given up as if it were new. False if there is none for this job."""
        return bool(self._run("resend", job_id))
