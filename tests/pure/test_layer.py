"""Text layers of PDFs: whether they are sound, and where their words lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest

from config import Settings
from services.document.model import Page, TextSource
from services.errors import BadInput, PasswordRequired, UnreadableFile
from services.ocr.engine import Pixels, ReadOptions
from services.ocr.engines import null
from services.ocr.letters import is_garbled
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, Mode, check_mode, sniff
from tests.support import samples
from tests.support.layers import LINES, drawn, print_of


def pages(tmp_path: Path, data: bytes, mode: Mode, *, words: bool = False, password: str | None = None) -> list[Page]:
    """All pages by the pipeline. The null engine reads nothing on them, so text can only be the layer's."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    pipeline = Pipeline(null.build(Settings()), Limits.of(Settings()))
    with pipeline.open(path, sniff(data[:HEAD_BYTES]), pages=None, password=password, dpi=150) as source:
        return [pipeline.read(source, number, ReadOptions(words=words), mode) for number in source.numbers]


def page(tmp_path: Path, data: bytes, mode: Mode = Mode.AUTO, **options: Any) -> Page:
    (only,) = pages(tmp_path, data, mode, **options)
    return only


def ink(pixels: Pixels) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((pixels < 128).any(2))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_a_sound_layer_is_taken_as_it_stands(tmp_path: Path) -> None:
    found = page(tmp_path, drawn(*print_of(*LINES)))
    assert (found.source, found.text) == (TextSource.PDF, "\n".join(LINES))
    assert {line.confidence for line in found.lines} == {1.0} and not found.warning


def test_by_default_the_layer_is_never_used(tmp_path: Path) -> None:
    assert page(tmp_path, drawn(*print_of(*LINES)), Mode.OCR).source is TextSource.OCR


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_of_lines_and_words_lie_on_the_ink_of_the_page_as_it_is_shown(tmp_path: Path, rotation: int) -> None:
    data = samples.born_digital_pdf(["Hamburg 12"], rotation=rotation)
    found = page(tmp_path, data, words=True)
    (line,) = found.lines
    path = tmp_path / "upload"
    with Pipeline(null.build(Settings()), Limits.of(Settings())).open(
        path, "application/pdf", pages=None, password=None, dpi=150
    ) as source:
        raster = source.render(1)
    assert (found.width, found.height, found.dpi, found.rotation) == (raster.width, raster.height, 150, rotation)
    left, top, right, bottom = line.quad.bounds
    inner = ink(raster.pixels)
    assert left <= inner[0] and top <= inner[1] and right >= inner[2] and bottom >= inner[3]
    assert (right - left) * (bottom - top) < 2.2 * (inner[2] - inner[0]) * (inner[3] - inner[1])
    assert [word.text for word in line.words] == ["Hamburg", "12"]
    assert line.words[0].quad.top_left == pytest.approx(line.quad.top_left, abs=0.1)
    assert line.words[1].quad.bottom_right == pytest.approx(line.quad.bottom_right, abs=0.1)
    assert line.quad.top_left == pytest.approx(corner_of_text(line.quad.bounds, rotation), abs=0.1)


def corner_of_text(bounds: tuple[float, float, float, float], rotation: int) -> tuple[float, float]:
    left, top, right, bottom = bounds
    return {0: (left, top), 90: (right, top), 180: (right, bottom), 270: (left, bottom)}[rotation]


def test_a_cropped_page_and_slanted_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    sheet = document.new_page(width=595, height=842)
    sheet.insert_text((200, 500), "Slanted text", morph=(pymupdf.Point(200, 500), pymupdf.Matrix(20)), fontsize=20)
    sheet.set_cropbox(pymupdf.Rect(100, 300, 500, 700))
    found = page(tmp_path, bytes(document.tobytes()), words=True)
    start, end = found.lines[0].quad.bottom_left, found.lines[0].quad.bottom_right
    assert start == pytest.approx((100 * 150 / 72, 200 * 150 / 72), abs=20)
    assert (end[1] - start[1]) / (end[0] - start[0]) == pytest.approx(-np.tan(np.radians(20)), abs=0.02)
    assert found.lines[0].words[1].quad.bottom_right == pytest.approx(end, abs=0.5)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [((50.0, 60.0 + 14 * n), f"left column, row number {n} of this text") for n in range(20)]
    right = [((310.0, 60.0 + 14 * n), f"right column, row number {n} of the text") for n in range(20)]
    mixed = [text for pair in zip(left, right, strict=True) for text in pair]
    rows = page(tmp_path, drawn(*mixed)).text.split("\n")
    assert rows == [text for _, text in left + right]


def test_form_fields_and_notes_on_the_page_are_part_of_its_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    sheet = document.new_page()
    sheet.insert_text((72, 72), "Name of the applicant:")
    sheet.add_freetext_annot(pymupdf.Rect(220, 60, 400, 80), "Erika Mustermann")
    assert page(tmp_path, bytes(document.tobytes())).text == "Name of the applicant: Erika Mustermann"


def next_letter(code: int) -> int:
    return code + 1 if chr(code).isalpha() else code


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (samples.mapped_pdf(LINES, lambda code: 0xF000 + code), "stand for nothing"),
        (samples.mapped_pdf(LINES, lambda code: max(1, code - 29)), "no words"),
        (samples.mapped_pdf(LINES, lambda code: 0x400 + code if code % 2 else code), "no words"),
        (samples.mapped_pdf(LINES[:1], next_letter), "no words"),
        (samples.mapped_pdf(LINES[:1], lambda code: 97 + (code * 7) % 26 if code != 32 else 32), "no words"),
        (samples.searchable_scan(LINES, LINES), "not meant to be seen"),
        (samples.searchable_scan(LINES, LINES, shown=True), "picture"),
        (samples.searchable_scan(LINES, []), "no text layer"),
        (drawn(*print_of(*LINES), color=(1, 1, 1)), "cannot be seen"),
        (drawn(*print_of(*LINES), cover=True), "cannot be seen"),
        (drawn(*print_of(*(" ".join(line.replace(" ", "")) for line in LINES))), "no words"),
        (drawn(((900, 900), "beside the page")), "no text layer"),
        (samples.text_pdf([LINES]), "no text layer"),
    ],
    ids=[
        "private",
        "shifted",
        "two-scripts",
        "next-letter",
        "renumbered",
        "ocr-layer",
        "covered-layer",
        "bare-scan",
        "white",
        "painted-over",
    ]
    + ["spaced", "outside", "scan"],
)
def test_a_layer_that_is_not_sound_is_not_used(tmp_path: Path, data: bytes, why: str) -> None:
    assert page(tmp_path, data, Mode.AUTO).source is TextSource.OCR
    found = page(tmp_path, data, Mode.TEXT)
    assert found.source is TextSource.PDF
    assert why in found.warning


def test_text_that_is_drawn_as_outlines_is_recognised(tmp_path: Path) -> None:
    document = pymupdf.open()
    sheet = document.new_page()
    sheet.insert_text((72, 800), "Page 1")
    outlines = pymupdf.open(stream=drawn(*print_of(*LINES)), filetype="pdf")[0].get_svg_image(text_as_path=True)
    sheet.show_pdf_page(sheet.rect, pymupdf.open("pdf", pymupdf.open("svg", outlines.encode()).convert_to_pdf()))
    assert page(tmp_path, bytes(document.tobytes())).source is TextSource.OCR


def test_a_page_with_text_in_a_picture_is_recognised_and_one_with_a_logo_is_not(tmp_path: Path) -> None:
    found = {}
    for kind, place in (("letterhead", (72, 500, 523, 725)), ("logo", (400, 20, 460, 50))):
        document = pymupdf.open(stream=drawn(*print_of(*LINES * 3)), filetype="pdf")
        document[0].insert_image(pymupdf.Rect(place), stream=samples.text_image(LINES))
        found[kind] = page(tmp_path, bytes(document.tobytes())).source.value
    assert found == {"letterhead": "ocr", "logo": "pdf"}


def test_each_page_of_a_mixed_document_is_judged_by_itself(tmp_path: Path) -> None:
    data = samples.joined_pdf(drawn(*print_of(*LINES)), samples.text_pdf([LINES]), drawn(*print_of(*LINES)))
    assert [found.source.value for found in pages(tmp_path, data, Mode.AUTO)] == ["pdf", "ocr", "pdf"]
    alone = pages(tmp_path, data, Mode.TEXT)
    assert [bool(found.text) for found in alone] == [True, False, True]
    assert "no text layer" in alone[1].warning and not alone[0].warning


def test_a_locked_file_gives_its_layer_for_the_password(tmp_path: Path) -> None:
    data = samples.encrypted_pdf("Confidential report", user="open")
    with pytest.raises(PasswordRequired):
        pages(tmp_path, data, Mode.TEXT)
    assert page(tmp_path, data, Mode.TEXT, password="open").text == "Confidential report"


def test_a_page_lost_from_a_damaged_file_is_no_page_without_text(tmp_path: Path) -> None:
    whole = samples.text_pdf([["one"], ["two"], ["three"]])
    with pytest.raises(UnreadableFile):
        pages(tmp_path, whole[: len(whole) // 2], Mode.TEXT)


def test_a_page_of_endless_text_is_bounded(tmp_path: Path) -> None:
    content = b"BT /F 4 Tf 0.7 TL 10 830 Td " + b"(%s) Tj T* " % (b"word " * 50) * 1000 + b"ET"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    data = samples.page_pdf(content, page=b"/Resources<</Font<</F 5 0 R>>>>", objects=[font])
    assert page(tmp_path, data, Mode.AUTO).source is TextSource.OCR


def test_images_have_no_layer(tmp_path: Path) -> None:
    image = samples.text_image(["Hello"])
    assert page(tmp_path, image, Mode.AUTO).source is TextSource.OCR
    check_mode(Mode.AUTO, "image/png")
    with pytest.raises(BadInput, match="mode=auto"):
        check_mode(Mode.TEXT, "image/png")


@pytest.mark.parametrize(
    "text",
    [
        "Übergrößenträger für Schwarzkümmelöl, 3 % Skonto innerhalb von 14 Tagen.",
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "कृपया अपना पहचान पत्र साथ लाएँ। कार्यालय सुबह दस बजे खुलता है।",
        "இது ஒரு தமிழ் உரை மற்றும் சில சொற்கள்",
        "ความพยายามอยู่ที่ไหน ความสำเร็จอยู่ที่นั่น",
        "これはテストです。OCRの品質を確認します。",
        "Lasku, eräpäivä ja viitenumero: maksettava yhteensä, asiakasnumero",
        "Số hóa đơn, ngày giao hàng, người mua, địa chỉ, thuế giá trị gia tăng",
        "Fizetendő összeg, számla sorszáma, teljesítés dátuma, vevő neve",
        "Съешь же ещё этих мягких французских булок",
        "ID DE12 3456 7890 0000 1234 56 BIC GENODEF1XYZ #88-17/A4 (100.00) $12.50 x2",
        "Contents . . . . . . . . . . . . . . 1\nIntroduction ................................................ 2",
        "",
    ],
)
def test_real_text_is_not_taken_for_garbled(text: str) -> None:
    assert not is_garbled(text)
