"""`python -m services.operations.keys new | list | revoke`: API keys, as the operator gives them out and takes back.

The last line that `new` prints is the key, which is shown this once and kept nowhere.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from functools import partial

import redis

from config import Settings
from services.access.audit import Access, Audit
from services.access.keys import ApiKeys
from services.access.model import ApiKey, scopes_of, tenant_of, user_of
from services.operations.operator import on_server, show

DAY = 86400.0
HEAD = ("KEY", "TENANT", "USER", "SCOPES", "NAME", "MADE", "EXPIRES", "LAST USED")
NONE = "There are no API keys."
UNKNOWN = "There is no such key: `make keys-list` lists them."
OPERATOR = "operator's command"
OFF = "Note: AUTH has no `keys`, so this service asks nobody for a key. Set AUTH=keys and start it again."


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where it could not be done, with a sentence that says why."""
    asked = _parser().parse_args(arguments)
    return on_server(partial(asked.command, asked), anywhere=True)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m services.operations.keys", description="API keys: give out, list, revoke.")
    commands = parser.add_subparsers(required=True)
    new = commands.add_parser("new", help="make a key; the last line printed is the key, shown this once")
    new.add_argument("--tenant", required=True, help="whose jobs it sees, such as shop-1")
    new.add_argument("--user", required=True, help="who of the tenant, such as till-3")
    new.add_argument("--scopes", default="read,write", help="of read, write, scan, admin; read,write if left out")
    new.add_argument("--name", default="", help="what it is for, for people")
    new.add_argument("--days", type=float, help="after which it is not valid any more; never if left out")
    new.set_defaults(command=_new)
    commands.add_parser("list", help="all keys but the keys themselves").set_defaults(command=_list)
    revoke = commands.add_parser("revoke", help="refuse a key from now on")
    revoke.add_argument("key", help="its id, as `list` gives it")
    revoke.set_defaults(command=_revoke)
    return parser


def _new(asked: Namespace, settings: Settings, client: redis.Redis) -> int:
    try:
        tenant, user = tenant_of(asked.tenant), user_of(asked.user)
        scopes = scopes_of(name.strip() for name in asked.scopes.split(",") if name.strip())
        if asked.days is not None and not 0 < asked.days < 36_500:
            raise ValueError("days are more than 0, and less than a hundred years")
    except ValueError as error:
        print(f"No key was made: {error}.", file=sys.stderr)
        return 2
    expires_at = time.time() + asked.days * DAY if asked.days is not None else None
    made, secret = ApiKeys(client).create(tenant, user, scopes, asked.name.strip()[:100], expires_at)
    _written(settings, "key_made", made)
    if "keys" not in settings.ways_in:
        print(OFF, file=sys.stderr)
    print(f"Key {made.id} of {made.user} of {made.tenant}. It is shown this once:\n{secret}")
    return 0


def _list(_asked: Namespace, _settings: Settings, client: redis.Redis) -> int:
    rows = list(map(row, ApiKeys(client).all()))
    if rows:
        show([HEAD, *rows])
    else:
        print(NONE)
    return 0


def _revoke(asked: Namespace, settings: Settings, client: redis.Redis) -> int:
    if (gone := ApiKeys(client).revoke(asked.key)) is None:
        print(UNKNOWN, file=sys.stderr)
        return 1
    _written(settings, "key_revoked", gone)
    print(f"Key {gone.id} of {gone.user} of {gone.tenant} is refused from now on.")
    return 0


def _written(settings: Settings, what: str, key: ApiKey) -> None:
    """In the audit; while nobody is asked for a key, one that cannot be written does no harm."""
    told = Access(what, key.tenant, OPERATOR, "", "", (key.id,), "200", "")
    with nullcontext() if settings.ways_in else suppress(OSError):
        Audit(settings.audits, settings.audit_retention).write(told)


def row(key: ApiKey) -> tuple[str, ...]:
    """A key as the table shows it; names are anybody's text, and must not write elsewhere on a terminal."""
    name = "".join(letter if letter.isprintable() else "?" for letter in key.name)
    times = _day(key.created_at), _day(key.expires_at), _day(key.used_at)
    return (key.id, key.tenant, key.user, ",".join(sorted(key.scopes)), name, *times)


def _day(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds is not None else "-"


if __name__ == "__main__":
    sys.exit(main())
