"""Who sends the present request, and whether that is allowed: decided before anything else is done for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, Protocol, TypeVar

from flask import Flask, current_app, g, request
from werkzeug import Request

from services.access.model import NOBODY, Allowance, Identity, Plan, Scope
from services.errors import InsufficientScope, ServiceError, Unauthorized

T = TypeVar("T")
PLANS, DOOR, FOUND = "plan_of", "door", "ocr.found"
ANYBODY, ANY_CALLER = "anybody", "any caller"
"""What a view may ask for in place of a scope: nothing, or to be known."""

KEY_HEADERS = ("X-API-Key", "Ocp-Apim-Subscription-Key")
"""The second one is what clients of Azure send."""

BLANKS = " \t"
"""Around what a header says (RFC 9110, 5.6.3)."""

NETWORK_BITS = 64
"""Of an IPv6 address. What is below is the client's own to choose, a new one for each request if it likes."""


class Door(Protocol):
    """What lets callers in, see `services.access.gate`. `address` is where a credential came from."""

    def identify(self, credential: str, address: str) -> Identity: ...

    def redeem(self, ticket: str, address: str) -> Identity: ...

    def still(self, identity: Identity) -> bool: ...

    def revoked(self, identity: Identity) -> bool: ...


def install(app: Flask, door: Door | None, plan_of: Callable[[str], Plan]) -> None:
    """No door where authentication is off: all callers are nobody, who may do everything.

    `plan_of` gives a tenant's plan, and may raise BrokerUnavailable.
    """
    app.extensions[PLANS], app.extensions[DOOR] = plan_of, door

    @app.before_request
    def admit() -> None:
        g.identity, asked = NOBODY, scope_of(_view(), request.method)
        if door is None or asked == ANYBODY:
            return
        g.identity, g.known, g.let_in = _let_in(door), True, time.monotonic()
        if asked != ANY_CALLER and asked not in g.identity.scopes:
            raise _lacking(asked)


def _let_in(door: Door) -> Identity:
    """As was found at the doorstep, where there is one. Raises ServiceError."""
    found: Identity | ServiceError | None = request.environ.get(FOUND)
    if isinstance(found, ServiceError):
        raise found
    return found or let_in(door, request, _view())


def let_in(door: Door, asking: Request, view: Any) -> Identity:
    """Who is asking, by the ticket in the address only where there is a stream, and no header. Raises Unauthorized."""
    credential, ticket = _credential(asking), asking.args.get("ticket", "")
    if ticket and not credential and getattr(view, "takes_ticket", False):
        return door.redeem(ticket, address_of(asking))
    return door.identify(credential, address_of(asking))


def takes_ticket(view: Any) -> Any:
    """A decorator for views whose answers are streams, which browsers ask for without headers."""
    view.takes_ticket = True
    return view


def while_welcome() -> Callable[[Iterator[T]], Iterator[T]]:
    """Gives the items of a stream to the present caller until its key is revoked, or has expired."""
    door, who = current_app.extensions[DOOR], identity()
    return partial(_checked, partial(door.still, who)) if door else lambda items: items


def _checked(still: Callable[[], bool], items: Iterator[T]) -> Iterator[T]:
    try:
        for item in items:
            if not still():
                return
            yield item
    finally:
        if close := getattr(items, "close", None):
            close()


def asks_for(scope: str) -> Callable[[Any], Any]:
    """A decorator that says which scope a view asks for, or ANYBODY, or ANY_CALLER.

    Nobody at all is let in to a view that says nothing.
    """

    def decorate(view: Any) -> Any:
        view.scope = scope
        return view

    return decorate


def identity() -> Identity:
    """Of the present request."""
    found: Identity = g.identity
    return found


def counted_by() -> str:
    """What limits count the present caller by: its name, or without one its address."""
    return f"{g.identity.tenant}/{g.identity.user}" if g.get("known") else address()


def tenant_or_address() -> str:
    """Who the queue is fair to."""
    return str(g.identity.tenant) if g.get("known") else address()


def known_tenant() -> str:
    """Of the present request; empty where nobody is known."""
    return str(g.identity.tenant) if g.get("known") else ""


def plan() -> Plan:
    """Of the present caller's tenant. Raises BrokerUnavailable."""
    if "plan" not in g:
        g.plan = current_app.extensions[PLANS](g.identity.tenant)
    found: Plan = g.plan
    return found


def allowance() -> Allowance | None:
    """The pages that the present caller's tenant has of this day; None where nobody is known."""
    return plan().today() if g.get("known") else None


def address() -> str:
    """Of the present request, see `address_of`."""
    return address_of(request)


def address_of(asking: Request) -> str:
    """Behind the trusted proxies; of IPv6 the network."""
    told = asking.remote_addr or "unknown"
    try:
        found = ip_address(told)
    except ValueError:
        return told
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), NETWORK_BITS), strict=False))


def scope_of(view: Any, method: str) -> str:
    """What a view asks for. No view is there for anybody; which methods there are browsers ask without credentials."""
    return ANYBODY if view is None or method == "OPTIONS" else str(getattr(view, "scope", ""))


def _view() -> Any:
    return current_app.view_functions[request.endpoint] if request.endpoint is not None else None


def _credential(asking: Request) -> str:
    """Of either header; empty without one. Raises Unauthorized where they disagree."""
    scheme, _, bearer = asking.headers.get("Authorization", "").strip(BLANKS).partition(" ")
    key = next((told for name in KEY_HEADERS if (told := asking.headers.get(name, "").strip(BLANKS))), "")
    token = bearer.strip(BLANKS) if scheme.lower() == "bearer" else ""
    if scheme and not token:
        raise Unauthorized("`Authorization` is to be `Bearer <key or token>`.")
    if token and key and token != key:
        raise Unauthorized("`Authorization` and `X-API-Key` differ. Send one of them.")
    return token or key


def _lacking(scope: str) -> InsufficientScope:
    known = scope if scope in {*Scope} else ""
    error = InsufficientScope(f"This key or token lacks the scope `{known}`. Ask for one that has it." if known else "")
    error.members = {"scope": known}
    return error
