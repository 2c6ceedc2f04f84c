"""The values of access, and the words that may name a tenant or a user."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ANONYMOUS = "anonymous"
"""The one tenant while authentication is off; nobody can be made a member of it."""

TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
USER = re.compile(r"[!-~]{1,255}")


class Scope(StrEnum):
    """What a caller may do: fetch results, send documents, scan passports, operate the service for all tenants."""

    READ = "read"
    WRITE = "write"
    SCAN = "scan"
    ADMIN = "admin"


ALL = frozenset(Scope)

USER_PERIOD, TENANT_PERIOD = 60, 3600
"""Seconds in which a user, and all of a tenant together, may send so many documents."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key but the key itself. Times are seconds since the epoch; `used_at` is right to the hour."""

    id: str
    name: str
    tenant: str
    user: str
    scopes: frozenset[Scope]
    created_at: float
    expires_at: float | None = None
    used_at: float | None = None

    @property
    def expired(self) -> bool:
        """Never where no time is set."""
        return self.expires_at is not None and self.expires_at <= time.time()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls. `key` is the API key that said so, None for a token; `expires_at` is when either ends."""

    tenant: str
    user: str
    scopes: frozenset[Scope]
    key: ApiKey | None = None
    expires_at: float | None = None

    @property
    def credential(self) -> str:
        """What an audit calls the key or token."""
        return f"key:{self.key.id}" if self.key else "token"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Pages of one day of a tenant's; `limit` 0 is no bound. `reset_at` is when the next day begins."""

    day: str
    limit: int
    reset_at: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`daily_pages` 0 sets no bound. Days are those of `time_zone`, a name of the IANA's."""

    user_requests: int
    tenant_requests: int
    daily_pages: int
    time_zone: str = "UTC"

    def today(self, now: datetime | None = None) -> Allowance:
        """The present day, which is 23 or 25 hours long where clocks are changed."""
        here = (now or datetime.now(ZoneInfo("UTC"))).astimezone(ZoneInfo(self.time_zone))
        midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), here.tzinfo)
        reset = midnight.astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds")
        return Allowance(here.date().isoformat(), self.daily_pages, reset)


NOBODY = Identity(ANONYMOUS, "", ALL)
"""Every caller while authentication is off."""


def tenant_of(text: str) -> str:
    """A tenant's name, told apart from others letter by letter: `Shop` is not `shop`. Raises ValueError."""
    if not TENANT.fullmatch(text) or text.lower() == ANONYMOUS:
        raise ValueError(
            "a tenant is named by up to 64 letters, digits and . _ @ -, a letter or digit first, and not `anonymous`"
        )
    return text


def user_of(text: str) -> str:
    """A user's name within its tenant. Raises ValueError."""
    if not USER.fullmatch(text):
        raise ValueError("a user is named by up to 255 visible ASCII characters without spaces")
    return text


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    """Raises ValueError for a name that is none, and where there are none."""
    given = set(names)
    if not given or given - {*Scope}:
        raise ValueError(f"scopes are one or more of {', '.join(Scope)}")
    return frozenset(map(Scope, given))
