"""Jobs as they go, for the families that let them be followed."""

from __future__ import annotations

import socket
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from controllers import Stream
from controllers.schemas.events import EventSchema, LastEventHeaderSchema, LastEventSchema, PagesSchema
from controllers.streams import NDJSON, SSE, StreamsApi
from routes import NO_JOB, RouteLimits, answers, caller, takes
from routes.websockets import WebSocketResponse

UNREAD_MS = 60_000
"""After which a stream is given up of which the client takes nothing; so is one whose client cannot be reached."""

TEXT = {"type": "string"}
EVENTS: dict[Any, Any] = {
    200: answers(
        "Server-Sent Events: job_queued, job_started, job_progress (a page was read), and as the last one "
        "job_completed, job_failed or job_cancelled.",
        EventSchema,
        SSE,
    ),
    204: "The event that was named is the last one: do not connect again.",
    **NO_JOB,
}


def blueprint(api: StreamsApi, limits: RouteLimits) -> APIBlueprint:
    """Of the native family."""
    bp = APIBlueprint("events", __name__, url_prefix="/ocr", tag="OCR")
    _events(bp, "/job/<job_id>/events", api, limits)

    @bp.get("/job/<job_id>/pages")
    @limits.streams
    @takes(bp, PagesSchema)
    @bp.doc(
        responses={
            200: answers("A page a line, as in the result; an error is the last line, `{error}`.", TEXT, NDJSON),
            **NO_JOB,
        }
    )
    def pages(job_id: str, query: dict[str, Any]) -> Response:
        """Pages as they are read

        Lines of JSON, each sent when its page was read. An empty line now and then only keeps the connection open.
        """
        return _sent(api.pages(job_id, caller().owner, query["start"], query["order"]))

    return bp


def pos_blueprint(api: StreamsApi, limits: RouteLimits, prefix: str) -> APIBlueprint:
    """Of the point of sale."""
    bp = APIBlueprint("pos_events", __name__, url_prefix=prefix, tag="Point of sale")
    _events(bp, "/ocr/jobs/<job_id>/events", api, limits)

    _messages(bp, "/ocr/jobs/<job_id>/ws", api, limits)
    return bp


def _messages(bp: APIBlueprint, path: str, api: StreamsApi, limits: RouteLimits) -> None:
    """Werkzeug tells requests for a WebSocket from others at the same address."""

    @bp.get(path, websocket=True)
    @limits.streams
    @bp.doc(hide=True)
    def messages(job_id: str) -> Response:
        told = api.messages(job_id, caller().owner, request.headers.get("Origin", ""), request.host_url.rstrip("/"))
        _watch()
        return WebSocketResponse(told)

    @bp.get(path)
    @limits.reads
    @bp.doc(
        responses={
            101: "A WebSocket: each message is `{event, data}`; closed with 1000 after the last event.",
            403: "The page that asks is of an origin that is not among CORS_ORIGINS.",
            426: "The request does not ask for a WebSocket.",
            **NO_JOB,
        }
    )
    def no_messages(job_id: str) -> Response:
        """Follow a job over a WebSocket"""
        api.no_messages(job_id, caller().owner)


def _events(bp: APIBlueprint, path: str, api: StreamsApi, limits: RouteLimits) -> None:
    @bp.get(path)
    @limits.streams
    @takes(bp, LastEventSchema, headers=LastEventHeaderSchema)
    @bp.doc(responses=EVENTS)
    def events(job_id: str, query: dict[str, Any], headers: dict[str, Any]) -> Response:
        """Follow a job as it goes"""
        last = headers["last_event_id"] or query["last_event_id"]
        return _sent(api.events(job_id, caller().owner, last))


def _sent(stream: Stream | None) -> Response:
    if stream is None:
        return Response(status=204)
    _watch()
    response = Response(stream.chunks, mimetype=stream.media_type)
    response.headers.update({"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    return response


def _watch() -> None:
    """Have the kernel close the connection of a client that is gone or has stopped to read: tcp(7)."""
    wire, option = request.environ.get("gunicorn.socket"), getattr(socket, "TCP_USER_TIMEOUT", None)
    if wire is not None and option is not None:
        wire.setsockopt(socket.IPPROTO_TCP, option, UNREAD_MS)
