"""`/api/v1`: pictures of a point of sale."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from controllers.pos import FIELDS_OF, LANGUAGES, MOST_IMAGES
from controllers.schemas import JsonOptions, StrictSchema
from controllers.schemas.answers import STATUSES
from controllers.schemas.native import NO_FILE, CallbackUrl, File
from services.ocr.pictures.kinds import KINDS, named

CODES = ("INVALID_IMAGE", "LOW_QUALITY", "MODEL_ERROR", "TIMEOUT", "QUOTA_EXCEEDED", "NETWORK_ERROR")
PICTURE = f"One picture: {named(KINDS)}."


class AskedSchema(StrictSchema):
    """What the picture shows, and how sure a value has to be."""

    type = fields.String(
        required=True,
        validate=validate.OneOf(tuple(FIELDS_OF)),
        metadata={"description": "`barcode` looks for barcodes alone and is several times faster."},
    )
    confidence_threshold = fields.Float(
        load_default=0.8,
        validate=validate.Range(min=0, max=1),
        metadata={"description": "A field below it is null in `structured` and named in `low_confidence`."},
    )
    extract_barcodes = fields.Boolean(load_default=True, metadata={"description": "Look for barcodes too."})
    language = fields.String(
        load_default="en",
        validate=validate.OneOf(tuple(LANGUAGES)),
        metadata={"description": "`bn` is read where the deployment has Tesseract's data for Bengali."},
    )


class ProcessSchema(AskedSchema):
    image = File(required=True, metadata={"description": PICTURE})


class ProcessLaterSchema(ProcessSchema):
    """The same, and who is told."""

    callback_url = CallbackUrl()


class ImagesSchema(AskedSchema):
    images = fields.List(
        File(),
        required=True,
        error_messages=NO_FILE,
        validate=validate.Length(min=1, max=MOST_IMAGES),
        metadata={"description": PICTURE},
    )
    options = JsonOptions()


class BoundingBoxSchema(Schema):
    """Upright, in the picture's pixels."""

    x = fields.Integer(required=True)
    y = fields.Integer(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


class PosBarcodeSchema(Schema):
    type = fields.String(required=True, metadata={"description": "As in EAN13, UPCA, Code128, QRCode."})
    value = fields.String(required=True, allow_none=True, metadata={"description": "Null for bytes that are no text."})
    confidence = fields.Float(required=True)
    bounding_box = fields.Nested(BoundingBoxSchema, required=True)
    gtin = fields.String(
        required=True, allow_none=True, metadata={"description": "The article number in 14 digits, where it has one."}
    )
    data = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Bytes that may be no text, or text in another character set, in base64."},
    )


class EvidenceSchema(Schema):
    """Where a value was read."""

    value = fields.Raw(required=True, allow_none=True)
    raw = fields.String(required=True, metadata={"description": "As it is printed, or as its other source has it."})
    confidence = fields.Float(required=True)
    page = fields.Integer(required=True, allow_none=True, metadata={"description": "Null for what is not printed."})
    bbox = fields.List(fields.List(fields.Float()), required=True, allow_none=True, validate=validate.Length(equal=4))
    source = fields.String(
        validate=validate.OneOf(("print", "xml", "code")),
        metadata={"description": "What the value was taken from. Barcodes have none."},
    )


class CheckSchema(Schema):
    """What should hold between fields."""

    rule = fields.String(required=True)
    left = fields.Raw(required=True)
    right = fields.Raw(required=True)
    holds = fields.Boolean(required=True)


class PosResultSchema(Schema):
    id = fields.String(required=True)
    type = fields.String(required=True)
    text = fields.String(required=True)
    confidence = fields.Float(required=True, metadata={"description": "The mean by character."})
    structured = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "The values of the type's fields; null where there is none, or none sure enough."},
    )
    fields_ = fields.Dict(keys=fields.String(), values=fields.Nested(EvidenceSchema), data_key="fields", required=True)
    validation = fields.List(fields.Nested(CheckSchema), required=True)
    low_confidence = fields.List(fields.String(), required=True)
    barcodes = fields.List(fields.Nested(PosBarcodeSchema), required=True)
    processing_time_ms = fields.Integer(required=True)
    model_used = fields.String(required=True)
    warnings = fields.List(fields.String(), required=True)


class PosErrorBodySchema(Schema):
    code = fields.String(required=True, validate=validate.OneOf(CODES))
    message = fields.String(required=True)
    details = fields.Dict(required=True, metadata={"description": "`code` is one of docs/errors.md."})


class PosErrorSchema(Schema):
    success = fields.Boolean(required=True)
    error = fields.Nested(PosErrorBodySchema, required=True)


class ProcessedSchema(Schema):
    success = fields.Boolean(required=True)
    data = fields.Nested(PosResultSchema, required=True)


class PosProgressSchema(Schema):
    job_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    progress_percentage = fields.Integer(required=True)
    estimated_time_seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null until a page has been read to judge by."}
    )


class PosAcceptedSchema(Schema):
    success = fields.Boolean(required=True)
    data = fields.Nested(PosProgressSchema, required=True)


class PosJobDataSchema(PosProgressSchema):
    result = fields.Nested(PosResultSchema)
    error = fields.Nested(PosErrorBodySchema)


class PosJobSchema(Schema):
    success = fields.Boolean(required=True)
    data = fields.Nested(PosJobDataSchema, required=True)


class PosBatchItemSchema(Schema):
    index = fields.Integer(required=True)
    success = fields.Boolean(required=True)
    result = fields.Nested(PosResultSchema)
    error = fields.Nested(PosErrorBodySchema)


class PosBatchDataSchema(Schema):
    batch_id = fields.String(required=True)
    total_images = fields.Integer(required=True)
    processed_images = fields.Integer(required=True)
    results = fields.List(fields.Nested(PosBatchItemSchema), required=True)
    processing_time_ms = fields.Integer(required=True)


class PosBatchSchema(Schema):
    success = fields.Boolean(required=True)
    data = fields.Nested(PosBatchDataSchema, required=True)


class QueueStatusSchema(Schema):
    pending_jobs = fields.Integer(required=True)
    processing_jobs = fields.Integer(required=True)
    failed_jobs = fields.Integer(required=True)


class PosHealthSchema(Schema):
    status = fields.String(required=True, validate=validate.OneOf(("healthy", "degraded", "unhealthy")))
    version = fields.String(required=True)
    uptime_seconds = fields.Float(required=True)
    models_loaded = fields.List(
        fields.String(), required=True, metadata={"description": "Their names; none until a worker has loaded them."}
    )
    queue_status = fields.Nested(QueueStatusSchema, required=True)


class AccuracySchema(Schema):
    overall = fields.Float(required=True, allow_none=True)
    by_field = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)


class PosMetricsSchema(Schema):
    """Of this family's uploads, over all web processes."""

    total_requests = fields.Integer(required=True)
    successful_requests = fields.Integer(required=True)
    failed_requests = fields.Integer(required=True)
    average_processing_time_ms = fields.Integer(required=True, metadata={"description": "From request to answer."})
    errors_by_type = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    accuracy_by_field = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    model_accuracy = fields.Nested(
        AccuracySchema, required=True, metadata={"description": "Unknown: nobody can send right values yet."}
    )
