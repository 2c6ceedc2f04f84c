"""Whose request it is. Authentication is off: every caller is one and the same owner."""

from __future__ import annotations

from flask import Flask, g, request


def install(app: Flask, owner: str) -> None:
    @app.before_request
    def name() -> None:
        g.owner = owner


def address() -> str:
    """What a caller without a name is counted by: the address of the client, behind the trusted proxies."""
    return request.remote_addr or "unknown"
