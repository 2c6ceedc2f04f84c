"""`documents`: what was found, under Microsoft's names of prebuilt models, each value with its type and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from controllers.document_intelligence.places import Places
from services.document.model import Quad
from services.extractors import Field, id_numbers, invoice, mrz, receipt
from services.extractors.id_numbers.model import IdNumber
from services.extractors.mrz.model import Mrz
from services.extractors.receipt import LineItem
from services.jobs.results import Result

View = dict[str, Any]
Kinds = Mapping[str, tuple[str, str]]
"""Microsoft's name of a field by ours, and its type there."""

BILL: Kinds = {"subtotal": ("Subtotal", "currency"), "tax": ("TotalTax", "currency"), "tip": ("Tip", "currency")}
RECEIPT: Kinds = {
    "vendor": ("MerchantName", "string"),
    "address": ("MerchantAddress", "address"),
    "date": ("TransactionDate", "date"),
    "total": ("Total", "currency"),
    **BILL,
}
INVOICE: Kinds = {
    "vendor": ("VendorName", "string"),
    "address": ("VendorAddress", "address"),
    "vendor_tax_id": ("VendorTaxId", "string"),
    "buyer": ("CustomerName", "string"),
    "buyer_tax_id": ("CustomerTaxId", "string"),
    "invoice_number": ("InvoiceId", "string"),
    "date": ("InvoiceDate", "date"),
    "due_date": ("DueDate", "date"),
    "subtotal": ("SubTotal", "currency"),
    "tax": ("TotalTax", "currency"),
    "total": ("InvoiceTotal", "currency"),
    "amount_due": ("AmountDue", "currency"),
    "previous_balance": ("PreviousUnpaidBalance", "currency"),
    "discount": ("TotalDiscount", "currency"),
}
ITEM_OF_RECEIPT: Kinds = {
    "description": ("Description", "string"),
    "quantity": ("Quantity", "number"),
    "unit_price": ("Price", "currency"),
    "amount": ("TotalPrice", "currency"),
}
ITEM_OF_INVOICE: Kinds = {**ITEM_OF_RECEIPT, "unit_price": ("UnitPrice", "currency"), "amount": ("Amount", "currency")}
ZONE: Kinds = {
    "documentNumber": ("DocumentNumber", "string"),
    "surname": ("LastName", "string"),
    "givenName": ("FirstName", "string"),
    "nationality": ("Nationality", "countryRegion"),
    "issuingCountry": ("CountryRegion", "countryRegion"),
    "dateOfBirth": ("DateOfBirth", "date"),
    "dateOfExpiry": ("DateOfExpiration", "date"),
    "sex": ("Sex", "string"),
}
PASSPORTS = ("TD3",)

MODELS: Mapping[str, tuple[str, ...]] = {
    "prebuilt-read": (),
    "prebuilt-layout": (),
    "prebuilt-receipt": (receipt.FOUND.name,),
    "prebuilt-invoice": (invoice.FOUND.name,),
    "prebuilt-idDocument": (mrz.FOUND.name, id_numbers.FOUND.name),
}
"""What is looked for, by the models of this wire."""


def documents(model: str, result: Result, places: Places) -> list[View] | None:
    """None for models that read text alone."""
    if model == "prebuilt-receipt":
        return list(_bill("receipt", RECEIPT, ITEM_OF_RECEIPT, result.fields.of(receipt.FOUND), places))
    if model == "prebuilt-invoice":
        return list(_bill("invoice", INVOICE, ITEM_OF_INVOICE, result.fields.of(invoice.FOUND), places))
    return list(_cards(result, places)) if model == "prebuilt-idDocument" else None


def _bill(kind: str, names: Kinds, of_item: Kinds, bill: Any, places: Places) -> Iterator[View]:
    if bill is None:
        return
    currency = str(bill.currency.value) if bill.currency and bill.currency.value else None
    fields = dict(_fields(names, partial(_member, bill), places, currency))
    if bill.line_items:
        items = [_item(of_item, item, places, currency) for item in bill.line_items]
        fields["Items"] = {"type": "array", "valueArray": items}
    if fields:
        yield _document(kind, fields, places)


def _member(found: object, name: str) -> Field | None:
    field: Field | None = getattr(found, name, None)
    return field


def _item(names: Kinds, item: LineItem, places: Places, currency: str | None) -> View:
    members = dict(_fields(names, partial(_member, item), places, currency))
    confidences = [member["confidence"] for member in members.values()]
    return {"type": "object", "valueObject": members, "confidence": min(confidences)}


def _cards(result: Result, places: Places) -> Iterator[View]:
    for zone in result.fields.of(mrz.FOUND) or ():
        fields = dict(_fields(ZONE, partial(_printed, zone), places, None))
        fields["MachineReadableZone"] = _zone(zone, places)
        kind = "idDocument.passport" if zone.mrz_type in PASSPORTS else "idDocument"
        yield _document(kind, fields, places)
    for number in result.fields.of(id_numbers.FOUND) or ():
        yield _document("idDocument", {"DocumentNumber": _number(number, places)}, places)


def _printed(zone: Mrz, name: str) -> Field | None:
    return next((field for known, field in zone.fields.items() if known == name), None)


def _zone(zone: Mrz, places: Places) -> View:
    return {
        "type": "string",
        "valueString": "\n".join(zone.lines),
        **_evidence(places, "\n".join(zone.lines), zone.confidence, zone.page, *zone.quads),
    }


def _number(number: IdNumber, places: Places) -> View:
    told = _evidence(places, number.raw, number.confidence, number.page, number.bbox)
    return {"type": "string", "valueString": number.value, **told}


def _fields(
    names: Kinds, field_of: Callable[[str], Field | None], places: Places, currency: str | None
) -> Iterator[tuple[str, View]]:
    for ours, (name, kind) in names.items():
        field = field_of(ours)
        if field is not None:
            told = _evidence(places, field.raw, field.confidence, field.page, *([field.bbox] if field.bbox else []))
            yield name, {"type": kind, **_value(kind, field, currency), **told}


def _value(kind: str, field: Field, currency: str | None) -> View:
    """Nothing for what is printed and has no value, and for an address, whose parts are not told apart here."""
    value = field.value
    if value is None or kind == "address":
        return {}
    if kind == "currency":
        code = {"currencyCode": currency} if currency else {}
        return {"valueCurrency": {"amount": _plain(value), **code}}
    return {f"value{kind[0].upper()}{kind[1:]}": _plain(value) if kind == "number" else str(value)}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _evidence(places: Places, raw: str, confidence: float, page: int | None, *quads: Quad) -> View:
    return {
        "content": raw,
        "boundingRegions": places.regions(page, quads),
        "spans": places.said(page, raw),
        "confidence": round(confidence, 3),
    }


def _document(kind: str, fields: Mapping[str, View], places: Places) -> View:
    """Its confidence is that of what is least sure."""
    known = [field["confidence"] for field in fields.values() if "confidence" in field]
    return {
        "docType": kind,
        "boundingRegions": [],
        "fields": dict(fields),
        "confidence": min(known, default=0.0),
        "spans": [places.content.whole],
    }
