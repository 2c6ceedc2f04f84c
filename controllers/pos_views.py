"""Results as a point of sale wants them: plain values, each left out where it is not sure enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any

from controllers.pos_errors import error_view
from controllers.views import milliseconds
from services.errors import from_code
from services.jobs.events import Event
from services.jobs.legibility import check_read
from services.jobs.model import Job
from services.jobs.results import Result

SALE = ("vendor", "date", "due_date", "invoice_number", "currency", "subtotal", "tax", "total")
ARTICLE = ("product_name", "price", "currency", "barcode", "sku", "expiry_date", "quantity")
STRUCTURED: Mapping[str, tuple[str, ...]] = {
    "product": (*ARTICLE, "unit", "batch", "manufacture_date", "unit_price"),
    "receipt": (*SALE, "receipt_number", "tip", "payment_method"),
    "invoice": (*SALE, "payment_method"),
    "barcode": ARTICLE,
}
"""The fields of each type of picture. What a type's extractor does not look for stays null."""

ITEM = ("description", "quantity", "unit_price", "amount")
ITEMS = ("receipt", "invoice")
"""The types that have line items."""

BARCODES = "barcodes"

EVIDENCE = ("value", "raw", "confidence", "page", "bbox")
Found = Mapping[str, Any]
"""A field: its EVIDENCE by name."""


def result_view(job: Job, result: Result) -> dict[str, Any]:
    """`data` of a job of this family. Raises NothingRead, LowQuality where the picture's measures say why."""
    check_read(result, BARCODES)
    kind, threshold = job.family["type"], job.family["confidence_threshold"]
    found = _article(result) if kind == "barcode" else result.fields.get(kind) or {}
    codes = [_barcode(code) for code in result.fields.get(BARCODES) or []]
    lines = [line for page in result.pages for line in page["lines"]]
    named = dict(_named(kind, found))
    return {
        "id": job.id,
        "type": kind,
        "text": "\f".join(page["text"] for page in result.pages),
        "confidence": _confidence(lines or codes),
        "structured": _structured(kind, found, threshold),
        "fields": {name: field for name, field in named.items() if field},
        "validation": found.get("validation", []),
        "low_confidence": [name for name, field in named.items() if field and not _sure(field, threshold)],
        "barcodes": codes,
        "processing_time_ms": milliseconds(job.started_at, job.ended_at) or 0,
        "model_used": ", ".join(result.models),
        "warnings": result.warnings,
    }


def event_view(event: Event) -> dict[str, Any]:
    """What happened to a job, its error as this family has it."""
    told = event.data.get("error")
    error = {"error": error_view(from_code(told["code"], told["message"]))} if told else {}
    return {**event.data, **error}


def _article(result: Result) -> dict[str, Found]:
    """Of a picture on which only barcodes were looked for: the first one with an article number, else the first."""
    codes = [code for code in result.fields.get(BARCODES) or [] if code["value"] is not None]
    first = min(codes, key=lambda code: code["gtin"] is None, default=None)
    return {"barcode": {name: first[name] for name in EVIDENCE}} if first else {}


def _structured(kind: str, found: Mapping[str, Any], threshold: float) -> dict[str, Any]:
    plain = {name: _value(found.get(name), threshold) for name in STRUCTURED[kind]}
    if kind not in ITEMS:
        return plain
    items = [{name: _value(item.get(name), threshold) for name in ITEM} for item in found.get("line_items", ())]
    return {**plain, "line_items": items}


def _named(kind: str, found: Mapping[str, Any]) -> Iterator[tuple[str, Found | None]]:
    """Every field under the name that `fields` and `low_confidence` have for it, as in `line_items.0.amount`."""
    yield from ((name, found.get(name)) for name in STRUCTURED[kind])
    for number, item in enumerate(found.get("line_items", ()) if kind in ITEMS else ()):
        yield from ((f"line_items.{number}.{name}", item.get(name)) for name in ITEM)


def _value(field: Found | None, threshold: float) -> Any:
    return field["value"] if field and _sure(field, threshold) else None


def _sure(field: Found, threshold: float) -> bool:
    return bool(field["confidence"] >= threshold)


def _confidence(read: Sequence[Mapping[str, Any]]) -> float:
    """The mean by character."""
    weights = [max(1, len(one.get("text") or one.get("value") or "")) for one in read]
    total: float = sum(one["confidence"] * weight for one, weight in zip(read, weights, strict=True))
    return round(total / sum(weights), 4)


def _barcode(code: Mapping[str, Any]) -> dict[str, Any]:
    """`value` of bytes that are no text is null; `data` then has them in base64."""
    xs, ys = zip(*code["bbox"], strict=True)
    left, top = floor(min(xs)), floor(min(ys))
    return {
        "type": code["format"],
        "value": code["value"],
        "confidence": code["confidence"],
        "bounding_box": {"x": left, "y": top, "width": ceil(max(xs)) - left, "height": ceil(max(ys)) - top},
        "gtin": code["gtin"],
        "data": code["data"],
    }
