"""Who a caller is."""

from __future__ import annotations

from apiflask import APIBlueprint

from controllers import Reply
from controllers.access import AccessApi
from controllers.schemas import EmptySchema
from controllers.schemas.access import MeSchema, TicketSchema
from middleware.callers import identity
from routes import NO_JOB, RouteLimits, answers
from routes.rows import Loaded, Route, mount


def blueprint(api: AccessApi, limits: RouteLimits) -> APIBlueprint:
    """What a caller asks about itself."""
    return mount(APIBlueprint("access", __name__, tag="Access"), api, limits, ROUTES)


def _ticket(api: AccessApi, query: Loaded) -> Reply:
    return api.ticket(identity())


def _me(api: AccessApi, query: Loaded) -> Reply:
    return api.me(identity())


ROUTES: tuple[Route[AccessApi], ...] = (
    Route(
        "GET",
        "/me",
        "me",
        _me,
        limit="reads",
        scope="any caller",
        text="Who you are\n\nWhat your key or token lets you do, your limits, and your tenant's pages of the day.",
        query=EmptySchema,
        responses={200: answers("The caller.", MeSchema), 429: NO_JOB[429], 503: NO_JOB[503]},
    ),
    Route(
        "POST",
        "/tickets",
        "ticket",
        _ticket,
        limit="reads",
        scope="read",
        text="A ticket for a stream\n\n"
        "For browsers, which send no headers with an EventSource or a WebSocket: put it into the address as `ticket`.\n"
        "It opens one stream, within a minute.",
        query=EmptySchema,
        responses={201: answers("The ticket.", TicketSchema), 429: NO_JOB[429], 503: NO_JOB[503]},
    ),
)
