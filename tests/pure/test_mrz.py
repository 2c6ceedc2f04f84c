"""Machine-readable zones as text. They are made up in tests.support.zones."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.document.model import Line, Quad
from services.extractors.mrz import reading
from services.extractors.mrz.characters import check_digit, normalised
from services.extractors.mrz.model import Mrz
from services.ocr.engine import Pixels
from tests.support import zones
from tests.support.zones import ERIKSSON, TODAY, Made, as_read

FRENCH = ("IDFRABERTHIER".ljust(30, "<") + "923073", "8806923102858CORINNE<<<<<<<6512068F2")
LICENCE = "D1FRA13AA000026181231MARTIN<<9"


def only(lines: Sequence[str]) -> Mrz:
    (found,) = reading.from_lines(as_read(lines), today=TODAY)
    return found


def values(found: Mrz) -> dict[str, object]:
    return {name: field.value for name, field in found.fields.items()}


def test_a_passport_says_what_is_printed_in_it() -> None:
    found = only(ERIKSSON.lines)
    assert found.mrz_type == "TD3" and found.valid
    assert values(found) == {
        "documentType": "P",
        "issuingCountry": "UTO",
        "surname": "ERIKSSON",
        "givenName": "ANNA MARIA",
        "documentNumber": "L898902C3",
        "nationality": "UTO",
        "dateOfBirth": date(1974, 8, 12),
        "sex": "F",
        "dateOfExpiry": date(2030, 4, 15),
        "optionalData": "ZE184226B",
    }
    assert found.check_digits == dict.fromkeys(found.check_digits, True) and len(found.check_digits) == 5
    assert found.corrections == () and found.warnings == ()


def test_each_field_says_where_it_stands() -> None:
    number, surname = (only(ERIKSSON.lines).fields[name].bbox for name in ("documentNumber", "surname"))
    assert number and surname and number.bounds == (50, 540, 50 + 9 * 16, 560)
    assert surname.bounds == (50 + 5 * 16, 500, 50 + 13 * 16, 520)


@settings(deadline=None)
@given(zones.zones)
def test_every_zone_that_is_read_without_error_is_valid_and_complete(made: Made) -> None:
    found = only(made.lines)
    assert (found.mrz_type, found.lines, found.valid, found.corrections) == (made.kind, made.lines, True, ())
    assert found.fields["documentNumber"].value == made.number
    assert found.fields["surname"].value == made.surname
    assert str(found.fields["givenName"].value).startswith(made.given[:5])


@settings(deadline=None)
@given(zones.zones, st.data())
def test_a_wrong_digit_stays_as_it_is_printed_and_makes_the_zone_invalid(made: Made, data: st.DataObject) -> None:
    line = 1
    text = made.lines[line]
    start, end = (0, 6) if made.kind == "TD1" else (13, 19)
    place = data.draw(st.integers(start, end - 1))
    other = data.draw(st.sampled_from([one for one in "0123456789" if one != text[place]]))
    lines = (*made.lines[:line], text[:place] + other + text[place + 1 :], *made.lines[line + 1 :])
    found = only(lines)
    assert found.lines == lines and not found.valid and found.corrections == ()
    assert not found.check_digits["dateOfBirth"]


@settings(deadline=None)
@given(zones.zones)
def test_letters_where_only_digits_stand_are_those_digits_and_the_reverse(made: Made) -> None:
    digits, letters = str.maketrans("0158", "OISB"), str.maketrans("OIS", "015")
    birth = (0, 6) if made.kind == "TD1" else (13, 19)
    names = 2 if made.kind == "TD1" else 0
    lines = list(made.lines)
    lines[1] = lines[1][: birth[0]] + lines[1][birth[0] : birth[1]].translate(digits) + lines[1][birth[1] :]
    lines[names] = lines[names][:5] + lines[names][5:].translate(letters)
    found = only(lines)
    assert found.lines == made.lines and found.valid
    wrong = sum(one != other for one, other in zip("".join(lines), "".join(made.lines), strict=True))
    assert len(found.corrections) == wrong


@pytest.mark.parametrize("change", [-2, -1, 1, 2])
def test_fillers_that_were_lost_or_doubled_are_put_right(change: int) -> None:
    first, second = ERIKSSON.lines
    changed = first[:change] if change < 0 else first + change * "<"
    assert only([changed, second.replace("<<<<<", "<" * (5 + change))]).lines == ERIKSSON.lines


def test_fillers_read_as_letters_behind_the_names_are_fillers() -> None:
    first, second = ERIKSSON.lines
    found = only([first[:-8] + "<KC<<L<C", second])
    assert found.lines == ERIKSSON.lines
    assert {correction.corrected for correction in found.corrections} == {"<"}


def test_one_letter_in_a_number_is_a_digit_where_that_alone_makes_all_check_digits_right() -> None:
    made = zones.passport("UTO", "ERIKSSON", "ANNA", "L80890235", "740812", "F", "300415", "")
    first, second = made.lines
    found = only([first, second[:2] + "O" + second[3:]])
    assert found.valid and found.lines == made.lines
    assert [(correction.field, correction.read, correction.corrected) for correction in found.corrections] == [
        ("documentNumber", "O", "0")
    ]
    wrong_birth = second[:2] + "O" + second[3:13] + "750812" + second[19:]
    assert not only([first, wrong_birth]).valid
    assert only([first, wrong_birth]).lines[1] == wrong_birth


def test_a_number_too_long_for_its_field_goes_on_in_the_optional_data() -> None:
    number = "D23145890734"
    first = "I<UTO" + number[:9] + "<" + number[9:] + check_digit(number) + "<" * 11
    second = "7408122F3004157UTO" + "<" * 11
    second += check_digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    found = only([first, second, "ERIKSSON<<ANNA<MARIA".ljust(30, "<")])
    assert found.valid and found.fields["documentNumber"].value == number


def card(first: str, second: str, names: str) -> list[str]:
    """A TD1 of its lines without fillers at their ends, and without the last check digit."""
    first, second = first.ljust(30, "<"), second.ljust(29, "<")
    composite = check_digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    return [first, second + composite, names.ljust(30, "<")]


PERSON = "7408122F3004157"


@pytest.mark.parametrize("counted", ["", "<"])
@pytest.mark.parametrize("number", ["000610035701", "59242018113", "AB12345678901"])
def test_the_rest_of_a_long_number_is_no_optional_data(number: str, counted: str) -> None:
    """States disagree on whether the check digit counts the filler before the rest."""
    check = check_digit(number[:9] + counted + number[9:])
    found = only(card(f"IDBEL{number[:9]}<{number[9:]}{check}", f"{PERSON}BEL85071299991", "ERIKSSON<<ANNA"))
    assert found.valid and found.check_digits["documentNumber"]
    assert values(found) | {"documentNumber": number, "optionalData": None, "optionalData2": "85071299991"} == values(
        found
    )


def test_what_follows_the_rest_of_a_long_number_is_optional_data() -> None:
    number = "D23145890734"
    found = only(card(f"IDUTO{number[:9]}<734{check_digit(number)}<77B", f"{PERSON}UTO", "ERIKSSON<<ANNA"))
    assert found.valid and found.fields["optionalData"].value == "77B"
    assert found.fields["optionalData"].bbox and found.fields["optionalData"].bbox.bounds[0] > 50 + 19 * 16 - 1


def test_a_long_number_whose_check_digit_is_wrong_is_not_valid() -> None:
    number = "D23145890734"
    wrong = str((int(check_digit(number)) + 1) % 10)
    if wrong == check_digit(number[:9] + "<" + number[9:]):
        wrong = str((int(wrong) + 1) % 10)
    assert not only(card(f"IDUTO{number[:9]}<734{wrong}", f"{PERSON}UTO", "ERIKSSON<<ANNA")).valid


@pytest.mark.parametrize(
    ("code", "state", "wanted"),
    [("C1", "USA", "C1"), ("CI", "USA", "C1"), ("C2", "USA", "C2"), ("CZ", "USA", "C2"), ("1D", "FRA", "ID")]
    + [("ID", "FRA", "ID"), ("I1", "UTO", "II"), ("C<", "UTO", "C"), ("CK", "UTO", "C")],
)
def test_digits_stand_in_the_types_of_american_cards_alone(code: str, state: str, wanted: str) -> None:
    number = "L898902C3"
    found = only(card(f"{code}{state}{number}{check_digit(number)}", f"{PERSON}{state}", "ERIKSSON<<ANNA"))
    assert found.fields["documentType"].value == wanted and found.valid


def russian(names: str) -> list[str]:
    second = "400123456" + check_digit("400123456") + "RUS" + "850712" + check_digit("850712") + "M" + "<" * 7
    second += "5100315770001<" + check_digit("5100315770001<")
    second += check_digit(second[:10] + second[13:20] + second[21:43])
    return [f"PNRUS{names}".ljust(44, "<"), second]


def test_digits_in_names_of_russian_internal_passports_stay_as_printed() -> None:
    found = only(russian("OBRAZ3OV<<TEST<PETROVI3"))
    assert found.valid and found.corrections == ()
    assert found.fields["surname"].value == "OBRAZ3OV" and found.fields["givenName"].value == "TEST PETROVI3"
    assert found.warnings == ("NO_EXPIRY",)
    assert only(russian("0BRAZ30V<<TE5T")).fields["surname"].value == "OBRAZ3OV"
    foreign = zones.passport("UTO", "OBRAZ3OV", "TEST", "L898902C3", "740812", "F", "300415", "")
    assert not only(foreign.lines).valid


@pytest.mark.parametrize("expires", ["<<<<<<", "991231", "990101"])
def test_a_card_that_is_valid_for_ever_has_no_expiry(expires: str) -> None:
    number = "L898902C3"
    second = f"7408122F{expires}{check_digit(expires) if expires[0] == '9' else '<'}ESP"
    found = only(card(f"IDESP{number}{check_digit(number)}", second, "ERIKSSON<<ANNA"))
    assert found.valid and found.fields["dateOfExpiry"].value is None
    assert found.warnings == ("NO_EXPIRY",)


def test_names_are_cut_where_their_own_field_is_full() -> None:
    assert "NAMES_TRUNCATED" not in only(FRENCH).warnings
    full = "BERTHIERBERTHIERBERTHIERB"
    first = f"IDFRA{full}923073"
    second = "8806923102858CORINNE<<<<<<<6512068F"
    assert "NAMES_TRUNCATED" in only([first, second + check_digit(first + second)]).warnings


@pytest.mark.parametrize("noise", ["<<<K<<<A<", "<<C<<<K<<", "<<A<A<A<<"])
def test_letters_among_fillers_behind_the_names_are_fillers(noise: str) -> None:
    first, second = ERIKSSON.lines
    names = first.rstrip("<") + noise
    assert only([names.ljust(44, "<"), second]).fields["givenName"].value == "ANNA MARIA"


@pytest.mark.parametrize(("tail", "again"), [("<K", True), ("<CC", True), ("<A", True), ("<OLGA", False), ("", False)])
def test_what_may_be_fillers_is_read_again_before_it_is_a_name(tail: str, again: bool) -> None:
    """The first look at a page gives the doubtful letter, closer ones do not."""
    made = zones.passport("UTO", "ERIKSSON", "ANNA", "L898902C3", "740812", "F", "300415", "")
    first = made.lines[0].rstrip("<") + tail
    doubtful, clean = as_read([first.ljust(44, "<"), made.lines[1]]), as_read(made.lines)
    looks = []

    def look(pixels: Pixels) -> Sequence[Line]:
        looks.append(pixels.shape)
        if len(looks) == 1:
            return doubtful
        middle = pixels.shape[0] / 2
        return [moved(clean[(len(looks) - 2) // 2], middle)]

    (found,) = reading.read(np.full((800, 900, 3), 255, np.uint8), look, today=TODAY)
    assert (len(looks) > 1) == again
    assert found.fields["givenName"].value == ("ANNA OLGA" if tail == "<OLGA" else "ANNA")


def moved(line: Line, middle: float) -> Line:
    """The line at another height."""
    (left, _), (right, _) = line.quad.top_left, line.quad.top_right
    top, bottom = middle - 10, middle + 10
    return replace(line, quad=Quad((left, top), (right, top), (right, bottom), (left, bottom)))


def test_the_old_french_card_and_the_licence_are_read_as_what_they_are() -> None:
    french, licence = only(FRENCH), only([LICENCE])
    assert (french.mrz_type, french.valid, french.warnings[0]) == ("FRA_ID", True, "NOT_ICAO")
    assert french.fields["surname"].value == "BERTHIER" and french.fields["givenName"].value == "CORINNE"
    assert french.fields["dateOfBirth"].value == date(1965, 12, 6)
    assert (licence.mrz_type, licence.lines, licence.valid) == ("EU_DL", (LICENCE,), False)
    assert licence.fields["dateOfExpiry"].value == date(2018, 12, 31)


@pytest.mark.parametrize(
    ("born", "expires", "birth", "expiry"),
    [
        ("250601", "300101", date(2025, 6, 1), date(2030, 1, 1)),
        ("260602", "300101", date(1926, 6, 2), date(2030, 1, 1)),
        ("150101", "120101", date(1915, 1, 1), date(2012, 1, 1)),
        ("000229", "991231", date(1996, 2, 29) and None, date(1999, 12, 31)),
        ("64<<<<", "751231", None, date(2075, 12, 31)),
        ("641332", "771231", None, date(1977, 12, 31)),
    ],
)
def test_centuries(born: str, expires: str, birth: date | None, expiry: date) -> None:
    made = zones.passport("UTO", "ERIKSSON", "ANNA", "L898902C3", born, "F", expires, "")
    found = only(made.lines)
    assert found.fields["dateOfBirth"].value == birth and found.fields["dateOfExpiry"].value == expiry
    assert ("EXPIRED" in found.warnings) == (expiry < TODAY)


def test_names_that_fill_their_field_may_be_cut() -> None:
    made = zones.card("D<<", "WOLFESCHLEGELSTEINHAUSEN", "HUBERT BLAINE", "L898902C3", "740812", "<", "300415", "")
    found = only(made.lines)
    assert "NAMES_TRUNCATED" in found.warnings
    assert found.fields["sex"].value == "X" and found.fields["issuingCountry"].value == "D"


def test_lines_in_any_order_beside_other_text_and_in_pieces() -> None:
    lines = as_read(ERIKSSON.lines)
    long = lines[1]
    cut = [
        replace(long, text=long.text[:20], quad=replace(long.quad, top_right=(370, 540), bottom_right=(370, 560))),
        replace(long, text=long.text[20:], quad=replace(long.quad, top_left=(372, 540), bottom_left=(372, 560))),
    ]
    other = as_read(["REPUBLIC OF UTOPIA PASSPORT", "AUTHORITY OF THE HOME OFFICE UTOPIA"])
    shifted = [replace(line, quad=_moved(line, -300)) for line in other]
    (found,) = reading.from_lines([cut[1], *shifted, lines[0], cut[0]], today=TODAY)
    assert found.lines == ERIKSSON.lines


def _moved(line: Line, down: float) -> Quad:
    return Quad(*((x, y + down) for x, y in line.quad.points))


@pytest.mark.parametrize(
    "lines",
    [
        ["REPUBLIKA HRVATSKA/REPUBLIC OF CROATIA", "PASSPORT PUTOVNICA PASSEPORT REISEPASS"],
        ["INVOICE NUMBER 2026000012345678901234567890", "ORDER 1234567890123456789012345678901234"],
        ["P" + 43 * "X", 44 * "7"],
        ["<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"],
        ["C" * 30, "1" * 30, "A" * 30],
        [],
    ],
)
def test_other_text_is_no_zone(lines: list[str]) -> None:
    assert reading.from_lines(as_read(lines)) == ()


@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_text_breaks_it(lines: list[str]) -> None:
    reading.from_lines(as_read([line or "-" for line in lines]))


def test_recognised_look_alikes_become_the_zones_characters() -> None:
    assert normalised("p‹Ρ« РΟ O(K") == "P<P<<POO<K"


def test_no_value_shows_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = only(ERIKSSON.lines)
        logging.getLogger("test").info("%s %s %s", found, found.fields, found.corrections)
    assert "ERIKSSON" not in caplog.text and "L898902C3" not in caplog.text


def test_a_strip_of_a_pixel_or_two_has_no_zone() -> None:
    for shape in ((1, 5000, 3), (60_000, 2, 3)):
        assert reading.read(np.full(shape, 255, np.uint8), lambda _: []) == ()


@pytest.mark.slow
def test_a_zone_is_found_on_a_page_that_is_full_of_rows_of_its_characters() -> None:
    (line,) = as_read(["ORDER1234567890123456789012345678901234"])
    rows = [replace(line, quad=_moved(line, 200 + 40 * row)) for row in range(1000)]
    found = reading.from_lines([*rows, *as_read(ERIKSSON.lines)], today=TODAY)
    assert [zone.lines for zone in found] == [ERIKSSON.lines]


def test_of_a_strip_that_shows_its_neighbour_the_middle_row_counts() -> None:
    upper, lower = "IDFRADAMBARD<<<<<<<<<<<<<<<<<<075025", "175775H557903VICTOR<<MARIE<9404246M5"
    lines = [
        Line(text, 0.9, Quad((0, y), (440, y), (440, y + 20), (0, y + 20))) for text, y in ((upper, 0), (lower, 23))
    ]
    assert [row.text for middle in (10, 33) if (row := reading._middle_row(lines, middle))] == [upper, lower]
