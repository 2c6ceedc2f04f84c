"""`/docs`: the interactive API reference, from files of this installation only."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, send_from_directory
from swagger_ui_bundle import swagger_ui_path

from middleware.callers import ANYBODY, asks_for
from routes import RouteLimits

OURS = Path(__file__).parent.parent / "web" / "docs"
THEIRS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


def blueprint(limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("docs", __name__, url_prefix="/docs", enable_openapi=False)

    @bp.get("", strict_slashes=True)
    @asks_for(ANYBODY)
    @limits.none
    def to_index() -> Response:
        """Relative, so that it holds behind any proxy."""
        return Response(status=308, headers={"Location": "docs/"})

    @bp.get("/", strict_slashes=True)
    @asks_for(ANYBODY)
    @limits.none
    def index() -> Response:
        return send_from_directory(OURS, "index.html")

    @bp.get("/<name>")
    @asks_for(ANYBODY)
    @limits.none
    def asset(name: str) -> Response:
        return send_from_directory(swagger_ui_path if name in THEIRS else OURS, name)

    return bp
