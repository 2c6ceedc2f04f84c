"""`/scan-mrz`: passports and other documents with a machine-readable zone, in memory only."""

from __future__ import annotations

from dataclasses import replace

from apiflask import APIBlueprint

from controllers import Reply
from controllers.mrz import MrzApi
from controllers.schemas import EmptySchema
from controllers.schemas.mrz import ScanErrorSchema, ScanSchema, ZoneSchema
from middleware.uploads import in_memory
from routes import RouteLimits, answers, caller
from routes.rows import Loaded, Route, mount

PATHS = ("/scan-mrz", "/api/ocr/scan-mrz")
MOST_BYTES = (10 << 20) + 4096
"""Of a request: a file of 10 MB and the form around it."""

ERRORS = {
    400: "The file is empty, or the request is malformed.",
    401: "No API key or token was sent, or one that is not valid.",
    403: "The key or token lacks the scope `scan`.",
    413: "The picture is larger than 10 MB.",
    415: "The file is neither JPEG nor PNG.",
    422: "There is no zone in the picture, or it cannot be read, or there is no file.",
    429: "Too many requests.",
    500: "The service failed.",
    503: "No worker can take it; read the zone yourself, if you can.",
}


def blueprint(api: MrzApi, limits: RouteLimits) -> APIBlueprint:
    """The one route, under both of its paths."""
    bp = APIBlueprint("mrz", __name__, tag="Passports")
    bp.before_request(lambda: in_memory(MOST_BYTES))
    return mount(bp, api, limits, (SCAN, replace(SCAN, path=PATHS[1], name="alias")))


def _scan(api: MrzApi, query: Loaded, form: Loaded) -> Reply:
    return api.scan(form["file"].stream, caller())


SCAN: Route[MrzApi] = Route(
    "POST",
    PATHS[0],
    "scan",
    _scan,
    limit="scans",
    scope="scan",
    audit="scanned",
    text="Read a machine-readable zone",
    query=EmptySchema,
    form=ScanSchema,
    responses={
        200: answers("The zone.", ZoneSchema),
        **{status: answers(description, ScanErrorSchema) for status, description in ERRORS.items()},
    },
)
