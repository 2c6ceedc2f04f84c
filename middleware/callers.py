"""Who sends the present request, and whether that is allowed: decided before anything else is done for it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from flask import Flask, current_app, g, request

from services.access.model import NOBODY, Allowance, Identity, Plan, Scope
from services.errors import InsufficientScope, Unauthorized

Identify = Callable[[str, str], Identity]
"""Takes a credential, empty where none was sent, and the address it came from. Raises Unauthorized."""

PLANS = "plan_of"
ANYBODY, ANY_CALLER = "anybody", "any caller"
"""What a view may ask for in place of a scope: nothing, or to be known."""

NETWORK_BITS = 64
"""Of an IPv6 address. What is below is the client's own to choose, a new one for each request if it likes."""


def install(app: Flask, identify: Identify | None, plan_of: Callable[[str], Plan]) -> None:
    """None where authentication is off: all callers are nobody, who may do everything.

    `plan_of` gives a tenant's plan, and may raise BrokerUnavailable.
    """
    app.extensions[PLANS] = plan_of

    @app.before_request
    def admit() -> None:
        g.identity, asked = NOBODY, _asked()
        if identify is None or asked == ANYBODY:
            return
        g.identity, g.known = identify(_credential(), address()), True
        if asked != ANY_CALLER and asked not in g.identity.scopes:
            raise _lacking(asked)


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
    """Of the present request, behind the trusted proxies; of IPv6 the network."""
    told = request.remote_addr or "unknown"
    try:
        found = ip_address(told)
    except ValueError:
        return told
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), NETWORK_BITS), strict=False))


def _asked() -> str:
    """What is not there is not there for anybody; which methods are, browsers ask without credentials (CORS)."""
    if request.endpoint is None or request.method == "OPTIONS":
        return ANYBODY
    return str(getattr(current_app.view_functions[request.endpoint], "scope", ""))


def _credential() -> str:
    """Of either header; empty without one. Raises Unauthorized where they disagree."""
    scheme, _, bearer = request.headers.get("Authorization", "").strip().partition(" ")
    key = request.headers.get("X-API-Key", "").strip()
    token = bearer.strip() if scheme.lower() == "bearer" else ""
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
