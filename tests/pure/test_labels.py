"""What labels of products say: name, price, contents, batch, dates, and the barcode beside its printed digits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from services.document.findings import Fields, Findings
from services.document.geometry import affine
from services.document.model import Document, Line, Quad
from services.extractors import barcodes
from services.extractors._commerce.product.rereading import STAMPS, stamps
from services.extractors.barcodes.model import Barcode
from services.extractors.product import Product, extract
from services.ocr.engine import Pixels
from services.ocr.raster import Raster
from tests.pure.test_receipts import checks, value
from tests.support.typed import typed

LABEL = """
    # DARJEELING TEA

    Net Wt: 250 g
    MRP: Rs. 1,299.00 (incl. of all taxes)
    Batch No: B80989
    MFG: 18 AUG 2025
    EXP: 18 AUG 2027
    SKU: XV-5883-T24
    8 902149 479506
"""
NUMBER = "8902149479506"


def read(text: str, *codes: Barcode) -> Product:
    return extract(scanned(typed(text), *codes))


def scanned(document: Document, *codes: Barcode) -> Document:
    page = replace(document.pages[0], findings=Findings(Fields({barcodes.FOUND.name: codes})))
    return Document((page, *document.pages[1:]))


def code(digits: str = NUMBER, **other: Any) -> Barcode:
    """A barcode as its extractor finds it."""
    quad = Quad((0, 250), (200, 250), (200, 300), (0, 300))
    found = Barcode("EAN13", digits, digits, 0.99, 1, quad, content="text", data=None, gtin=digits.zfill(14))
    return replace(found, **other)


def test_a_label_is_read() -> None:
    label = read(LABEL, code())
    assert value(label.product_name) == "DARJEELING TEA"
    assert value(label.price) == 1299 and value(label.currency) == "INR"
    assert (value(label.quantity), value(label.unit)) == (250, "g")
    assert value(label.batch) == "B80989" and value(label.sku) == "XV-5883-T24"
    assert (value(label.manufacture_date), value(label.expiry_date)) == ("2025-08-18", "2027-08-18")
    assert label.barcode and value(label.barcode) == NUMBER and label.barcode.bbox
    assert label.barcode.bbox.bounds == (0, 250, 200, 300)
    assert checks(label) == {"barcode = printed digits": True, "manufacture_date <= expiry_date": True}


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("EXP: 18 AUG 2027", "2027-08-18"),
        ("EXP 18AUG27", "2027-08-18"),
        ("Use by 18.08.2027", "2027-08-18"),
        ("Best before: 2027-08-18", "2027-08-18"),
        ("BB 18/08/27", "2027-08-18"),
        ("EXP: 08/2027", "2027-08"),
        ("EXP AUG 2027", "2027-08"),
        ("EXP AUG-27", "2027-08"),
        ("BEST BEFORE END: 08/27", "2027-08"),
        ("mindestens haltbar bis 18.08.2027", "2027-08-18"),
        ("À consommer avant le 18/08/2027", "2027-08-18"),
        ("Da consumarsi entro 18 08 27", "2027-08-18"),
        ("Consumir antes de: 18 ago 2027", "2027-08-18"),
        ("賞味期限 2027年8月18日", "2027-08-18"),
        ("保质期至 2027.08.18", "2027-08-18"),
        ("L095 E 18 08 27", "2027-08-18"),
        ("2027.08.18", "2027-08-18"),
    ],
)
def test_expiry_dates_of_all_forms(printed: str, meant: str) -> None:
    assert value(read(f"# CREAM CHEESE\n\n{printed}").expiry_date) == meant


def test_a_date_of_manufacture_is_no_expiry() -> None:
    label = read("# SOAP\n\nMFG 11/2025")
    assert label.expiry_date is None and value(label.manufacture_date) == "2025-11"


def test_the_labels_may_stand_above_the_dates() -> None:
    label = read("""
        # SOAP

        MFG DATE        EXP DATE
        03/2025         02/2028
    """)
    assert (value(label.manufacture_date), value(label.expiry_date)) == ("2025-03", "2028-02")


def test_an_expiry_before_the_manufacture_is_told() -> None:
    assert checks(read("# SOAP\n\nMFG 11/2025\nEXP 10/2025")) == {"manufacture_date <= expiry_date": False}


def test_bars_count_and_other_digits_are_told() -> None:
    label = read(LABEL.replace("479506", "479586"), code())
    assert value(label.barcode) == NUMBER and checks(label)["barcode = printed digits"] is False


def test_printed_digits_count_where_bars_are_unread_and_their_check_digit_is_right() -> None:
    label = read(LABEL)
    assert value(label.barcode) == NUMBER and label.barcode and label.barcode.confidence < 0.9
    assert read(LABEL.replace("479506", "479586")).barcode is None


def test_the_number_of_an_article_comes_before_other_codes() -> None:
    link = code("https://example.org/a", format="QRCode", gtin=None)
    carton = code("PALLET-7", format="Code128", gtin=None)
    assert value(read(LABEL, link, carton, code()).barcode) == NUMBER
    assert value(read("# SOAP", link, carton).barcode) == "PALLET-7"
    assert read("# SOAP", link).barcode is None


@pytest.mark.parametrize(
    ("printed", "price", "unit_price", "currency"),
    [
        ("Price: $4.99\nUnit price $2.50/kg", "4.99", "2.50", "USD"),
        ("4,99 €\n1 kg = 9,98 €/kg", "4.99", "9.98", "EUR"),
        ("WAS £5.00  NOW £3.50", "3.50", None, "GBP"),
        ("RRP  $ 1,249.00\nSALE  $ 899.00", "899.00", None, "USD"),
        ("MRP ₹ 6,54,321.00", "654321.00", None, "INR"),
    ],
)
def test_prices(printed: str, price: str, unit_price: str | None, currency: str) -> None:
    label = read(f"# OLIVE OIL\n\n{printed}")
    assert str(value(label.price)) == price and value(label.currency) == currency
    assert (str(value(label.unit_price)) if label.unit_price else None) == unit_price


@pytest.mark.parametrize(
    ("printed", "quantity", "unit"),
    [
        ("Net weight 1.5 kg", "1.5", "kg"),
        ("8 OZ (226 g)", "8", "oz"),
        ("Inhalt: 0,75 l", "0.75", "l"),
        ("12 FL OZ", "12", "fl oz"),
        ("500ml", "500", "ml"),
        ("30 tablets", "30", "pcs"),
    ],
)
def test_contents(printed: str, quantity: str, unit: str) -> None:
    label = read(f"# SOMETHING\n\n{printed}")
    assert (str(value(label.quantity)), value(label.unit)) == (quantity, unit)


# What is stamped another way round


def raster() -> Raster:
    return Raster(1, np.zeros((100, 300, 3), np.uint8), affine([[1, 0, 0], [0, 1, 0]]), 300, 100)


def test_a_stamp_that_stands_on_its_head_is_found() -> None:
    upright, turned = typed("ALICI").pages[0].lines, typed("L 095 E 28 10 27").pages[0].lines
    looked: list[Pixels] = []

    def read(pixels: Pixels) -> tuple[Line, ...]:
        looked.append(pixels)
        return turned if len(looked) == 3 else upright

    found = tuple(stamps(raster(), read))
    assert [stamp.text for stamp in found] == ["L 095 E 28 10 27"]
    assert found[0].bbox.points == ((300, 100), (140, 100), (140, 80), (300, 80))
    page = replace(typed("# ALICI").pages[0], findings=Findings(Fields({STAMPS.name: found})))
    label = extract(Document((page,)))
    assert value(label.expiry_date) == "2027-10-28" and value(label.batch) == "095"
    assert label.expiry_date and label.expiry_date.bbox and label.expiry_date.bbox.bounds[3] == 100


def test_what_is_read_upright_is_not_read_again() -> None:
    looked: list[Pixels] = []

    def read(pixels: Pixels) -> tuple[Line, ...]:
        looked.append(pixels)
        return typed("EXP 08/2027").pages[0].lines

    assert len(stamps(raster(), read)) == 1 and len(looked) == 1


def test_an_empty_label_says_nothing() -> None:
    label = read("")
    assert (label.product_name, label.price, label.barcode, label.expiry_date, label.validation) == (*(None,) * 4, ())


@pytest.mark.parametrize("cost", ["GBP 4.98 / kg", "EUR 2,49 pro kg", "1 kg = 4,98 EUR", "USD 12.90 each"])
def test_a_larger_price_is_no_name(cost: str) -> None:
    label = read(f"""
        Oat Flakes

        # {cost}
    """)
    assert value(label.product_name) == "Oat Flakes"


def test_the_price_before_an_offer_is_not_the_price() -> None:
    read_price = "ARROZ GRADO 1\nPrecio normal $1.790\nOferta $1.290\nPrecio por kg $1.290"
    assert value(read(read_price).price) == 1290


def test_the_price_of_several_at_once_is_not_that_of_one() -> None:
    label = read("SPARKLING WATER 12PK\n2 FOR $9.00\nREG $5.99 EA")
    assert value(label.price) == Decimal("5.99")


def test_goods_on_sale_have_not_expired_many_years_ago() -> None:
    year = date.today().year + 1
    label = read(f"Mellanmjölk\n1,5 liter\nBäst före {year % 100}-03-15")
    assert value(label.expiry_date) == f"{year}-03-15"
    assert label.expiry_date and label.expiry_date.confidence <= 0.7
