"""Results as a point of sale wants them: plain values, each left out where it is not sure enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, TypeVar

from controllers.pos_errors import error_view
from controllers.views import milliseconds
from services.document import values
from services.document.model import Document
from services.errors import from_code
from services.extractors import Field, barcodes, invoice, product, receipt
from services.extractors.barcodes.model import Barcode
from services.extractors.invoice import Invoice
from services.extractors.product import Product
from services.extractors.receipt import Check, LineItem, Receipt
from services.jobs.events import Event
from services.jobs.legibility import check_read
from services.jobs.model import Job
from services.jobs.results import Result

T = TypeVar("T")
Bill = TypeVar("Bill", Receipt, Invoice)
Named = Mapping[str, Field | Barcode | None]
"""What was found, by the names that this family has for it; None where nothing was found, or looked for."""

Names = Mapping[str, Callable[[T], Field | None]]

ARTICLE: Names[Product] = {
    "product_name": lambda label: label.product_name,
    "price": lambda label: label.price,
    "currency": lambda label: label.currency,
    "barcode": lambda label: label.barcode,
    "sku": lambda label: label.sku,
    "expiry_date": lambda label: label.expiry_date,
    "quantity": lambda label: label.quantity,
}
PRODUCT: Names[Product] = {
    **ARTICLE,
    "unit": lambda label: label.unit,
    "batch": lambda label: label.batch,
    "manufacture_date": lambda label: label.manufacture_date,
    "unit_price": lambda label: label.unit_price,
}
RECEIPT: Names[Receipt] = {
    "vendor": lambda bill: bill.vendor,
    "date": lambda bill: bill.date,
    "due_date": lambda bill: None,
    "invoice_number": lambda bill: None,
    "currency": lambda bill: bill.currency,
    "subtotal": lambda bill: bill.subtotal,
    "tax": lambda bill: bill.tax,
    "total": lambda bill: bill.total,
    "receipt_number": lambda bill: bill.receipt_number,
    "tip": lambda bill: bill.tip,
    "payment_method": lambda bill: bill.payment_method,
}
INVOICE: Names[Invoice] = {
    "vendor": lambda bill: bill.vendor,
    "date": lambda bill: bill.date,
    "due_date": lambda bill: bill.due_date,
    "invoice_number": lambda bill: bill.invoice_number,
    "currency": lambda bill: bill.currency,
    "subtotal": lambda bill: bill.subtotal,
    "tax": lambda bill: bill.tax,
    "total": lambda bill: bill.total,
    "payment_method": lambda bill: bill.payment_method,
}
EVIDENCE = ("value", "raw", "confidence", "page", "bbox")
"""What of a barcode stands in the place of a field."""

ITEM: Names[LineItem] = {
    "description": lambda item: item.description,
    "quantity": lambda item: item.quantity,
    "unit_price": lambda item: item.unit_price,
    "amount": lambda item: item.amount,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job of the family called `name` keeps of its request: the picture's type, and when a value is sure."""

    name: str
    type: str
    confidence_threshold: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in a picture of some type. `items` are None for a type that has none."""

    fields: Named
    items: tuple[Named, ...] | None = None
    checks: tuple[Check, ...] = ()

    def named(self) -> Iterator[tuple[str, Field | Barcode]]:
        """Every field that was found, under the names that answers have for them, as in `line_items.0.amount`."""
        fields = [*self.fields.items()]
        for number, item in enumerate(self.items or ()):
            fields += [(f"line_items.{number}.{name}", field) for name, field in item.items()]
        return ((name, field) for name, field in fields if field)


def result_view(job: Job, result: Result) -> dict[str, Any]:
    """`data` of a job of this family. Raises NothingRead, LowQuality where the picture's measures say why."""
    check_read(result, barcodes.FOUND)
    asked = values.load(Asked, job.delivery.family)
    picture, codes = PICTURES[asked.type](result), result.fields.of(barcodes.FOUND) or ()
    named = dict(picture.named())
    return {
        "id": job.id,
        "type": asked.type,
        "text": Document(result.pages).text,
        "confidence": _confidence(result, codes),
        "structured": _structured(picture, asked.confidence_threshold),
        "fields": {name: _evidence(field) for name, field in named.items()},
        "validation": values.dump(picture.checks),
        "low_confidence": [name for name, field in named.items() if not _sure(field, asked.confidence_threshold)],
        "barcodes": [_barcode(code) for code in codes],
        "processing_time_ms": milliseconds(job.times.started_at, job.times.ended_at) or 0,
        "model_used": ", ".join(result.models),
        "warnings": result.warnings,
    }


def event_view(event: Event) -> dict[str, Any]:
    """What happened to a job, its `progress` in percent and its error as this family has it."""
    done, total = event.data["progress"]["done"], event.data["progress"]["total"]
    told = event.data.get("error")
    error = {"error": error_view(from_code(told["code"], told["message"]))} if told else {}
    return {**event.data, "progress": percentage(done, total), **error}


def percentage(done: int, total: int | None) -> int:
    """From 0 to 100; 0 while nobody knows how much there is to do."""
    return 100 * done // total if total else 0


def _named(names: Names[T], found: T | None) -> Named:
    return {name: field_of(found) if found else None for name, field_of in names.items()}


def _of_label(result: Result) -> Picture:
    found = result.fields.of(product.FOUND)
    return Picture(_named(PRODUCT, found), checks=found.validation if found else ())


def _of_receipt(result: Result) -> Picture:
    return _of_bill(RECEIPT, result.fields.of(receipt.FOUND))


def _of_invoice(result: Result) -> Picture:
    return _of_bill(INVOICE, result.fields.of(invoice.FOUND))


def _of_bill(names: Names[Bill], found: Bill | None) -> Picture:
    items = tuple(_named(ITEM, item) for item in found.line_items) if found else ()
    return Picture(_named(names, found), items, found.validation if found else ())


def _of_barcodes(result: Result) -> Picture:
    """Only barcodes were looked for: the first one with an article number, else the first that is text."""
    codes = [code for code in result.fields.of(barcodes.FOUND) or () if code.value is not None]
    first = min(codes, key=lambda code: code.gtin is None, default=None)
    return Picture({**dict.fromkeys(ARTICLE), "barcode": first})


PICTURES: Mapping[str, Callable[[Result], Picture]] = {
    "product": _of_label,
    "receipt": _of_receipt,
    "invoice": _of_invoice,
    "barcode": _of_barcodes,
}
"""By the type of picture that a client names."""


def _structured(picture: Picture, threshold: float) -> dict[str, Any]:
    """The members of labels are always there, as clients of every type of picture read them."""
    items = None if picture.items is None else [_values(item, threshold) for item in picture.items]
    sold = {} if items is None else {"line_items": items}
    return {**dict.fromkeys(ARTICLE), **_values(picture.fields, threshold), **sold}


def _values(named: Named, threshold: float) -> dict[str, Any]:
    return {
        name: values.dump(field.value) if field and _sure(field, threshold) else None for name, field in named.items()
    }


def _evidence(field: Field | Barcode) -> dict[str, Any]:
    shown: dict[str, Any] = values.dump(field)
    return shown if isinstance(field, Field) else {name: shown[name] for name in EVIDENCE}


def _sure(field: Field | Barcode, threshold: float) -> bool:
    return field.confidence >= threshold


def _confidence(result: Result, codes: Sequence[Barcode]) -> float:
    """The mean by character, of the lines or else of the codes."""
    read = [(line.text, line.confidence) for page in result.pages for line in page.lines]
    read = read or [(code.value or "", code.confidence) for code in codes]
    weights = [max(1, len(text)) for text, _ in read]
    total = sum(confidence * weight for (_, confidence), weight in zip(read, weights, strict=True))
    return round(total / sum(weights), 4)


def _barcode(code: Barcode) -> dict[str, Any]:
    """`value` of bytes that are no text is null; `data` then has them in base64."""
    left, top, right, bottom = code.bbox.bounds
    x, y = floor(left), floor(top)
    return {
        "type": code.format,
        "value": code.value,
        "confidence": values.dump(code.confidence),
        "bounding_box": {"x": x, "y": y, "width": ceil(right) - x, "height": ceil(bottom) - y},
        "gtin": code.gtin,
        "data": code.data,
    }
