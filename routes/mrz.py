"""`/scan-mrz`: passports and other documents with a machine-readable zone, in memory only."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from controllers.mrz import MrzApi
from controllers.schemas import EmptySchema
from controllers.schemas.mrz import ScanErrorSchema, ScanSchema, ZoneSchema
from middleware.uploads import in_memory
from routes import RouteLimits, answers, caller, respond, takes

PATHS = ("/scan-mrz", "/api/ocr/scan-mrz")
MOST_BYTES = (10 << 20) + 4096
"""Of a request: a file of 10 MB and the form around it."""

ERRORS = {
    400: "The file is empty, or the request is malformed.",
    413: "The picture is larger than 10 MB.",
    415: "The file is neither JPEG nor PNG.",
    422: "There is no zone in the picture, or it cannot be read, or there is no file.",
    429: "Too many requests.",
    500: "The service failed.",
    503: "No worker can take it; read the zone yourself, if you can.",
}


def blueprint(api: MrzApi, limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("mrz", __name__, tag="Passports")
    bp.before_request(lambda: in_memory(MOST_BYTES))
    described = bp.doc(
        responses={
            200: answers("The zone.", ZoneSchema),
            **{status: answers(description, ScanErrorSchema) for status, description in ERRORS.items()},
        }
    )

    @bp.post(PATHS[0])
    @limits.scans
    @takes(bp, EmptySchema, ScanSchema)
    @described
    def scan(form: dict[str, Any], query: dict[str, Any]) -> Response:
        """Read a machine-readable zone"""
        return respond(api.scan(form["file"].stream, caller()))

    bp.add_url_rule(PATHS[1], "alias", scan, methods=["POST"])
    return bp
