"""`/paddleocr`: predictions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from controllers.schemas import StrictSchema
from controllers.schemas.answers import JobErrorSchema, LineSchema
from controllers.schemas.native import File, OptionsSchema
from services.ocr.pictures.kinds import KINDS, named

STATES = ("PENDING", "STARTED", "RETRY", "SUCCESS", "FAILURE")
TYPES = ("PAN", "AADHAAR", "DRIVING_LICENCE", "PASSPORT", "UDYAM")
OTHERS = ("extract", "text", "words", "mode", "structure")
"""Options of the native family that are given here."""


class PredictLaterSchema(OptionsSchema):
    """One file, how to read it, and who is told."""

    class Meta(StrictSchema.Meta):
        exclude = OTHERS

    file = File(required=True, metadata={"description": f"PDF, {named(KINDS)}."})


class PredictUploadSchema(PredictLaterSchema):
    """One file, and how to read it."""

    class Meta(StrictSchema.Meta):
        exclude = (*OTHERS, "callback_url")


class ShownSchema(StrictSchema):
    """How a result is shown."""

    annotate = fields.Boolean(
        load_default=False,
        metadata={"description": "Give the page with the boxes of its lines too, as a JPEG in base64."},
    )
    page = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1),
        metadata={"description": "Which page of a document is drawn; the first if none is named."},
    )


class PendingSchema(Schema):
    job_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("pending",)))


class IdDocumentSchema(Schema):
    """An identity number and its check."""

    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    number = fields.String(required=True)
    valid = fields.Boolean(required=True, metadata={"description": "False where a check of the number fails."})
    confidence = fields.Float(required=True)
    bbox = fields.List(fields.List(fields.Float()), required=True, validate=validate.Length(equal=4))
    page = fields.Integer(required=True)


class PlacedLineSchema(LineSchema):
    page = fields.Integer(required=True)


class PredictionSchema(Schema):
    """What was read. Boxes are four [x, y] points in the upload's pixels."""

    job_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATES))
    text = fields.String(required=True, metadata={"description": "With a form feed between pages."})
    lines = fields.List(fields.Nested(PlacedLineSchema), required=True)
    annotated_image = fields.String(required=True, metadata={"description": "Where the drawn page is."})
    annotated_image_base64 = fields.String(metadata={"description": "A JPEG; with `annotate=1` only."})
    document = fields.Nested(
        IdDocumentSchema, required=True, allow_none=True, metadata={"description": "The surest of `documents`."}
    )
    documents = fields.List(fields.Nested(IdDocumentSchema), required=True)
    total_pages = fields.Integer(required=True)
    filename = fields.String(required=True)
    cached = fields.Boolean(required=True)
    processing_time_ms = fields.Integer(required=True)
    model = fields.String(required=True)
    warnings = fields.List(fields.String(), required=True)


class PredictionProgressSchema(Schema):
    job_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATES))
    result = fields.Nested(PredictionSchema, required=True, allow_none=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)


class CountsSchema(Schema):
    """Of all web processes together, since the figures were begun."""

    status = fields.String(required=True)
    uptime_seconds = fields.Float(required=True)
    requests_processed = fields.Integer(required=True, metadata={"description": "Uploads that were answered."})
    errors = fields.Integer(required=True, metadata={"description": "Those of them that were refused or failed."})
    error_rate = fields.Float(required=True)
