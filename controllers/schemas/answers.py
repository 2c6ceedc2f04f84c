"""`/ocr`: jobs, results and errors, as they are answered."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from services.document.model import BlockKind
from services.jobs.model import Status

STATUSES = tuple(status.value for status in Status)
SHOWN = tuple(status for status in STATUSES if status != Status.QUEUED.value)


class Estimated(fields.Integer):
    """When a job may have ended."""

    def __init__(self) -> None:
        text = "Seconds until the job may have ended, judged by how long pages took lately; null if unknown."
        super().__init__(required=True, allow_none=True, metadata={"description": text})


class ProblemSchema(Schema):
    """RFC 9457, with the members that older clients read. Some errors have more, such as `quality` or `status_url`."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable and machine-readable."})
    error = fields.String(required=True)
    message = fields.String(required=True)
    retryable = fields.Boolean(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Dict(), metadata={"description": "One entry per wrong field, page or file."})


class JobErrorSchema(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    retryable = fields.Boolean()


class ProgressSchema(Schema):
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)
    step = fields.String(required=True)


class LinksSchema(Schema):
    self_ = fields.String(data_key="self", required=True)
    result = fields.String(required=True)
    events = fields.String(required=True)
    cancel = fields.String(required=True)


class StandingSchema(Schema):
    """How a job stands."""

    job_id = fields.String(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(SHOWN),
        metadata={"description": "`processing` also for a job that waits; see `state`."},
    )
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={"description": "As `status`, but `queued` for a job that waits."},
    )
    message = fields.String(required=True, metadata={"description": "The same as a sentence."})


class AcceptedSchema(StandingSchema):
    filename = fields.String(required=True)
    file_size = fields.Integer(required=True)
    processing_dpi = fields.Integer()
    queue_position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The job's place in the order in which work is taken, from 1; null once it was."},
    )
    estimated_time_seconds = Estimated()
    expires_at = fields.DateTime(required=True)
    links = fields.Nested(LinksSchema, required=True)


class JobSchema(StandingSchema):
    ready = fields.Boolean(required=True)
    successful = fields.Boolean(required=True, allow_none=True)
    failed = fields.Boolean(required=True, allow_none=True)
    progress = fields.Nested(ProgressSchema, required=True)
    created_at = fields.DateTime(required=True)
    started_at = fields.DateTime(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    expires_at = fields.DateTime(required=True)
    queue_wait_ms = fields.Integer(required=True, allow_none=True)
    processing_time_ms = fields.Integer(required=True, allow_none=True)
    estimated_time_seconds = Estimated()
    attempts = fields.Integer(required=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    links = fields.Nested(LinksSchema, required=True)


class ListedJobSchema(JobSchema):
    filename = fields.String(required=True)
    file_size = fields.Integer(required=True)


class JobsSchema(Schema):
    """Newest first. With a `status`, a page may have few jobs or none though there are more: go on while there
    is a cursor."""

    jobs = fields.List(fields.Nested(ListedJobSchema), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "Goes on with the next page; null on the last one."}
    )


class BatchItemSchema(Schema):
    index = fields.Integer(required=True)
    filename = fields.String(required=True)
    success = fields.Boolean(required=True)
    type = fields.String(validate=validate.OneOf(("image", "pdf", "xml")))
    job = fields.Nested(AcceptedSchema)
    error = fields.Nested(JobErrorSchema)


class BatchJobSchema(Schema):
    """A job, or why there is none."""

    filename = fields.String(required=True)
    job_id = fields.String()
    status = fields.String()
    type = fields.String(validate=validate.OneOf(("image", "pdf", "xml")))
    file_size = fields.Integer()
    error = fields.String(metadata={"description": "One of docs/errors.md."})
    message = fields.String()


class BatchSummarySchema(Schema):
    total_files = fields.Integer(required=True)
    jobs_created = fields.Integer(required=True)
    failed_files = fields.Integer(required=True)
    success = fields.Boolean(required=True, metadata={"description": "Whether all files were accepted."})


class BatchSchema(Schema):
    """`files` and `errors` are ours; `jobs`, `summary` and `message` say the same as older clients read it."""

    total = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    files = fields.List(fields.Nested(BatchItemSchema), required=True)
    errors = fields.List(fields.Dict(), required=True)
    jobs = fields.List(fields.Nested(BatchJobSchema), required=True)
    summary = fields.Nested(BatchSummarySchema, required=True)
    message = fields.String(required=True)


def _quad() -> fields.List[Any]:
    return fields.List(
        fields.List(fields.Float()),
        required=True,
        validate=validate.Length(equal=4),
        metadata={"description": "Four [x, y] points in the upload's pixels, clockwise from the text's own top left."},
    )


class WordSchema(Schema):
    text = fields.String(required=True)
    confidence = fields.Float(required=True)
    bbox = _quad()


class LineSchema(WordSchema):
    words = fields.List(fields.Nested(WordSchema))
    keeps_hyphen = fields.Boolean(
        metadata={
            "description": "True where the hyphen at the end is its word's own (`well-|known`) and stays when the next "
            "line is joined. Told by the frequencies of words, where the language's are known."
        }
    )


class CellSchema(Schema):
    row = fields.Integer(required=True, metadata={"description": "From 0, as `column`."})
    column = fields.Integer(required=True)
    row_span = fields.Integer(required=True)
    column_span = fields.Integer(required=True)
    bbox = _quad()
    page = fields.Integer(required=True, metadata={"description": "The page that the cell is on."})
    text = fields.String(required=True, metadata={"description": "Its rows joined by spaces; empty cells have none."})
    lines = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "The places in `lines`, from 0, of those that stand in it, whole or in part."},
    )
    head = fields.Boolean(required=True, metadata={"description": "Whether it names what stands below it."})


class TableSchema(Schema):
    page = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    columns = fields.Integer(required=True)
    bbox = _quad()
    cells = fields.List(fields.Nested(CellSchema), required=True)


def _tables() -> fields.List[Any]:
    return fields.List(
        fields.Nested(TableSchema),
        metadata={"description": "With `structure=true`: from top to bottom, each cell once, row by row."},
    )


class BlockSchema(WordSchema):
    """A part of a page. Its `text` is that of its lines joined, with line feeds where lines end before they had to."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in BlockKind]))
    lines = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "Places in `lines` of those that it consists of, from 0, in reading order."},
    )
    level = fields.Integer(
        allow_none=True,
        required=True,
        metadata={"description": "Of a heading, 1 or 2, and of an item within lists, from 1; null for others."},
    )


def _blocks() -> fields.List[Any]:
    return fields.List(
        fields.Nested(BlockSchema),
        metadata={"description": "In reading order, where `structure=true` asks for them. Each line is in one."},
    )


class ResultHeadSchema(Schema):
    job_id = fields.String(required=True)
    status = fields.String(required=True)
    success = fields.Boolean(required=True)
    filename = fields.String(required=True)
    file_size = fields.Integer(required=True)
    media_type = fields.String(required=True, metadata={"description": "What the upload is, told from its bytes."})
    cached = fields.Boolean(required=True)
    processing_time_ms = fields.Integer(required=True)
    tier = fields.String(required=True)
    engine = fields.String(required=True)
    model = fields.String(required=True)
    lang = fields.List(fields.String(), required=True)
    fields_ = fields.Dict(
        data_key="fields",
        required=True,
        metadata={
            "description": "What was found, by extractor; null for one that failed, as `warnings` then say. Boxes "
            "are four [x, y] points in the upload's pixels."
        },
    )
    warnings = fields.List(fields.String(), required=True)


def _aspect() -> fields.Float:
    return fields.Float(
        metadata={
            "description": "The height of a pixel of the upload over its width, where pixels are not square, as those "
            "of a fax are not. Boxes are in the upload's pixels; the drawn pictures have square ones."
        }
    )


class ImageResultSchema(ResultHeadSchema):
    """The result for one picture."""

    text = fields.String(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
    blocks = _blocks()
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    rotation = fields.Integer(
        required=True,
        metadata={"description": "The clockwise turn in degrees that a viewer applies to show the picture upright."},
    )
    pixel_aspect = _aspect()
    tables = _tables()


class PageSchema(Schema):
    page = fields.Integer(required=True)
    text = fields.String(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
    blocks = _blocks()
    success = fields.Boolean(required=True)
    source = fields.String(required=True, validate=validate.OneOf(("ocr", "pdf", "xml")))
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    dpi = fields.Integer(required=True, allow_none=True)
    rotation = fields.Integer(
        required=True,
        metadata={
            "description": "The clockwise turn in degrees that a viewer applies. A PDF's boxes and size have it."
        },
    )
    pixel_aspect = _aspect()
    error = fields.Nested(JobErrorSchema)
    warning = fields.String(metadata={"description": "What may be missing or wrong in the text of this page."})
    hidden_text = fields.Boolean(
        metadata={"description": "True where the file has text on this page that nobody sees; `text` is without."}
    )
    tables = _tables()


class DocumentResultSchema(ResultHeadSchema):
    """The result for a PDF, a TIFF of several pages, an animation or an electronic invoice in XML."""

    pages = fields.List(fields.Nested(PageSchema), required=True)
    full_text = fields.String(required=True)
    total_pages = fields.Integer(required=True)
    processing_dpi = fields.Integer(required=True)
