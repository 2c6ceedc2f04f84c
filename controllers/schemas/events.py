"""Jobs as they go: events and pages."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from controllers.schemas import StrictSchema

EVENTS = ("job_queued", "job_started", "job_progress", "job_completed", "job_failed", "job_cancelled")
DATA = {
    "type": "object",
    "required": ["job_id", "status", "progress"],
    "properties": {
        "job_id": {"type": "string"},
        "status": {"type": "string"},
        "progress": {
            "type": "object",
            "required": ["done", "total"],
            "properties": {"done": {"type": "integer"}, "total": {"type": ["integer", "null"]}},
        },
        "page": {"type": "integer", "description": "Of job_progress: the page that was read."},
        "error": {"type": "object", "description": "Of job_failed: why, with `code` and `message`."},
    },
}
"""What the data of every event has; JSON inside a text, which a schema of fields has no word for."""

ORDERS = ("page", "ready")
LAST = "Go on after this event. One that is not known starts from the beginning."


class EventSchema(Schema):
    """A Server-Sent Event."""

    id = fields.String(required=True, metadata={"description": "To go on from, as Last-Event-ID."})
    event = fields.String(required=True, validate=validate.OneOf(EVENTS))
    data = fields.String(required=True, metadata={"contentMediaType": "application/json", "contentSchema": DATA})
    retry = fields.Integer(metadata={"description": "Milliseconds after which to connect again; of the first event."})


class TicketedSchema(StrictSchema):
    ticket = fields.String(
        metadata={"description": "One of `POST /tickets`, in place of a header that a browser cannot send."}
    )


class LastEventSchema(TicketedSchema):
    last_event_id = fields.String(
        load_default="",
        metadata={"description": f"{LAST} For those who cannot set the header, which wins."},
    )


class LastEventHeaderSchema(Schema):
    """What an EventSource sends when it connects again."""

    class Meta:
        unknown = EXCLUDE

    last_event_id = fields.String(data_key="Last-Event-ID", load_default="", metadata={"description": LAST})


class PagesSchema(TicketedSchema):
    start = fields.Integer(
        data_key="from",
        load_default=1,
        validate=validate.Range(min=1),
        metadata={"description": "Leave out the pages before this one."},
    )
    order = fields.String(
        load_default="page",
        validate=validate.OneOf(ORDERS),
        metadata={"description": "`page`: by number, a later page waits for the earlier ones. `ready`: as they come."},
    )
