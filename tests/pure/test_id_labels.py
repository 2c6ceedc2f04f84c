"""Labels of identity numbers, drawn: which are a number's own, and which rule it out. All numbers are made up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random
from time import process_time

import pytest

from services.document.model import Line
from services.extractors import id_numbers
from services.extractors.id_numbers.checks import verhoeff
from tests.pure.test_id_numbers import TODAY, found, line_at

PAN, CODE, LICENCE, PASSPORT = "ABCPE1234F", "ABCPT1234K", "MH-14-2019-0012345", "K8572284"
COLUMN, ROW = 320, 30
"""Pixels from column to column and from row to row."""

HEADS = [
    "Installation", "Digilocker", "Debit Card", "Nikshay", "Samagra", "Kisan", "Gas", "Meter Reading",
    "Scheme Beneficiary", "ग्राहक", "उपभोक्ता", "पंजीकरण", "Jan Aadhaar ID", "Pashu Aadhaar",
    "Bhu-Aadhaar No", "Udyog Aadhaar", "Txn with Aadhaar", "Link your Aadhaar", "Aadhaar Pay",
    "Aadhaar Seeding Status", "Aadhaar Enabled", "Aadhaar linked mobile", "इस आधार पर",
]  # fmt: skip
PAGES: list[list[str]] = [
    [],
    ["Government of India"],
    ["Government of India", "Name: Ram Kumar", "DOB: 19/09/1975"],
    ["Link your Aadhaar to your account"],
    ["Passbook", "Aadhaar based payments"],
]


def twelve(random: Random) -> str:
    """Digits as of an Aadhaar, whose check digit is right."""
    start = str(random.randrange(2 * 10**10, 10**11))
    number = next(start + str(last) for last in range(10) if verhoeff(start + str(last)))
    return " ".join((number[:4], number[4:8], number[8:]))


def table(*rows: tuple[str, ...], under: list[str] | None = None) -> list[Line]:
    """Rows of cells, an empty one where nothing stands, under lines of text."""
    texts = [*((text,) for text in under or ()), *rows]
    return [line_at(text, COLUMN * x, ROW * y) for y, row in enumerate(texts) for x, text in enumerate(row) if text]


def values(lines: list[Line]) -> set[str]:
    return {number.value for number in id_numbers.find(lines, today=TODAY)}


def bare(*numbers: str) -> set[str]:
    return {number.replace(" ", "").replace("-", "") for number in numbers}


def layouts(label: str, number: str, page: list[str]) -> Iterator[list[Line]]:
    """A label before a number, above it, in the cell before it, and as the head of its column."""
    yield table((f"{label} {number}",), under=page)
    yield table((f"{label}: {number}",), under=page)
    yield table((label,), (number,), under=page)
    yield table(("Name", "Ram Kumar"), (label, number), ("City", "Pune"), under=page)
    rows = [("Ram", number, "Pune"), ("Sita", "", ""), ("Hari", number, "Goa")]
    yield table(("Name", label, "City"), *rows, under=page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: " ".join(page) or "nothing")
@pytest.mark.parametrize("label", HEADS)
def test_whatever_words_name_another_number_rule_twelve_digits_out(label: str, page: list[str]) -> None:
    random = Random(label)
    for lines in layouts(label, twelve(random), page):
        assert values(lines) == set(), [line.text for line in lines]


@pytest.mark.parametrize(
    "label",
    [
        "Aadhaar No.", "Aadhaar Number of the applicant", "Applicant Aadhaar", "Father's Aadhaar No", "UID / Aadhaar",
        "Aadhaar / UID No.", "Aadhaar (UID) No.", "AADHAAR CARD NUMBER", "Aadhaar No. (12 digits)", "आधार संख्या",
        "आपका आधार क्रमांक / Your Aadhaar No.", "आवेदक का आधार नंबर", "आधार कार्ड नं.", "ఆధార్ సంఖ్య", "ஆதார் எண்", "e-Aadhaar",
    ],
)  # fmt: skip
def test_its_own_label_counts_in_every_layout(label: str) -> None:
    number = twelve(Random(label))
    for lines in layouts(label, number, ["Scholarship form"]):
        assert values(lines) == bare(number), [line.text for line in lines]


@pytest.mark.parametrize(
    "sentence",
    [
        "he is holding Aadhaar No. {} and resides at Pune", "identified by Aadhaar {}", "My Aadhaar is {}",
        "Ram, S/o Shyam, with Aadhaar number {}, hereby declares", "Aadhaar Number allotted to him is {}",
    ],
)  # fmt: skip
def test_a_sentence_may_name_a_number(sentence: str) -> None:
    number = twelve(Random(sentence))
    assert values(table((sentence.format(number),))) == bare(number)


@pytest.mark.parametrize(
    "sentence",
    [
        "Paid via Aadhaar. RRN {}", "Aadhaar authentication response code: {}", "के आधार पर {}", "आधार से लिंक खाता {}",
        "PAN and Aadhaar linked, ack {}", "My lucky number is {}", "Aadhaar: submitted. Application {}",
        "Thank you for shopping {}",
    ],
)  # fmt: skip
def test_a_sentence_that_speaks_of_aadhaar_names_no_number(sentence: str) -> None:
    assert values(table((sentence.format(twelve(Random(sentence))),))) == set()


def test_columns_of_a_table_are_told_apart() -> None:
    """Rows below the first have another number over them, and their label further up."""
    random = Random(5)
    rows = [(twelve(random), twelve(random), twelve(random)) for _ in range(6)]
    lines = table(("Installation", "Aadhaar No.", "Nikshay"), *rows)
    assert values(lines) == bare(*(aadhaar for _, aadhaar, _ in rows))


def test_a_card_is_believed_without_a_label() -> None:
    number = twelve(Random(2))
    for page in (
        ["Government of India", "Asha Rao", "DOB: 19/09/1975", "महिला / FEMALE"],
        ["Asha Rao", "DOB: 19/09/1975", "FEMALE"],
        ["Unique Identification Authority of India", "Address: S/O Ravi Rao, Test Road", "Pune, Maharashtra"],
    ):
        assert values(table((number,), under=page)) == bare(number), page


@pytest.mark.parametrize("page", [[], ["PAN: AABCU9603R"], ["Kitchen store", "Non-stick pan 24 cm"]], ids=str)
@pytest.mark.parametrize(
    "label",
    ["SKU", "Part", "Model", "Order", "Ref", "Item code", "Frying pan SKU", "Frying pan", "FRYING PAN", "Frying Pan",
     "Sauce pan", "a pan and a pot,", "Style", "Coupon", "PAN India Ref", "Batch"],
)  # fmt: skip
def test_the_nearer_label_counts_and_pans_are_fried_in(label: str, page: list[str]) -> None:
    for lines in (table((f"{label} {CODE}",), under=page), table((f"{label}: {CODE}",), under=page)):
        assert values(lines) <= {"AABCU9603R"}, [line.text for line in lines]


@pytest.mark.parametrize(
    "text",
    ["PAN: {}", "PAN {}", "Pan No. {}", "pan card no : {}", "pan: {}", "Pan {}", "VENDOR PAN {}",
     "PAN of Sharma Stores {}", "Permanent Account Number (PAN): {}", "PAN/GIR No. {}",
     "having PAN {} do hereby", "पैन कार्ड: {}", "PAN#{}"],
)  # fmt: skip
def test_a_pan_is_named_in_many_ways(text: str) -> None:
    assert found(text.format(PAN)) == [("PAN", PAN, True)]


def test_a_column_of_pans_has_its_head_further_up() -> None:
    rows = [(f"Supplier {chr(65 + place)}", f"ABCP{chr(65 + place)}1234F", "500") for place in range(5)]
    assert values(table(("Name", "PAN", "Amount"), *rows)) == {pan for _, pan, _ in rows}


@pytest.mark.parametrize("page", [[], ["Driving licence holders get a discount"], ["Motor vehicle insurance"]], ids=str)
@pytest.mark.parametrize(
    "label",
    ["Ref:", "GST inv", "Vehicle", "Invoice", "Drug Licence No.", "Trade licence no", "Gas Licence Number", "Challan",
     "Policy", "FIR"],
)  # fmt: skip
def test_no_licence_is_taken_out_of_another_number(label: str, page: list[str]) -> None:
    assert values(table((f"{label} {LICENCE}",), under=page)) == set()
    assert values(table((label,), (LICENCE,), under=page)) == set()


@pytest.mark.parametrize(
    "text", ["DL No. {}", "DL: {}", "Driving Licence No: {}", "Drlving Licence No {}", "holder of driving licence {}"]
)
def test_a_driving_licence_is_named_in_many_ways(text: str) -> None:
    assert values(table((text.format(LICENCE),))) == bare(LICENCE)


@pytest.mark.parametrize("page", [[], ["Carry your passport"], ["Passport size photographs"]], ids=str)
@pytest.mark.parametrize(
    "label", ["Booking ref", "Battery passport no", "Seat", "Passport file no", "Passport fee", "Token"]
)
def test_a_passport_that_is_only_spoken_of_names_no_number(label: str, page: list[str]) -> None:
    assert values(table((f"{label} {PASSPORT}",), under=page)) == set()
    assert values(table((label,), (PASSPORT,), under=page)) == set()


def test_long_columns_are_looked_at_once() -> None:
    """The head is a thousand rows up: what is found for one number is kept for those below it."""
    numbers = (twelve(Random(place)) for place in count())
    rows = [("1", next(numbers), next(numbers)) for _ in range(1000)]
    assert values(table(("No", "Installation", "Reading"), *rows)) == set()


def test_long_rows_above_many_numbers_are_looked_at_in_bounded_time() -> None:
    """The back of a card, where no word rules a number out: a title is looked for in the rows above each."""
    random = Random(5)
    rows = [((("b" * 980) + " Aadhaar",), (twelve(random),)) for _ in range(150)]
    began = process_time()
    found = values(
        table(*(row for pair in rows for row in pair), under=["Government of India", "uidai.gov.in S/O Ravi"])
    )
    assert len(found) == 150 and process_time() - began < 4
