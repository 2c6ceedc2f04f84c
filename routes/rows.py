"""Routes as rows of data, and the views that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, Literal, TypeVar

from apiflask import APIBlueprint
from flask import Response
from marshmallow import Schema

from controllers import Download, Reply
from middleware.audit import audited
from middleware.callers import asks_for, takes_ticket
from routes import RouteLimits, json_body, or_json, respond, takes, takes_json

Api = TypeVar("Api")
Answer = Reply | Download | Response
Call = Callable[Concatenate[Api, ...], Answer]
View = Callable[..., Response]
Loaded = dict[str, Any]
"""What a schema made of a query, a form, headers or a body."""


@dataclass(frozen=True, slots=True)
class Json(Generic[Api]):
    """What a request in JSON is answered by in place of a form: `call` takes the `body` that `schema` loads."""

    schema: type[Schema]
    call: Call[Api]


@dataclass(frozen=True, slots=True)
class Route(Generic[Api]):
    """`call` answers it: it takes its family's API, what stands in the path by its name, and what the schemas load.

    These are `query`, `form`, `headers` and, of a request in JSON alone, `body`; a route without a schema for the query
    takes no notice of one. `name` is its own within its blueprint. `text` is its documentation: a title, and further
    lines after an empty one. `scope` is what it asks of its caller while authentication is on, `audit` the word by
    which a call is written down then.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    name: str
    call: Call[Api]
    limit: Literal["uploads", "scans", "reads", "streams", "none"]
    scope: Literal["read", "write", "scan", "admin", "any caller", "anybody"]
    text: str
    responses: Mapping[Any, Any]
    query: type[Schema] | None = None
    form: type[Schema] | None = None
    headers: type[Schema] | None = None
    json: Json[Api] | None = None
    body: type[Schema] | None = None
    audit: str = ""


def mount(bp: APIBlueprint, api: Api, limits: RouteLimits, routes: Iterable[Route[Api]]) -> APIBlueprint:
    """The blueprint with a view for each route, which is answered by `api`."""
    for route in routes:
        bp.route(route.path, methods=[route.method])(_view(bp, api, limits, route))
    return bp


def _view(bp: APIBlueprint, api: Api, limits: RouteLimits, route: Route[Api]) -> View:
    extensions = json_body(route.json.schema) if route.json else {}
    view = bp.doc(responses=_responses(route), extensions=extensions)(_named(bp, route, route.call, api))
    if route.body is not None:
        view = takes_json(bp, route.body, view)
    if route.query is not None:
        view = takes(bp, route.query, route.form, route.headers)(view)
    if route.json:
        view = or_json(bp, route.json.schema, route.headers, _named(bp, route, route.json.call, api))(view)
    limited: View = getattr(limits, route.limit)(view)
    scoped: View = asks_for(route.scope)(audited(route.audit)(limited))
    return takes_ticket(scoped) if route.limit == "streams" else scoped


def _responses(route: Route[Api]) -> dict[Any, Any]:
    """With how callers are refused while authentication is on; a family may have said that in words of its own."""
    if route.scope == "anybody":
        return dict(route.responses)
    refused: dict[Any, Any] = {401: "No API key or token was sent, or one that is not valid."}
    refused |= {} if route.scope == "any caller" else {403: f"The key or token lacks the scope `{route.scope}`."}
    return {**refused, **route.responses}


def _named(bp: APIBlueprint, route: Route[Api], call: Call[Api], api: Api) -> View:
    """Limits are counted by module and name of a view, so no two may have the same."""

    def view(**given: Any) -> Response:
        answer = call(api, **given)
        return answer if isinstance(answer, Response) else respond(answer)

    view.__name__, view.__module__, view.__doc__ = route.name, bp.import_name, route.text
    return view
