"""What Indian identity cards say beside their numbers. All persons are made up."""

from __future__ import annotations

from datetime import date
from time import process_time
from typing import Any

import pytest

from services.document.model import Document, Page
from services.extractors import id_card
from services.extractors.id_card.model import IdCard
from tests.pure.test_id_numbers import line_at, page

TODAY = date(2026, 6, 1)

PAN = [
    "INCOME TAX DEPARTMENT", "GOVT. OF INDIA", "Permanent Account Number Card", "EFEPS9751D", "Name", "VIKRAM SINGH",
    "Father's Name", "RAMESH SINGH", "Date of Birth", "08/03/1985",
]  # fmt: skip
OLD_PAN = ["INCOME TAX DEPARTMENT", "GOVT. OF INDIA", "VIKRAM SINGH", "RAMESH SINGH", "08/03/1985"]
OLD_PAN += ["Permanent Account Number", "EFEPS9751D", "Signature"]
AADHAAR = ["Government of India", "Asha Rao", "जन्म तिथि/DOB: 19/09/1975", "महिला / FEMALE", "9999 0267 7357"]
BACK = ["Unique Identification Authority of India", "Address: W/O Ravi Rao", "12, Test Road, Kothrud", "Pune City"]
BACK += ["Maharashtra - 411038", "9999 0267 7357", "www.uidai.gov.in"]
LICENCE = ["INDIAN UNION DRIVING LICENCE", "DL No. MH-24-1999-0563381", "Name: MEERA IYER", "S/D/W of: RAMESH IYER"]
LICENCE += ["DOB: 24/08/1970", "Valid Till (NT): 18-10-2029", "Address: 7 LAKE VIEW, NAGPUR 440001", "Blood Group: B +"]


def values(card: IdCard) -> dict[str, Any]:
    members = ("name", "father_name", "birth_date", "gender", "address", "valid_until")
    found = {name: field.value for name in members if (field := getattr(card, name))}
    return found | {"type": card.type}


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (PAN, {"type": "PAN", "name": "VIKRAM SINGH", "father_name": "RAMESH SINGH", "birth_date": date(1985, 3, 8)}),
        (
            OLD_PAN,
            {"type": "PAN", "name": "VIKRAM SINGH", "father_name": "RAMESH SINGH", "birth_date": date(1985, 3, 8)},
        ),
        (AADHAAR, {"type": "AADHAAR", "name": "Asha Rao", "birth_date": date(1975, 9, 19), "gender": "F"}),
        (
            [*AADHAAR[:2], "Year of Birth : 1975", "Male", "Your Aadhaar No.", "9999 0267 7357"],
            {"type": "AADHAAR", "name": "Asha Rao", "birth_date": "1975", "gender": "M"},
        ),
        (
            BACK,
            {
                "type": "AADHAAR",
                "father_name": "Ravi Rao",
                "address": "W/O Ravi Rao, 12, Test Road, Kothrud, Pune City, Maharashtra - 411038",
            },
        ),
        (
            LICENCE,
            {
                "type": "DRIVING_LICENCE",
                "name": "MEERA IYER",
                "father_name": "RAMESH IYER",
                "birth_date": date(1970, 8, 24),
                "valid_until": date(2029, 10, 18),
                "address": "7 LAKE VIEW, NAGPUR 440001",
            },
        ),
    ],
)
def test_a_card_says_what_is_printed_beside_its_number(texts: list[str], wanted: dict[str, Any]) -> None:
    assert values(id_card.read(page(*texts), today=TODAY)) == wanted


def test_each_field_says_where_it_stands_and_how_sure_it_is() -> None:
    card = id_card.read(page(*PAN), 3, TODAY)
    assert card.name and card.name.bbox and card.name.page == 3
    assert card.name.bbox.bounds == (0, 150, 120, 170) and 0.8 < card.name.confidence < 0.9


def test_a_value_beside_its_label_is_not_that_of_another_column() -> None:
    lines = [line_at("Name", 0, 0), line_at("Father's Name", 300, 0), line_at("MEERA IYER", 0, 30)]
    lines += [line_at("RAMESH IYER", 300, 30), line_at("Permanent Account Number EFEPS9751D", 0, 60)]
    assert values(id_card.read(lines, today=TODAY)) == {
        "type": "PAN", "name": "MEERA IYER", "father_name": "RAMESH IYER",
    }  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        ["Invoice", "Name: ASHA RAO", "DOB: 19/09/1975"],
        ["Tax invoice", "Name: SHARMA STORES", "PAN: EFEPS9751D", "Address: 7 LAKE VIEW, NAGPUR 440001"],
        ["Passbook", "Name: ASHA RAO", "Account Number 3456 7890 1238"],
        ["Loan application", "Name: ASHA RAO", "Aadhaar No. 9999 0267 7357", "Address: 7 LAKE VIEW, NAGPUR 440001"],
        ["Government of India", "Scholarship scheme", "Name: ASHA RAO", "Aadhaar No. 9999 0267 7357"],
        ["Link your Aadhaar", "Name: ASHA RAO", "Aadhaar: 9999 0267 7357"],
        ["Income Tax Return Acknowledgement", "Income Tax Department", "Name: ASHA RAO", "PAN: EFEPS9751D"],
        [],
    ],
)
def test_a_page_without_such_a_number_is_no_card(texts: list[str]) -> None:
    assert id_card.read(page(*texts), today=TODAY) == IdCard()


def test_a_label_is_no_name_and_a_name_ends_at_a_comma() -> None:
    texts = [
        "Government of India",
        "Asha Rao",
        "Father : Ravi Rao, Pune",
        "DOB : 19/09/1975",
        "Female",
        "9999 0267 7357",
    ]
    card = values(id_card.read(page(*texts), today=TODAY))
    assert (card["name"], card["father_name"]) == ("Asha Rao", "Ravi Rao")


def test_a_day_that_does_not_exist_is_none() -> None:
    assert "birth_date" not in values(id_card.read(page("DOB: 31/02/1975", "Aadhaar 9999 0267 7357"), today=TODAY))


def test_the_first_page_with_a_card_counts_and_nothing_of_it_is_in_a_representation() -> None:
    pages = (Page(1, 100, 100, tuple(page("A letter"))), Page(2, 100, 100, tuple(page(*PAN))))
    extract = id_card.build(None).document  # type: ignore[arg-type]
    assert extract
    card = extract.extract(Document(pages))
    assert card.type == "PAN" and card.name.page == 2
    assert "VIKRAM" not in repr(card) and "VIKRAM" not in repr(card.name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "texts",
    [["Name"] * 5000, ["Address:"] * 5000, ["Name (" * 10_000], ["Name" + " " * 50_000], ["S/O " * 20_000]],
    ids=["names", "addresses", "brackets", "spaces", "fathers"],
)
def test_a_text_layer_made_to_take_for_ever_does_not(texts: list[str]) -> None:
    before = process_time()
    id_card.read(page("Permanent Account Number EFEPS9751D", *texts), today=TODAY)
    assert process_time() - before < 10
