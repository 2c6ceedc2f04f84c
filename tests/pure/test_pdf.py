"""PDF pages as the engine gets to see them: born digital, scanned, turned, locked, absurd and damaged."""

from __future__ import annotations

import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from services.document.geometry import map_quad
from services.document.model import Quad
from services.errors import (
    BadInput,
    NoPages,
    PageOutOfRange,
    PasswordRequired,
    ServiceError,
    TooManyPages,
    UnreadableFile,
)
from services.ocr.ceiling import memory_ceiling
from services.ocr.raster import Limits, Raster
from services.ocr.source import HEAD_BYTES, Source, open_source, sniff
from tests.support import samples

LIMITS = Limits(max_width=4960, max_height=7016, max_pixels=100_000_000, max_pages=100)


def opened(
    tmp_path: Path, data: bytes, *, pages: str | None = None, password: str | None = None, dpi: int = 100
) -> Source:
    """The upload as a source, by the way it takes in service: named as something else, its type sniffed."""
    path = tmp_path / "upload.png"
    path.write_bytes(data)
    return open_source(path, sniff(data[:HEAD_BYTES]), pages=pages, password=password, dpi=dpi, limits=LIMITS)


def rendered(tmp_path: Path, data: bytes, *, dpi: int = 100) -> Raster:
    with opened(tmp_path, data, dpi=dpi) as source:
        return source.render(1)


def ink(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is not white."""
    rows, columns = np.nonzero((pixels < 128).any(2))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


@pytest.mark.parametrize("dpi", [72, 150, 300, 400])
def test_a_page_is_rendered_at_the_dpi_asked_for(tmp_path: Path, dpi: int) -> None:
    raster = rendered(tmp_path, samples.born_digital_pdf(["Hello"]), dpi=dpi)
    assert raster.pixels.shape == (raster.height, raster.width, 3)
    assert abs(raster.width - 595 * dpi / 72) <= 1 and abs(raster.height - 842 * dpi / 72) <= 1
    assert (raster.dpi, raster.rotation) == (dpi, 0)
    assert raster.pixels[0, 0].tolist() == [255, 255, 255]
    left, _, _, bottom = ink(raster.pixels)
    assert left == pytest.approx(dpi, rel=0.05) and bottom == pytest.approx(dpi, rel=0.05)
    assert raster.to_upload.tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("dpi", [0, 71, 601, -300])
def test_other_dpi_are_refused(tmp_path: Path, dpi: int) -> None:
    with pytest.raises(BadInput, match="72 to 600"):
        opened(tmp_path, samples.born_digital_pdf(["Hello"]), dpi=dpi)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_page_is_read_as_it_is_displayed(tmp_path: Path, rotation: int) -> None:
    plain = rendered(tmp_path, samples.born_digital_pdf(["Hello"]))
    turned = rendered(tmp_path, samples.born_digital_pdf(["Hello"], rotation=rotation))
    assert turned.rotation == rotation
    assert (turned.height, turned.width) == turned.pixels.shape[:2]
    assert ink(np.rot90(turned.pixels, rotation // 90)) == pytest.approx(ink(plain.pixels), abs=2)


def test_a_scan_without_a_text_layer(tmp_path: Path) -> None:
    with opened(tmp_path, samples.text_pdf([["first"], ["second"]])) as source:
        assert source.numbers == (1, 2) and source.multipage
        first, second = source.render(1).pixels, source.render(2).pixels
    assert abs(first.shape[1] - 827) <= 1 and ink(first)[0] < 30
    assert not np.array_equal(first, second)


def test_one_page_is_still_a_document_of_pages(tmp_path: Path) -> None:
    assert opened(tmp_path, samples.born_digital_pdf(["one"])).multipage


def test_pages_are_chosen_and_rendered_in_any_order(tmp_path: Path) -> None:
    data = samples.born_digital_pdf([f"page {number}" * number for number in range(1, 6)])
    with opened(tmp_path, data, pages="2,4-5") as source:
        assert source.numbers == (2, 4, 5)
        widths = {number: ink(source.render(number).pixels)[2] for number in (5, 2, 4, 2)}
    assert widths[2] < widths[4] < widths[5]
    with pytest.raises(PageOutOfRange, match="Page 6 .* 5 pages"):
        opened(tmp_path, data, pages="6")


def test_the_limit_is_on_the_pages_asked_for(tmp_path: Path) -> None:
    data = samples.blank_pdf(3000)
    with pytest.raises(TooManyPages, match=r"3000 pages .* at most 100 "):
        opened(tmp_path, data)
    with opened(tmp_path, data, pages="2990-3000") as source:
        assert source.render(3000).width == 827


def test_an_invented_page_count_is_no_trouble(tmp_path: Path) -> None:
    data = samples.blank_pdf(1).replace(b"/Count 1/", b"/Count 999999999/")
    with pytest.raises(BadInput):
        opened(tmp_path, data)


def test_a_document_without_pages(tmp_path: Path) -> None:
    with pytest.raises(NoPages):
        opened(tmp_path, samples.blank_pdf(0))


def test_a_locked_file_asks_for_its_password(tmp_path: Path) -> None:
    data = samples.encrypted_pdf("secret text", user="Schlüssel")
    for password in (None, "", "wrong"):
        with pytest.raises(PasswordRequired):
            opened(tmp_path, data, password=password)
    for password in ("Schlüssel", "owner"):
        with opened(tmp_path, data, password=password) as source:
            assert source.render(1).pixels.min() < 50


def test_a_file_that_is_only_restricted_opens_without_a_password(tmp_path: Path) -> None:
    with opened(tmp_path, samples.encrypted_pdf("text", user=""), password="not needed") as source:
        assert source.render(1).pixels.min() < 50


def test_junk_before_the_header_is_allowed(tmp_path: Path) -> None:
    assert rendered(tmp_path, b"From: scanner\r\n\r\n" * 50 + samples.born_digital_pdf(["Hello"])).pixels.min() < 50


def test_annotations_are_part_of_the_page_and_transparency_is_paper(tmp_path: Path) -> None:
    data = samples.page_pdf(b"/G gs 0 g 0 0 300 842 re f", page=b"/Resources<</ExtGState<</G<</ca 0>>>>>>")
    assert rendered(tmp_path, data).pixels.min() == 255
    note = b"/Annots[<</Type/Annot/Subtype/Square/Rect[100 100 300 300]/IC[1 0 0]/C[1 0 0]/F 4>>]"
    assert (rendered(tmp_path, samples.page_pdf(b"", page=note)).pixels == [255, 0, 0]).all(2).any()


@pytest.mark.parametrize(
    ("box", "page"),
    [
        ("0 0 14400 14400", b""),
        ("0 0 1000000 1000000", b""),
        ("0 0 595 842", b"/UserUnit 20000"),
        ("0 0 9000 500", b""),
    ],
)
def test_an_absurd_page_is_scaled_into_the_budget(tmp_path: Path, box: str, page: bytes) -> None:
    raster = rendered(tmp_path, samples.page_pdf(b"0 0 5 5 re f", box=box, page=page), dpi=300)
    height, width = raster.pixels.shape[:2]
    assert max(width, height) <= 7017 and min(width, height) <= 4961
    assert raster.dpi == 300 and raster.width > 30_000
    far = map_quad(raster.to_upload, Quad((0, 0), (width, 0), (width, height), (0, height))).bottom_right
    assert far == pytest.approx((raster.width, raster.height), rel=0.001)


@pytest.mark.parametrize(
    "box", ["0 0 1 1", "0 0 0.001 0.001", "0 0 1000000 1", "0 0 0 0", "5 5 1 1", "-1e30 -1e30 1e30 1e30"]
)
def test_degenerate_pages_are_drawn_or_refused(tmp_path: Path, box: str) -> None:
    try:
        raster = rendered(tmp_path, samples.page_pdf(b"0 0 5 5 re f", box=box))
    except UnreadableFile:
        return
    assert raster.pixels.size and raster.width >= 1 and raster.height >= 1


def test_a_damaged_page_fails_alone(tmp_path: Path) -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%s>>"
    scan = b"/Type/XObject/Subtype/Image/Width 9/Height 9/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    data = samples.raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 3/Kids[3 0 R 4 0 R 5 0 R]>>",
        page % b"",
        page % b"/Contents 6 0 R/Resources<</XObject<</I 7 0 R>>>>",
        page % b"",
        samples.stream(b"", b"q 595 0 0 842 0 0 cm /I Do Q"),
        samples.stream(scan, b"no JPEG at all"),
    )
    with opened(tmp_path, data) as source:
        assert [outcome(source, number) for number in source.numbers] == ["rendered", "unreadable_file", "rendered"]


def outcome(source: Source, number: int) -> str:
    try:
        source.render(number)
    except ServiceError as error:
        return error.code
    return "rendered"


def test_a_scan_that_cannot_be_decoded_is_no_blank_page(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="could be decoded"):
        rendered(tmp_path, samples.image_pdf(800, 600, b"/DCTDecode", b"\xff\xd8 this is no JPEG"))


def test_half_a_scan_is_better_than_none(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 800, 3), np.uint8)
    jpeg = samples.truncated(samples.encode(Image.fromarray(noise), "JPEG"))
    assert rendered(tmp_path, samples.image_pdf(800, 600, b"/DCTDecode", jpeg)).pixels.std() > 10


def test_a_truly_blank_page_is_fine(tmp_path: Path) -> None:
    assert rendered(tmp_path, samples.blank_pdf(1)).pixels.min() == 255


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.7, 0.98])
def test_a_truncated_file_is_repaired_or_refused(tmp_path: Path, share: float) -> None:
    try:
        with opened(tmp_path, samples.truncated(samples.text_pdf([["a"], ["b"], ["c"]]), share)) as source:
            assert {outcome(source, number) for number in source.numbers} <= {"rendered", "unreadable_file"}
    except BadInput:
        assert share < 0.9


@pytest.mark.parametrize(
    "body", [b"", b"garbage" * 100, samples.noise(), b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", b"\0" * 5000]
)
def test_a_header_alone_makes_no_pdf(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(UnreadableFile):
        opened(tmp_path, b"%PDF-1.7\n" + body)


@pytest.mark.parametrize(
    "head", [b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><!--", b"<html><body><!--", b"plain text "]
)
def test_other_formats_of_the_library_do_not_slip_in(tmp_path: Path, head: bytes) -> None:
    with pytest.raises(BadInput):
        rendered(tmp_path, head + b"%PDF-1.7 --></svg>")


def test_the_library_says_nothing_on_the_console(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput):
        opened(tmp_path, b"%PDF-1.7\nnonsense")
    rendered(tmp_path, samples.truncated(samples.text_pdf([["a"], ["b"]]), 0.9))
    assert capfd.readouterr() == ("", "")


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    source = opened(tmp_path, samples.born_digital_pdf(["a"]))
    source.close()
    source.close()
    with pytest.raises(UnreadableFile):
        source.render(1)


_PEAK = """
import resource, sys
from pathlib import Path
from services.errors import UnreadableFile
from services.ocr.pdf import PdfSource
from services.ocr.raster import Limits

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before, outcome = peak(), "rendered"
limits = Limits(4960, 7016, 100_000_000, 100)
with PdfSource(Path(sys.argv[1]), ranges=None, password=None, dpi=300, limits=limits) as source:
    for number in source.numbers:
        try:
            source.render(number)
        except UnreadableFile as error:
            outcome = str(error)
print((peak() - before) // 1024, outcome)
"""


def megabytes(path: Path) -> tuple[int, str]:
    """What all pages add to the peak memory of a fresh process, and what became of them."""
    command = [sys.executable, "-c", _PEAK, str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    added, _, result = answer.strip().partition(" ")
    return int(added), result


@pytest.mark.slow
def test_a_page_that_wants_all_memory_is_lost_and_not_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "greedy"
    path.write_bytes(samples.greedy_pdf())
    added, result = megabytes(path)
    assert added < 900 and "more memory" in result


@pytest.mark.slow
def test_many_pages_cost_no_more_memory_than_one(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (1754, 1240), np.uint8))
    added: dict[int, int] = {}
    for count in (2, 10):
        out = BytesIO()
        noise.save(out, "PDF", save_all=True, append_images=[noise.rotate(n) for n in range(1, count)], resolution=150)
        path = tmp_path / str(count)
        path.write_bytes(out.getvalue())
        added[count], result = megabytes(path)
        assert result == "rendered"
    assert added[10] < added[2] + 60


def test_the_memory_ceiling_is_lifted_again() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(MemoryError), memory_ceiling(64 << 20):
        bytearray(512 << 20)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert len(bytearray(512 << 20)) == 512 << 20


def test_pages_lost_from_a_file_cut_short_are_failures_and_no_blank_pages(tmp_path: Path) -> None:
    whole = samples.text_pdf([["one"], ["two"], ["three"]])
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole[: len(whole) // 2])
    with open_source(path, "application/pdf", limits=LIMITS) as source:
        assert source.warnings
        outcomes = []
        for number in source.numbers:
            try:
                outcomes.append(source.render(number).pixels.min() < 255)
            except UnreadableFile:
                outcomes.append(False)
    assert outcomes[-1] is False and len(outcomes) == 3
