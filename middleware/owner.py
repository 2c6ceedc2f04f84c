"""Whose request it is. Authentication is off: every caller is one and the same owner."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Network, ip_address

from flask import Flask, g, request

NETWORK_BITS = 64
"""Of an IPv6 address. What is below is the client's own to choose, a new one for each request if it likes."""


def install(app: Flask, owner: str) -> None:
    @app.before_request
    def name() -> None:
        g.owner = owner


def address() -> str:
    """What a caller without a name is counted by: its address behind the trusted proxies, of IPv6 the network."""
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
