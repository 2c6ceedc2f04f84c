"""`extract=` over the real service: what is found in pixels and text comes in `fields`, whatever fails beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from config import BadSetting, Settings
from services.ocr.engines import null
from services.operations.doctor import findings
from tests.support import samples
from tests.support.stack import Stack, faulty

WAIT = {"Prefer": "wait=30"}
CODE = "4006381333931"


def symbol(content: str = CODE, kind: str = "EAN13", scale: int = 3) -> Image.Image:
    """A barcode with its quiet zone."""
    code = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(kind))
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(code, scale=scale))).convert("RGB")


def page(text: str, *codes: Image.Image, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """What the null engine reads as `text`, with codes one below the other from (100, 50)."""
    pixels = np.full((size[1], size[0], 3), 255, np.uint8)
    payload = null.MARKER + len(text.encode()).to_bytes(4, "big") + text.encode()
    pixels[0, : len(payload)] = np.frombuffer(payload, np.uint8)[:, None]
    image, top = Image.fromarray(pixels), 50
    for code in codes:
        image.paste(code, (100, top))
        top += code.height
    return image


def pdf(pages: Sequence[Image.Image]) -> bytes:
    return samples.encode(pages[0], "PDF", save_all=True, append_images=list(pages[1:]), resolution=100)


def sent(client: httpx.Client, content: bytes, path: str = "/ocr/image", **options: str) -> Any:
    answer = client.post(path, files={"file": ("scan", content)}, data=options, headers=WAIT)
    assert answer.status_code == 200, answer.text
    return answer.json()


def bounds(box: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    xs, ys = zip(*box, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def test_text_and_barcodes_of_an_image_come_together(client: httpx.Client) -> None:
    text = f"two codes {uuid.uuid4()}"
    result = sent(client, samples.encode(page(text, symbol(), symbol("HELLO", "QRCode", 5))), extract="barcodes")
    assert result["text"] == text and result["warnings"] == []
    found = {code["format"]: code for code in result["fields"]["barcodes"]}
    assert {kind: code["value"] for kind, code in found.items()} == {"EAN13": CODE, "QRCode": "HELLO"}
    left, top, right, bottom = bounds(found["EAN13"]["bbox"])
    assert 100 <= left <= right <= 100 + symbol().width and 45 <= top <= bottom <= 55 + symbol().height
    assert found["EAN13"]["page"] == 1 and 0 < found["EAN13"]["confidence"] <= 1


def test_nothing_is_looked_for_that_was_not_asked_for(client: httpx.Client) -> None:
    assert sent(client, samples.encode(page(str(uuid.uuid4()), symbol())))["fields"] == {}


def test_boxes_are_in_the_pixels_that_were_uploaded(client: httpx.Client) -> None:
    upright = page(str(uuid.uuid4()), symbol())
    plain = sent(client, samples.encode(upright), extract="barcodes")["fields"]["barcodes"][0]["bbox"]
    turned = sent(client, samples.oriented(upright, 6), extract="barcodes")["fields"]["barcodes"][0]["bbox"]
    # stored by a quarter turn counter-clockwise: (x, y) is at (y, width - x)
    assert turned == [[pytest.approx(y, abs=1.5), pytest.approx(800 - x, abs=1.5)] for x, y in plain]


def test_every_page_of_a_long_pdf_is_looked_at(client: httpx.Client) -> None:
    codes = [f"PAGE {number} {uuid.uuid4().hex[:6]}" for number in range(1, 7)]
    content = pdf([page("", symbol(code, "Code128", 2)) for code in codes])
    result = sent(client, content, "/ocr/pdf", extract="barcodes", dpi="100")
    assert [(found["page"], found["value"]) for found in result["fields"]["barcodes"]] == list(enumerate(codes, 1))
    assert result["total_pages"] == 6 and all("findings" not in page for page in result["pages"])
    left, top, _, _ = bounds(result["fields"]["barcodes"][0]["bbox"])
    assert 100 <= left <= 140 and 45 <= top <= 90


def test_without_the_text_pages_are_not_recognised(client: httpx.Client) -> None:
    content = samples.encode(page(f"unread {uuid.uuid4()}", symbol()))
    result = sent(client, content, extract="barcodes", text="false")
    assert result["text"] == "" and result["lines"] == [] and result["width"] == 800
    assert [code["value"] for code in result["fields"]["barcodes"]] == [CODE]


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [({"extract": "horoscope"}, 422, "invalid_request"), ({"text": "false"}, 422, "bad_input")],
)
def test_what_cannot_be_asked_for_is_named(
    client: httpx.Client, options: dict[str, str], status: int, code: str
) -> None:
    answer = client.post("/ocr/image", files={"file": ("a", samples.encode(page("")))}, data=options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "extract" in answer.text


def test_the_options_list_the_extractors(client: httpx.Client) -> None:
    assert "barcodes" in client.get("/ocr/options").json()["properties"]["extract"]["items"]["enum"]


def test_an_unknown_extractor_stops_the_start_and_doctor_names_it() -> None:
    from wiring.web import create_app

    settings = Settings(ocr_engine="null", ocr_extractors=("horoscope",))
    with pytest.raises(BadSetting, match=r"horoscope.*barcodes"):
        create_app(settings)
    said = {finding.text: finding.fine for finding in findings(settings)}
    assert said["OCR_EXTRACTORS: horoscope does not exist"] is False
    assert said["OCR_EXTRACTORS: barcodes could be used"] is True


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service with an extractor that fails and one of documents, and barcodes on only for those that use them."""
    with faulty(tmp_path_factory.mktemp("extractors") / "data", OCR_EXTRACTORS="broken,summary,barcodes") as stack:
        yield stack


def test_one_that_fails_is_named_and_costs_nothing_else(troubled: Stack) -> None:
    secret = f"secret {uuid.uuid4()}"
    with troubled.client() as client:
        result = sent(client, samples.encode(page(secret, symbol())), extract="broken,summary")
    assert result["text"] == secret and result["fields"]["broken"] is None
    assert result["warnings"] == ["Extractor broken failed (ValueError) on pages: 1."]
    (first,) = [entry for entry in troubled.logged() if entry.get("extractor") == "broken"]
    assert "_fail" in first["at"] and secret not in troubled.log.read_text()


def test_one_of_documents_has_all_pages_and_what_others_found_on_them(troubled: Stack) -> None:
    texts = [f"first line {uuid.uuid4()}", *(f"page {n}" for n in range(2, 7))]
    frames = [page(text, symbol(f"CODE{n}", "Code128", 2)) for n, text in enumerate(texts, 1)]
    with troubled.client() as client:
        result = sent(client, samples.multipage_tiff(frames), extract="summary", text="false")
    summary = result["fields"]["summary"]
    assert list(result["fields"]) == ["summary"] and summary["codes"] == [f"CODE{n}" for n in range(1, 7)]
    assert summary["first_line"]["raw"] == texts[0] and summary["first_line"]["value"] == texts[0].upper()
    assert (
        summary["first_line"]["page"] == 1 and summary["first_line"]["bbox"] == result["pages"][0]["lines"][0]["bbox"]
    )


def test_one_that_is_off_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    with faulty(tmp_path_factory.mktemp("off") / "data", OCR_EXTRACTORS="summary") as stack, stack.client() as client:
        answer = client.post(
            "/ocr/image", files={"file": ("a", samples.encode(page("")))}, data={"extract": "barcodes"}
        )
    assert (answer.status_code, answer.json()["code"]) == (400, "capability_unavailable")
    assert "summary" in answer.json()["detail"]
