"""Jobs as they go: events and pages."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from controllers.schemas import StrictSchema

ORDERS = ("page", "ready")
LAST = "Go on after this event. One that is not known starts from the beginning."


class LastEventSchema(StrictSchema):
    last_event_id = fields.String(
        load_default="",
        metadata={"description": f"{LAST} For those who cannot set the header, which wins."},
    )


class LastEventHeaderSchema(Schema):
    """What an EventSource sends when it connects again."""

    class Meta:
        unknown = EXCLUDE

    last_event_id = fields.String(data_key="Last-Event-ID", load_default="", metadata={"description": LAST})


class PagesSchema(StrictSchema):
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
