"""`/documentintelligence`: the wire of Azure AI Document Intelligence.

Microsoft describes it (docs/azure.md says what of it is here), so it stays out of our own description of the API.
"""

from __future__ import annotations

from typing import BinaryIO, cast

from apiflask import APIBlueprint
from flask import request

from controllers import Download, Reply
from controllers.document_intelligence import PREFIX
from controllers.document_intelligence.analyses import JSON, AnalysesApi, Body, Wanted
from controllers.document_intelligence.body import GROWTH, MOST_JSON
from middleware.uploads import nameless
from routes import RouteLimits, caller
from routes.rows import Route, mount

PATH = "/documentModels/<model_id>"
RESULT = f"{PATH}/analyzeResults/<job_id>"


def blueprint(api: AnalysesApi, limits: RouteLimits) -> APIBlueprint:
    """Analyse a document, ask for its result, fetch it with its text in it, delete both."""
    bp = APIBlueprint("document_intelligence", __name__, url_prefix=PREFIX, enable_openapi=False)
    return mount(bp, api, limits, ROUTES)


def _analyze(api: AnalysesApi, model_id: str) -> Reply:
    if request.mimetype == JSON:
        request.max_content_length = int(GROWTH * api.most) + MOST_JSON
    with nameless() as file:
        reply = api.analyze(model_id, _wanted(), Body(cast(BinaryIO, request.stream), request.mimetype, file), caller())
    where = f"{request.host_url.rstrip('/')}{reply.headers['Operation-Location']}"
    return Reply(reply.body, reply.status, {**reply.headers, "Operation-Location": where})


def _wanted() -> Wanted:
    """Parameters that are not known are Azure's too, and passed over."""
    given = request.args
    return Wanted(
        pages=given.get("pages", ""),
        locale=given.get("locale", ""),
        unit=given.get("stringIndexType", "textElements"),
        features=_several("features"),
        format=given.get("outputContentFormat", "text"),
        output=_several("output"),
    )


def _several(name: str) -> tuple[str, ...]:
    return tuple(part for text in request.args.getlist(name) for part in text.split(",") if part)


def _operation(api: AnalysesApi, model_id: str, job_id: str) -> Reply:
    return api.operation(model_id, job_id, caller().owner)


def _pdf(api: AnalysesApi, model_id: str, job_id: str) -> Download:
    return api.pdf(model_id, job_id, caller().owner)


def _delete(api: AnalysesApi, model_id: str, job_id: str) -> Reply:
    return api.delete(model_id, job_id, caller().owner)


ROUTES: tuple[Route[AnalysesApi], ...] = (
    Route(
        "POST",
        f"{PATH}:analyze",
        "analyze",
        _analyze,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Analyse a document",
        responses={},
    ),
    Route(
        "GET",
        RESULT,
        "operation",
        _operation,
        limit="reads",
        scope="read",
        audit="read_result",
        text="Ask for an analysis",
        responses={},
    ),
    Route(
        "GET",
        f"{RESULT}/pdf",
        "pdf",
        _pdf,
        limit="reads",
        scope="read",
        audit="read_artifact",
        text="Fetch a document with its text in it",
        responses={},
    ),
    Route(
        "DELETE",
        RESULT,
        "delete",
        _delete,
        limit="reads",
        scope="write",
        audit="deleted",
        text="Delete an analysis",
        responses={},
    ),
)
