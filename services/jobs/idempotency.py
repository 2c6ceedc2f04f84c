"""One job per Idempotency-Key, however often a request is sent again.

Key: `key:<hash of owner and key>` is `<job>|<hash of the payload>`. It is reserved before the upload is stored, for as
long as a process may take over that, and becomes the job's in the very script that records the job; it leaves with the
job. So a process that dies in between leaves neither two jobs nor a key that nobody can use. See the header's draft,
draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

RESERVED = 60
"""Seconds for which a key is kept for a request whose job is not recorded yet."""

FUNCTIONS = """
local function claimed_by(key)
  return string.match(key and redis.call('GET', P..'key:'..key) or '', '^([^|]+)|(.*)$')
end
local function is_claimed(key, id)
  local by = key ~= '' and claimed_by(key)
  return by and by ~= id
end
local function claim(key, id, payload)
  if key ~= '' then redis.call('SET', P..'key:'..key, id..'|'..payload) end
end
"""
"""They need `P` of the scripts' prelude."""

RESERVE = """
local key, id, payload, seconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local by, other = claimed_by(key)
if by and by ~= id then
  local status, ends = unpack(redis.call('HMGET', P..'job:'..by, 'status', 'expires_at'))
  if not status or open(by) or tonumber(ends or 0) > now() then
    if other ~= payload then return 'mismatch' end
    return status and by or 'in_progress'
  end
end
redis.call('SET', P..'key:'..key, id..'|'..payload, 'EX', seconds)
return 'reserved'
"""

UNRESERVE = """
local key, id = ARGV[1], ARGV[2]
if claimed_by(key) == id and redis.call('EXISTS', P..'job:'..id) == 0 then redis.call('DEL', P..'key:'..key) end
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An owner's key, and all that decides what a request asks for, both as hashes in hexadecimal."""

    key: str
    payload: str


def claim_of(key: str, owner: str, payload: object) -> Claim:
    """`payload` is told apart by its `repr`."""
    return Claim(_hash(owner, key), _hash(repr(payload)))


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
