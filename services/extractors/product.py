"""Product labels: name, price, article number, contents, batch and dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from config import Settings
from services.document.findings import Kind
from services.document.model import Document
from services.extractors import Extractor, Field, OnDocument, OnPage, barcodes
from services.extractors._commerce.codes.label import from_codes, warnings
from services.extractors._commerce.product.articles import barcode, batch, stock_keeping_unit
from services.extractors._commerce.product.contents import measure, quantity, unit
from services.extractors._commerce.product.prices import prices
from services.extractors._commerce.product.rereading import STAMPS, reread, stamps
from services.extractors._commerce.product.shelf import ShelfLife, shelf_life
from services.extractors._commerce.reading.entries import Entry, entries, notation_of
from services.extractors._commerce.reading.evidence import Check, field
from services.extractors._commerce.reading.geometry import Cell, Sheet, sheet
from services.extractors._commerce.reading.lexicon import covered, mentions

REQUIRES: tuple[str, ...] = ()

LONGEST_NAME_CHARACTERS = 60

NOT_NAMES = frozenset(
    ("goods.expiry", "goods.manufactured", "goods.batch", "goods.sku", "goods.content", "goods.price")
    + ("goods.old_price", "goods.offer", "goods.unit_price", "goods.packaging")
    + ("parties.contact", "parties.registration", "parties.address")
)


@dataclass(frozen=True, slots=True)
class Product:
    """What a label says; None where it does not.

    Dates are ISO 8601, of reduced precision (`2027-08`) where no day is printed. `quantity` is in `unit`, one of the
    keys of `_commerce.product.contents.UNITS`. `unit_price` is the price of a kilogram, a litre or a piece, in
    `currency`. Batch, serial number, dates, weight and price are also taken from GS1 codes. `validation` says whether
    bars and printed digits agree, codes and print, and whether the expiry is later than the manufacture.
    """

    product_name: Field | None
    price: Field | None
    unit_price: Field | None
    currency: Field | None
    barcode: Field | None
    sku: Field | None
    quantity: Field | None
    unit: Field | None
    batch: Field | None
    expiry_date: Field | None
    manufacture_date: Field | None
    validation: tuple[Check, ...]
    serial: Field | None = None


FOUND = Kind("product", Product)


def build(settings: Settings) -> Extractor:
    """Looks at the text, at stamps in the pixels, and at the barcodes where they are on; no settings of its own."""
    return Extractor(OnPage(STAMPS, stamps), OnDocument(FOUND, extract, warn), uses=(barcodes.FOUND.name,))


def warn(product: Product) -> tuple[str, ...]:
    """Where its codes and its print disagree."""
    return warnings(product.validation)


def extract(document: Document) -> Product:
    """Reads the pages of one label, and its codes."""
    printed = _printed(document)
    members = {member.name: getattr(printed, member.name) for member in fields(printed) if member.name != "validation"}
    changed, checks = from_codes(document, members)
    return replace(printed, **changed, validation=(*printed.validation, *checks))


def _printed(document: Document) -> Product:
    page, again = sheet(document), sheet(reread(document))
    amounts = entries(page, notation_of(page))
    costs, dates = prices(page, amounts), _surer(shelf_life(page), shelf_life(again))
    contents = measure(page) or measure(again)
    number, agreement = barcode(document, page)
    return Product(
        product_name=_name(page, amounts),
        price=costs.price,
        unit_price=costs.by_unit,
        currency=costs.currency,
        barcode=number,
        sku=stock_keeping_unit(page),
        quantity=quantity(contents),
        unit=unit(contents),
        batch=batch(page) or batch(again),
        expiry_date=dates.expiry,
        manufacture_date=dates.manufactured,
        validation=(*agreement, *dates.checks),
    )


def _surer(own: ShelfLife, again: ShelfLife) -> ShelfLife:
    """The reading whose expiry is surer, the page's own where they are alike."""
    return again if _trust(again.expiry) > _trust(own.expiry) else own


def _trust(date: Field | None) -> float:
    return date.confidence if date else 0.0


def _name(page: Sheet, amounts: Sequence[Entry]) -> Field | None:
    """What a label calls the name; else the largest line that is about nothing else, the upper of two alike."""
    if called := next((name for cell in page.cells if (name := _labelled(cell))), None):
        return called
    costing = {entry.cell for entry in amounts if _is_mostly(entry)}
    names = [cell for cell in page.cells if _may_be_name(cell) and cell not in costing]
    best = max(names, key=lambda cell: cell.height * min(1.0, cell.confidence) - 0.5 * cell.depth, default=None)
    return field(best.text.strip(), best, 0, len(best.text), 0.82) if best else None


def _is_mostly(entry: Entry) -> bool:
    """Whether a sum of money is most of what its cell says, as in `GBP 4.98 / kg`."""
    return entry.amount.is_money and 2 * (entry.amount.end - entry.amount.start) > len(entry.cell.text)


def _labelled(cell: Cell) -> Field | None:
    """What stands after `Product:` and a colon."""
    for mention in mentions(cell.text):
        rest = cell.text[mention.end :].lstrip()
        name = rest.lstrip(" :：")
        if mention.concept == "goods.name" and mention.start == 0 and rest[:1] in (":", "：") and len(name) > 1:
            return field(name, cell, len(cell.text) - len(name), len(cell.text), 0.95)
    return None


def _may_be_name(cell: Cell) -> bool:
    letters = sum(map(str.isalpha, cell.text))
    digits = sum(map(str.isdigit, cell.text))
    plain = letters > 2 and digits < letters and len(cell.text) <= LONGEST_NAME_CHARACTERS
    return plain and cell.confidence > 0.6 and covered(cell.text, NOT_NAMES) < 0.4
