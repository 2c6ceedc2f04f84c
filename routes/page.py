"""`/`: the page for people, from the files of `web/page` only. All its addresses are relative, for any prefix."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, send_from_directory

from middleware.callers import ANYBODY, asks_for
from routes import RouteLimits

FILES = Path(__file__).parent.parent / "web" / "page"


def blueprint(limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("page", __name__, enable_openapi=False)

    @bp.get("/")
    @asks_for(ANYBODY)
    @limits.none
    def index() -> Response:
        return send_from_directory(FILES, "index.html")

    @bp.get("/static/<name>")
    @asks_for(ANYBODY)
    @limits.none
    def asset(name: str) -> Response:
        return send_from_directory(FILES, name)

    return bp
