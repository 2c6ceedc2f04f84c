"""Jobs as they go, for the families that let them be followed."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from apiflask import APIBlueprint
from flask import Response, request

from controllers import Stream
from controllers.schemas.events import EventSchema, LastEventHeaderSchema, LastEventSchema, PagesSchema
from controllers.streams import NDJSON, SSE, Messages, StreamsApi
from middleware.callers import asks_for, takes_ticket, while_welcome
from middleware.large_answers import watch
from routes import NO_JOB, RouteLimits, answers, caller
from routes.rows import Loaded, Route, mount
from routes.websockets import WebSocketResponse

TEXT = {"type": "string"}
WEBSOCKET = "/ocr/jobs/<job_id>/ws"


def blueprint(api: StreamsApi, limits: RouteLimits) -> APIBlueprint:
    """Of the native family."""
    return mount(APIBlueprint("events", __name__, url_prefix="/ocr", tag="OCR"), api, limits, ROUTES)


def pos_blueprint(api: StreamsApi, limits: RouteLimits, prefix: str) -> APIBlueprint:
    """Of the point of sale."""
    bp = APIBlueprint("pos_events", __name__, url_prefix=prefix, tag="Point of sale")
    _messages(bp, api, limits)
    return mount(bp, api, limits, POS_ROUTES)


def _messages(bp: APIBlueprint, api: StreamsApi, limits: RouteLimits) -> None:
    """Werkzeug tells requests for a WebSocket from others at the same address."""

    @bp.get(WEBSOCKET, websocket=True)
    @takes_ticket
    @asks_for("read")
    @limits.streams
    @bp.doc(hide=True)
    def messages(job_id: str) -> Response:
        told = api.messages(job_id, caller().owner, request.headers.get("Origin", ""), request.host_url.rstrip("/"))
        watch()
        return WebSocketResponse(_while_welcome(told))


def _while_welcome(told: Messages) -> Messages:
    checked = while_welcome()
    return lambda bell: checked(told(bell))


def _no_messages(api: StreamsApi, job_id: str) -> NoReturn:
    api.no_messages(job_id, caller().owner)


def _events(api: StreamsApi, job_id: str, query: Loaded, headers: Loaded) -> Response:
    return _sent(api.events(job_id, caller().owner, headers["last_event_id"] or query["last_event_id"]))


def _pages(api: StreamsApi, job_id: str, query: Loaded) -> Response:
    return _sent(api.pages(job_id, caller().owner, query["start"], query["order"]))


def _sent(stream: Stream | None) -> Response:
    if stream is None:
        return Response(status=204)
    response = Response(while_welcome()(stream.chunks), mimetype=stream.media_type)
    response.headers.update({"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    return response


EVENTS: Route[StreamsApi] = Route(
    "GET",
    "/job/<job_id>/events",
    "events",
    _events,
    limit="streams",
    scope="read",
    text="Follow a job as it goes",
    query=LastEventSchema,
    headers=LastEventHeaderSchema,
    responses={
        200: answers(
            "Server-Sent Events: job_queued, job_started, job_progress (a page was read), and as the last one "
            "job_completed, job_failed or job_cancelled.",
            EventSchema,
            SSE,
        ),
        204: "The event that was named is the last one: do not connect again.",
        **NO_JOB,
    },
)

ROUTES: tuple[Route[StreamsApi], ...] = (
    EVENTS,
    Route(
        "GET",
        "/job/<job_id>/pages",
        "pages",
        _pages,
        limit="streams",
        scope="read",
        audit="read_result",
        text="Pages as they are read\n\n"
        "Lines of JSON, each sent when its page was read. An empty line now and then only keeps the connection open.",
        query=PagesSchema,
        responses={
            200: answers("A page a line, as in the result; an error is the last line, `{error}`.", TEXT, NDJSON),
            **NO_JOB,
        },
    ),
)

POS_ROUTES: tuple[Route[StreamsApi], ...] = (
    replace(EVENTS, path="/ocr/jobs/<job_id>/events"),
    Route(
        "GET",
        WEBSOCKET,
        "no_messages",
        _no_messages,
        limit="reads",
        scope="read",
        text="Follow a job over a WebSocket",
        responses={
            101: "A WebSocket: each message is `{event, data}`; closed with 1000 after the last event.",
            403: "The page that asks is of an origin that is not among CORS_ORIGINS.",
            426: "The request does not ask for a WebSocket.",
            **NO_JOB,
        },
    ),
)
