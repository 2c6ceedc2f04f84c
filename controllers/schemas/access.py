"""Who a caller is, and what it may use."""

from __future__ import annotations

from marshmallow import Schema, fields

DATE_TIME = {"format": "date-time"}


class KeyHeadSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    expires_at = fields.String(required=True, allow_none=True, metadata=DATE_TIME)


class RateSchema(Schema):
    requests = fields.Integer(required=True)
    period_seconds = fields.Integer(required=True)


class RatesSchema(Schema):
    user = fields.Nested(RateSchema)
    tenant = fields.Nested(RateSchema)


class QuotaSchema(Schema):
    limit = fields.Integer(required=True, allow_none=True, metadata={"description": "Pages a day; null: no bound."})
    used = fields.Integer(required=True)
    reset_at = fields.String(required=True, metadata=DATE_TIME)
    time_zone = fields.String(required=True)


class MeSchema(Schema):
    subject = fields.String(required=True)
    tenant = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    key = fields.Nested(KeyHeadSchema, required=True, allow_none=True)
    limits = fields.Nested(RatesSchema, required=True, metadata={"description": "Empty where nothing is limited."})
    quota = fields.Nested(QuotaSchema, required=True)


class TicketSchema(Schema):
    ticket = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})
