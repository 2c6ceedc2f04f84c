"""One job per Idempotency-Key, however often a request is sent again.

The key is reserved before the upload is stored, for as long as a process may take over that, and becomes the job's in
the very script that records the job; it leaves with the job. So a process that dies in between leaves neither two jobs
nor a key that nobody can use. See the header's draft, draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

RESERVED = 60
"""Seconds for which a key is kept for a request whose job is not recorded yet."""


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
