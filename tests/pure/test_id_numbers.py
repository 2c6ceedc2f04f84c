"""Indian identity numbers among the lines of a page. All are made up; those of Aadhaar are of its test range."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from itertools import count
from math import cos, radians, sin
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.document.geometry import affine, map_line
from services.document.model import Line, Quad
from services.extractors import id_numbers
from services.extractors.id_numbers.checks import verhoeff
from services.extractors.id_numbers.model import IdNumber

TODAY = date(2026, 6, 1)
AADHAAR = "9999 0267 7357"


def page(*texts: str) -> list[Line]:
    """One line below the other, each character 10 pixels wide and 20 high."""
    return [
        Line(text, 0.9, Quad((0, y), (10 * len(text), y), (10 * len(text), y + 20), (0, y + 20)))
        for y, text in zip(count(0, 30), texts, strict=False)
    ]


def found(*texts: str) -> list[tuple[str, str, bool]]:
    return [(number.type, number.value, number.valid) for number in id_numbers.find(page(*texts), today=TODAY)]


@pytest.mark.parametrize(
    ("texts", "kind", "value"),
    [
        (["INCOME TAX DEPARTMENT", "Permanent Account Number Card", "EFEPS9751D"], "PAN", "EFEPS9751D"),
        (["PAN: EFEPS 9751 D", "PAN: EFEPS9751D"], "PAN", "EFEPS9751D"),
        (["Permanent Account Number", "EFEPS975ID"], "PAN", "EFEPS9751D"),
        (["GSTIN 27EFEPS9751D1Z5", "PAN EFEPS9751D"], "PAN", "EFEPS9751D"),
        (["Government of India", "DOB: 19/09/1975", AADHAAR, "VID : 4684 8745 2685 9693"], "AADHAAR", "999902677357"),
        (["Your Aadhaar No. : 9999 0267", "7357"], "AADHAAR", "999902677357"),
        (["Aadhaar 9999-0267-7357"], "AADHAAR", "999902677357"),
        (["DL No. MH-24-1999-0563381"], "DRIVING_LICENCE", "MH2419990563381"),
        (["DL No. MH24 19990563381"], "DRIVING_LICENCE", "MH2419990563381"),
        (["DL No. MH24/1999/0563381"], "DRIVING_LICENCE", "MH2419990563381"),
        (["Driving Licence", "DL3520054222323"], "DRIVING_LICENCE", "DL3520054222323"),
        (["Licence No. DL-35-2OO5-4222323"], "DRIVING_LICENCE", "DL3520054222323"),
        (["Type P  Country Code IND  Passport No.", "K8572284"], "PASSPORT", "K8572284"),
        (["Passport No: K 8572284"], "PASSPORT", "K8572284"),
        (["UDYAM REGISTRATION NUMBER", "UDYAM-GJ-33-4017001"], "UDYAM", "UDYAM-GJ-33-4017001"),
        (["UDYAM GJ 33", "4017001"], "UDYAM", "UDYAM-GJ-33-4017001"),
    ],
)
def test_a_number_is_found_with_its_label_in_the_spacings_in_use(texts: list[str], kind: str, value: str) -> None:
    assert found(*texts) == [(kind, value, True)]


@pytest.mark.parametrize(
    "texts",
    [
        ["Order: 9999 0061 0345", "Phone: +91 9805477303", "Ref: ABCDE123F", "Track: AWB87950766805"],
        ["Order: 9999 0267 7357"],
        ["Government of India", "Order: 9999 0267 7357"],
        ["VID : 4684 8745 2685 9693"],
        ["Aadhaar", "VID : 9999 0267 7357 9693"],
        ["Enrolment No.: 1234/56789/01234"],
        ["999902677357"],
        ["Invoice K8572284"],
        ["000-12-3456"],
        ["Card 4111 1111 1111 1111"],
        ["Ref: EFEPS9751D"],
        ["IFSC SBIN0001234", "IMEI 356938035643809"],
        [],
    ],
)
def test_other_numbers_are_none_of_these(texts: list[str]) -> None:
    assert found(*texts) == []


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Your Aadhaar No.", "9999 0267 7358"], "AADHAAR"),
        (["Your Aadhaar No.", "1234 5678 9000"], "AADHAAR"),
        (["Permanent Account Number", "ABCDE1234F"], "PAN"),
        (["DL No. XX-24-1999-0563381"], "DRIVING_LICENCE"),
        (["DL No. MH-24-2031-0563381"], "DRIVING_LICENCE"),
        (["UDYAM-QQ-33-4017001"], "UDYAM"),
        (["Passport No. Q1234567"], "PASSPORT"),
    ],
)
def test_a_labelled_number_that_fails_its_check_is_shown_and_not_valid(texts: list[str], kind: str) -> None:
    assert [(number.type, number.valid) for number in id_numbers.find(page(*texts), today=TODAY)] == [(kind, False)]


FOREIGN = [
    "Account Number", "A/c No.", "Consumer No", "UAN", "PRAN:", "RRN", "AWB No.", "UTR", "Customer ID", "Policy No.",
    "Loan Account", "Meter", "Your Order", "e-Shram Card", "Universal Account Number", "ABHA Number", "Ration Card No.",
    "Transaction Ref", "Application #", "Member Id :", "Aadhaar linked account no", "K Number:",
    "खाता संख्या:", "ग्राहक संख्या",
]  # fmt: skip


@pytest.mark.parametrize("form", ["{label} {number}", "{label}\n{number}", "{label}  {number}"])
@pytest.mark.parametrize("heading", ["Passbook", "Government of India"])
def test_no_number_under_another_label_is_reported_though_it_passes_verhoeff(form: str, heading: str) -> None:
    random = Random(17)
    for place in range(100):
        start = str(random.randrange(2 * 10**10, 10**11))
        number = next(start + str(last) for last in range(10) if verhoeff(start + str(last)))
        grouped = " ".join((number[:4], number[4:8], number[8:]))
        label = FOREIGN[place % len(FOREIGN)]
        texts = [heading, *form.format(label=label, number=grouped).split("\n")]
        assert found(*texts) == [], texts


@pytest.mark.parametrize("label", ["Aadhaar No.", "Your Aadhaar Number", "UID / आधार", "Customer Aadhaar No :"])
@pytest.mark.parametrize("form", ["{label} {number}", "{label}\n{number}"])
def test_its_own_label_counts_whoever_is_named_with_it(label: str, form: str) -> None:
    texts = form.format(label=label, number=AADHAAR).split("\n")
    assert found("Customer details", *texts) == [("AADHAAR", "999902677357", True)]
    assert found("Aadhaar number of the applicant " + AADHAAR) == [("AADHAAR", "999902677357", True)]
    assert found("PAN of the Employee ABCPE1234F") == [("PAN", "ABCPE1234F", True)]


def test_each_column_has_its_own_label() -> None:
    heads = [line_at("Aadhaar No.", 0, 0), line_at("Account No.", 400, 0)]
    numbers = [line_at(AADHAAR, 0, 30), line_at("3456 7890 1238", 400, 30)]
    assert [number.value for number in id_numbers.find([*heads, *numbers], today=TODAY)] == ["999902677357"]


def line_at(text: str, x: int, y: int) -> Line:
    right = x + 10 * len(text)
    return Line(text, 0.9, Quad((x, y), (right, y), (right, y + 20), (x, y + 20)))


@pytest.mark.parametrize("texts", [["TAN of the Deductor MUMA12345B"], ["PAN", "MUMA12345B"], ["MUMA12345B"]])
def test_no_correction_makes_a_pan_out_of_a_tan(texts: list[str]) -> None:
    assert found(*texts) == []
    assert found("PAN of the Deductor AAACZ1234E", *texts) == [("PAN", "AAACZ1234E", True)]


def test_hyphens_group_a_number_on_a_page_of_its_issuer_alone() -> None:
    hyphened = AADHAAR.replace(" ", "-")
    assert found("Unique Identification Authority of India", hyphened) == [("AADHAAR", "999902677357", True)]
    assert found("Parcels", hyphened) == []


@pytest.mark.parametrize("written", ["XXXX XXXX 7357", "xxxx-xxxx-7357", "XXXXXXXX7357", "**** **** 7357"])
def test_a_masked_number_is_given_with_its_last_four_digits(written: str) -> None:
    (number,) = id_numbers.find(page("Government of India", "Your Aadhaar No. :", written), today=TODAY)
    assert (number.type, number.value, number.masked, number.valid) == ("AADHAAR", "7357", True, False)
    assert "XXXXXXXX7357" in repr(number)
    assert found("Card", written) == [] and found("Aadhaar", "Account XXXX XXXX 7357") == []
    assert found("Aadhaar", "XXXX XXXX XXXX 7357") == []


def test_a_number_without_a_label_is_less_sure() -> None:
    labelled, alone = (id_numbers.find(page(*texts), today=TODAY)[0] for texts in (["Aadhaar", AADHAAR], [AADHAAR]))
    assert labelled.confidence == 0.9 and alone.valid and alone.confidence < labelled.confidence


def test_a_number_printed_twice_is_found_once_and_valid_ones_come_first() -> None:
    assert found("Aadhaar", AADHAAR, "UDYAM-QQ-33-4017001", "Aadhaar", AADHAAR) == [
        ("AADHAAR", "999902677357", True),
        ("UDYAM", "UDYAM-QQ-33-4017001", False),
    ]


def test_a_number_in_several_pieces_of_one_row_and_its_place() -> None:
    (label, one, other) = page("Aadhaar No.", "9999 0267", "7357")
    moved = Quad((200, 32), (240, 32), (240, 52), (200, 52))
    (number,) = id_numbers.find([Line("7357", 0.8, moved), one, label], today=TODAY)
    assert number.value == "999902677357" and number.confidence == 0.8
    assert number.bbox.bounds == (0, 30, 240, 52)


def test_a_page_on_its_head_has_its_rows_from_its_own_top() -> None:
    """Lines that lean a little to either side: half a turn forwards and half a turn backwards are one direction."""
    upright = page("Passport No.", "K1234567", "Aadhaar No.", AADHAAR)
    turned = [hung(line, 180 + lean) for line, lean in zip(upright, (1, -1, 1, -1), strict=True)]
    numbers = id_numbers.find(turned, today=TODAY)
    assert [(number.type, number.value, number.confidence) for number in numbers] == [
        (number.type, number.value, number.confidence) for number in id_numbers.find(upright, today=TODAY)
    ]


def hung(line: Line, degrees: float) -> Line:
    """The line where it is when the page is turned clockwise about its origin."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return map_line(affine([[c, -s, 0], [s, c, 0]]), line)


def test_the_place_is_the_numbers_own_part_of_its_line() -> None:
    (number,) = id_numbers.find(page("DL No. MH-24-1999-0563381 issued"), today=TODAY)
    assert number.bbox.bounds == (70, 0, 250, 20)
    assert number.raw == "MH-24-1999-0563381"


def test_values_are_masked_where_they_may_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    (number,) = id_numbers.find(page("Aadhaar", AADHAAR), today=TODAY)
    assert number.hidden == "XXXXXXXX7357"
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r", number, [number])
    assert "0267" not in caplog.text and "999902677357" not in caplog.text


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 11), st.integers(1, 9))
def test_verhoeff_tells_every_single_error_and_every_swap(start: str, place: int, more: int) -> None:
    right = next(start + str(last) for last in range(10) if verhoeff(start + str(last)))
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert not verhoeff(wrong)
    if place and right[place] != right[place - 1]:
        assert not verhoeff(right[: place - 1] + right[place] + right[place - 1] + right[place + 1 :])


def test_verhoeffs_own_example() -> None:
    assert verhoeff("2363") and not verhoeff("2364")


@given(st.lists(st.text(min_size=1, max_size=50), max_size=6))
def test_no_text_breaks_it(texts: Sequence[str]) -> None:
    assert all(isinstance(number, IdNumber) for number in id_numbers.find(page(*texts), today=TODAY))


@pytest.mark.slow
@pytest.mark.parametrize(
    "texts",
    [
        ["1234 5678 9012"] * 5000,
        ["ABCPE1234F A1234567 UDYAM-MH-12-1234567 MH-12-2023-1234567"] * 5000,
        ["Order" + " " * 50_000 + "1234 5678 9012"],
        ["A" + "." * 20_000 + " 1234 5678 9012"] * 3,
        ["1234 5678 9012  " * 10_000],
        ["a" * 60_000 + " gov" * 20_000 + "v" * 60_000 + " 1234 5678 9012"],
    ],
    ids=["rows", "kinds", "spaces", "dots", "one line", "words"],
)
def test_a_text_layer_made_to_take_for_ever_does_not(texts: list[str]) -> None:
    """Without bounds for what is looked at before each number this would not end while anybody waits."""
    id_numbers.find(page(*texts), today=TODAY)


def test_a_number_far_along_a_line_has_its_label_and_its_place() -> None:
    (number,) = id_numbers.find(page("x " * 10_000 + "Aadhaar No. 9999 0267 7357"), today=TODAY)
    assert number.valid and number.confidence == 0.9
    assert number.bbox.bounds[0] == 10 * (20_000 + len("Aadhaar No. "))
