"""Blueprints: path, schema, limit, docs. No logic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from io import BytesIO
from typing import Any, cast

from apiflask import APIBlueprint
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Response, abort, g, jsonify, request, send_file

from controllers import Download, Reply
from controllers.jobs import Caller, UploadedFile
from middleware.callers import allowance, identity, tenant_or_address
from middleware.prefix import root
from utils.json_text import parsed
from utils.names import shown

NOT_ACCEPTED: dict[Any, Any] = {
    400: "The deployment cannot do that, or the request is malformed.",
    409: "The job was cancelled, or a request with this Idempotency-Key is still being accepted.",
    413: "The upload is too large.",
    415: "The file is of a type that is not read here.",
    429: "Too many requests.",
    500: "The service failed.",
    503: "The job queue cannot be reached; nothing was accepted.",
    504: "Processing took too long (with `Prefer: wait`).",
    507: "There is no space for the upload.",
}
NO_JOB: dict[Any, Any] = {
    404: "No such job of this caller.",
    410: "The job's files have expired.",
    429: "Too many requests.",
    503: "The job queue cannot be reached.",
}


@dataclass(frozen=True, slots=True)
class RouteLimits:
    """Decorators, one of which every view must wear."""

    uploads: Callable[[Any], Any]
    scans: Callable[[Any], Any]
    reads: Callable[[Any], Any]
    streams: Callable[[Any], Any]
    none: Callable[[Any], Any]


def respond(reply: Reply | Download) -> Response:
    """The HTTP answer of a controller's reply."""
    if isinstance(reply, Download):
        named = send_file(BytesIO(), reply.media_type, as_attachment=reply.saved, download_name=reply.filename)
        return Response(reply.content, headers=named.headers)
    response = Response() if reply.body is None else jsonify(reply.body)
    response.status_code = reply.status
    response.headers.update(reply.headers)
    return response


def uploaded(file: Any) -> UploadedFile:
    """A file of the form, under the name that it is shown by."""
    return UploadedFile(file.stream, shown(file.filename or ""))


def caller() -> Caller:
    """Who sent the present request."""
    who = identity()
    return Caller(
        who.tenant,
        g.request_id,
        user=who.user,
        client=tenant_or_address(),
        allowance=allowance(),
        route=request.path,
        root=root(),
    )


def keyed(headers: Any) -> Caller:
    """`caller`, with the Idempotency-Key that IdempotencySchema has loaded."""
    return replace(caller(), idempotency_key=headers.get("idempotency_key", ""))


def answers(description: str, schema: object, media_type: str = "application/json") -> Any:
    """A documented answer."""
    return {"description": description, "content": {media_type: {"schema": schema}}}


MOST_JSON = 1 << 16
"""Bytes of a request in JSON, all of which is read into memory."""

JSON_BODY = "x-json-body"
"""Where a view's documentation has the schema of the JSON that it takes in place of a form."""


def json_body(schema: Any) -> dict[str, Any]:
    """What a view's documentation needs beside the form, as the framework documents one body only."""
    converter = OpenAPIConverter("3.1.0", str, None)  # type: ignore[arg-type]
    return {JSON_BODY: converter.schema2jsonschema(schema())}  # type: ignore[no-untyped-call]


def or_json(bp: APIBlueprint, schema: Any, headers: Any, other: Callable[..., Response]) -> Callable[[Any], Any]:
    """A decorator for a view of a form: a request in JSON is for the `other`, as its arguments `body` and `headers`."""
    loaded = bp.input(headers, location="headers", arg_name="headers")(
        bp.input(schema, location="json", arg_name="body")(other)
    )

    def decorate(view: Any) -> Any:
        @wraps(view)
        def either(**given: Any) -> Response:
            if not request.is_json:
                return cast(Response, view(**given))
            request.max_content_length = min(MOST_JSON, request.max_content_length or MOST_JSON)
            if not _is_text(request.get_data(cache=True)):
                abort(400)
            return loaded(**given)

        return either

    return decorate


def takes_json(bp: APIBlueprint, schema: Any, view: Any) -> Any:
    """The view, with a request's JSON loaded into its argument `body`."""
    loaded = bp.input(schema, location="json", arg_name="body")(view)

    @wraps(loaded)
    def bounded(**given: Any) -> Response:
        request.max_content_length = min(MOST_JSON, request.max_content_length or MOST_JSON)
        if request.is_json and not _is_text(request.get_data(cache=True)):
            abort(400)
        return cast(Response, loaded(**given))

    return bounded


def _is_text(body: bytes) -> bool:
    try:
        parsed(body)
    except ValueError:
        return False
    return True


def takes(bp: APIBlueprint, query: Any, form: Any = None, headers: Any = None) -> Callable[[Any], Any]:
    """A decorator that loads the query, and form and headers where asked for, into the view's arguments of these names.

    Unknown names are refused in query and form.
    """

    def decorate(view: Any) -> Any:
        if headers is not None:
            view = bp.input(headers, location="headers", arg_name="headers")(view)
        if form is not None:
            view = bp.input(form, location="form_and_files", arg_name="form")(view)
        return bp.input(query, location="query", arg_name="query", unknown="raise")(view)

    return decorate
