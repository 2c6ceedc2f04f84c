"""`/ocr`: what is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

import services.extractors
from config import MIN_DPI, MOST_DPI
from controllers.options import MOST_SECONDS, TIERS
from controllers.schemas import JsonOptions, StrictSchema
from services import plugins
from services.jobs.model import Status
from services.jobs.owned import Cursor
from services.ocr.pages import MAX_LENGTH
from services.ocr.pictures.kinds import KINDS, named
from services.ocr.source import Mode
from services.outbound import LONGEST_CHARACTERS

LANG = r"^[A-Za-z][A-Za-z_\-]{1,30}$"
KEY = r"^[!-~]{1,255}$"


class Names(fields.List[str]):
    """A list given as repeated fields, comma separated, or both."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            raise self.make_error("invalid")
        parts = [part.strip() for text in given for part in text.split(",")]
        return super()._deserialize([p for p in parts if p], attr, data, **kwargs)


NO_FILE: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "Send the file in this field, as multipart/form-data."
}


class File(fields.Field[Any]):
    """An uploaded file; comes in as the framework's file object."""

    def __init__(self, **kwargs: Any) -> None:
        description = kwargs.pop("metadata", {})
        described = {"type": "string", "format": "binary", **description}
        super().__init__(metadata=described, error_messages=NO_FILE, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not hasattr(value, "stream"):
            raise ValidationError("Send a file here.")
        return value


class Wait(fields.Field[float]):
    """The seconds of `wait=N` among the preferences of RFC 7240; one that is not understood is ignored."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4}(?:\.\d+)?)", str(value))
        return min(float(found[1]), MOST_SECONDS) if found else 0.0


class CallbackUrl(fields.String):
    """Where the end of the job is told."""

    def __init__(self) -> None:
        super().__init__(
            validate=validate.Length(min=1, max=LONGEST_CHARACTERS),
            metadata={
                "description": "An https address that is told when the job ends, by a signed POST (docs/webhooks.md). "
                "Not everywhere on: see `/ocr/options`.",
                "format": "uri",
                "example": "https://example.com/ocr-done",
            },
        )


class OptionsSchema(StrictSchema):
    """How to read the upload. Form fields win over query parameters."""

    lang = Names(
        fields.String(validate=validate.Regexp(LANG, error="Use codes such as en or ch.")),
        validate=validate.Length(min=1, max=8),
        metadata={
            "description": "Languages of the text: ISO 639-1 codes or PaddleOCR's names. `/ocr/options` lists "
            "those of this deployment, which of them may be named together, and what would add others."
        },
    )
    tier = fields.String(validate=validate.OneOf(TIERS), metadata={"description": "Speed against accuracy."})
    pages = fields.String(
        validate=validate.Length(min=1, max=MAX_LENGTH),
        metadata={"description": "Pages to read, from 1, as in `1-3,7`. All without it.", "example": "1-3,7"},
    )
    password = fields.String(
        validate=validate.Length(max=256), metadata={"description": "Opens an encrypted PDF.", "format": "password"}
    )
    dpi = fields.Integer(
        validate=validate.Range(min=MIN_DPI, max=MOST_DPI),
        metadata={"description": "Resolution at which PDF pages are rendered and boxes are given."},
    )
    words = fields.Boolean(metadata={"description": "Give a box for every word too."})
    mode = fields.String(
        validate=validate.OneOf([mode.value for mode in Mode]),
        metadata={
            "description": "A PDF's own text layer: `ocr` never uses it, `auto` does where it is sound and recognises "
            "the other pages, `text` uses nothing else. Images have none: for them `auto` is `ocr`, `text` is refused."
        },
    )
    extract = Names(
        fields.String(validate=validate.OneOf(plugins.names(services.extractors))),
        metadata={
            "description": "What to look for beside the text; it comes in the result's `fields`. "
            "`/ocr/options` lists what this deployment has on."
        },
    )
    text = fields.Boolean(
        metadata={
            "description": "`false` where only `extract` matters: pages are then recognised only if an extractor needs "
            "their text, and barcodes alone come several times faster."
        }
    )
    structure = fields.Boolean(
        metadata={
            "description": "Tell what the parts of each page are, in `blocks` (headings, paragraphs, items of lists, "
            "captions, running heads and feet, notes, code, tables), and give its `tables` cell by cell."
        }
    )
    callback_url = CallbackUrl()


class UploadSchema(OptionsSchema):
    """One file with its options."""

    file = File(
        required=True,
        metadata={"description": f"PDF, {named(KINDS)}, or an invoice in XML."},
    )


class UrlSchema(OptionsSchema):
    """The address of one file with its options."""

    url = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_CHARACTERS),
        metadata={
            "description": "A public http or https address, from which the file is fetched. Off unless the operator "
            "turns it on.",
            "format": "uri",
            "example": "https://example.com/letter.pdf",
        },
    )


class BatchUploadSchema(OptionsSchema):
    """Several files that share their options."""

    files = fields.List(
        File(),
        required=True,
        error_messages=NO_FILE,
        data_key="files[]",
        validate=validate.Length(min=1),
        metadata={"description": "Uploads. `files` is another name of this field."},
    )
    options = JsonOptions()

    def named(self, data: Any) -> Any:
        """`files` is no field of its own, as programs that make clients of our description give both one name."""
        if "files" not in data:
            return data
        others = {name: data[name] for name in data if name not in ("files", "files[]")}
        return {**others, "files[]": [*data.getlist("files[]"), *data.getlist("files")]}


class WaitSchema(StrictSchema):
    wait = fields.Float(
        load_default=0.0,
        validate=validate.Range(min=0, max=MOST_SECONDS),
        metadata={"description": "Seconds to wait for the end of the job."},
    )


class Place(fields.Field[Cursor]):
    """Where an earlier page of a list ended."""

    def __init__(self, **kwargs: Any) -> None:
        description = kwargs.pop("metadata", {})
        super().__init__(metadata={"type": "string", **description}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Cursor:
        try:
            return Cursor.parse(str(value))
        except ValueError:
            raise ValidationError("Use `next_cursor` of an earlier answer as it is.") from None


class ListSchema(StrictSchema):
    """Which of the caller's jobs to list."""

    status = fields.Enum(Status, by_value=True, load_default=None, metadata={"description": "Only these."})
    cursor = Place(load_default=None, metadata={"description": "`next_cursor` of the page before."})
    limit = fields.Integer(
        load_default=20, validate=validate.Range(min=1, max=100), metadata={"description": "Jobs a page, at most."}
    )


class ArtifactSchema(StrictSchema):
    page = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1),
        metadata={"description": "This page alone; where one page is drawn, the first if none is named."},
    )
    layout = fields.Boolean(
        load_default=False,
        metadata={"description": "`text` only: keep columns and gaps of the page by spaces and blank lines."},
    )
    signed = fields.String(
        load_default="add",
        validate=validate.OneOf(("add", "refuse")),
        metadata={
            "description": "`pdf` only: whether text is added to a PDF that is signed, or the request refused. "
            "Validators call a signed file modified once text is added."
        },
    )
    format = fields.String(
        load_default=None,
        validate=validate.OneOf(("csv", "xlsx", "html", "markdown", "json")),
        metadata={"description": "`tables` only: the format, CSV if none is named."},
    )
    table = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1),
        metadata={"description": "`tables` only: this table alone, counted from 1 over the pages that are asked for."},
    )
    join = fields.Boolean(
        load_default=False,
        metadata={"description": "`tables` only: a table that the next page goes on with is one, heads not repeated."},
    )


class IdempotencySchema(Schema):
    """draft-ietf-httpapi-idempotency-key-header."""

    class Meta:
        unknown = EXCLUDE

    idempotency_key = fields.String(
        data_key="Idempotency-Key",
        validate=validate.Regexp(KEY, error="Use 1 to 255 visible ASCII characters, such as a UUID."),
        metadata={
            "description": "Send a request again with the same key, and it makes no second job: the answer is about "
            "the first one, with `Idempotency-Replayed: true`. A key belongs to its upload and options as long as the "
            "job is there.",
            "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
        },
    )


class PreferSchema(IdempotencySchema):
    """RFC 7240, beside the key."""

    wait = Wait(
        data_key="Prefer",
        metadata={
            "type": "string",
            "description": "`wait=N`: answer with the result itself if the job ends within N seconds, at most 30.",
            "example": "wait=30",
        },
    )
