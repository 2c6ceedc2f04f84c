"""Whose request it is. Authentication is off: every caller is the one owner `anonymous`."""

from __future__ import annotations

from flask import Flask, g


def install(app: Flask, owner: str) -> None:
    @app.before_request
    def name() -> None:
        g.owner = owner
