"""Who a caller is, and what it may use."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from controllers.schemas import StrictSchema
from services.access.model import Scope

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


class NewKeySchema(StrictSchema):
    tenant = fields.String(required=True, metadata={"description": "Whose jobs it sees.", "example": "shop-1"})
    user = fields.String(required=True, metadata={"description": "Who of the tenant.", "example": "till-3"})
    scopes = fields.List(
        fields.String(validate=validate.OneOf([*Scope])),
        load_default=["read", "write"],
        validate=validate.Length(min=1),
    )
    name = fields.String(load_default="", validate=validate.Length(max=100))
    days = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, min_inclusive=False, max=36500),
        metadata={"description": "After which it is not valid any more; null: never."},
    )


class KeySchema(KeyHeadSchema):
    tenant = fields.String(required=True)
    user = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.String(required=True, metadata=DATE_TIME)
    used_at = fields.String(required=True, allow_none=True, metadata={**DATE_TIME, "description": "To the hour."})


class MadeKeySchema(KeySchema):
    key = fields.String(required=True, metadata={"description": "The key, shown this once."})


class KeysSchema(Schema):
    keys = fields.List(fields.Nested(KeySchema), required=True)


class OfTenantSchema(StrictSchema):
    tenant = fields.String(load_default=None, metadata={"description": "Those of this tenant alone."})


class PageSchema(StrictSchema):
    after = fields.String(load_default="", metadata={"description": "`next_after` of the page before."})
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, 100), metadata={"description": "At most so many."}
    )


class FailedJobSchema(Schema):
    job_id = fields.String(required=True)
    tenant = fields.String(required=True)
    failed_at = fields.String(required=True, metadata=DATE_TIME)
    code = fields.String(required=True, metadata={"description": "Of its error."})
    attempts = fields.Integer(required=True)
    media_type = fields.String(required=True)
    file_size = fields.Integer(required=True, metadata={"description": "Bytes."})


NEXT_AFTER = {"description": "`after` of the next page; null: there is none."}


class FailedJobsSchema(Schema):
    jobs = fields.List(fields.Nested(FailedJobSchema), required=True)
    next_after = fields.String(required=True, allow_none=True, metadata=NEXT_AFTER)


class RerunSchema(Schema):
    job_id = fields.String(required=True)
    status = fields.String(required=True, metadata={"example": "queued"})


MOST = 2**31 - 1


class SetTenantSchema(StrictSchema):
    user_requests = fields.Integer(strict=True, validate=validate.Range(1, MOST))
    tenant_requests = fields.Integer(strict=True, validate=validate.Range(1, MOST))
    daily_pages = fields.Integer(
        strict=True, validate=validate.Range(0, MOST), metadata={"description": "0 sets no bound."}
    )
    time_zone = fields.String(metadata={"description": "Of the days; a name of the IANA's.", "example": "Asia/Dhaka"})
    webhook_secrets = fields.List(
        fields.String(),
        validate=validate.Length(max=2),
        metadata={
            "description": "Both sign: a new one takes over from an old one. Left out: as they are. Empty: none."
        },
    )


class TenantSchema(Schema):
    tenant = fields.String(required=True)
    user_requests = fields.Integer(required=True)
    tenant_requests = fields.Integer(required=True)
    daily_pages = fields.Integer(required=True)
    time_zone = fields.String(required=True)
    own = fields.List(fields.String(), required=True, metadata={"description": "What is not as usual."})
    webhook_secrets = fields.Integer(required=True, metadata={"description": "How many it has."})
    used = fields.Integer(required=True)
    reset_at = fields.String(required=True, metadata=DATE_TIME)


class TenantsSchema(Schema):
    tenants = fields.List(fields.Nested(TenantSchema), required=True)
    next_after = fields.String(required=True, allow_none=True, metadata=NEXT_AFTER)
