"""`/api/v1` over the real service: fields, barcodes, thresholds, batches, and errors of a shape of their own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image, ImageFilter

from config import ROOT, Settings
from controllers.pos_errors import CODES, code_of
from controllers.schemas.pos import CODES as NAMED
from services.errors import public_errors
from tests.stack.test_extraction import CODE, page, symbol
from tests.support import samples
from tests.support.stack import Stack, document, faulty, picture, running

PROCESS, ASYNC, BATCH = "/api/v1/ocr/process", "/api/v1/ocr/process/async", "/api/v1/ocr/batch"


def bill(total: str = "30.00") -> str:
    """The text of a receipt; no two are alike."""
    return f"CORNER SHOP LTD\nReceipt {uuid.uuid4().hex}\nDate: 2026-03-14\nTea 10.00\nRice 20.00\nTOTAL EUR {total}"


def sent(client: httpx.Client, content: bytes, path: str = PROCESS, **options: str) -> httpx.Response:
    return client.post(path, files={"image": ("till.png", content)}, data={"type": "receipt", **options})


def data(answer: httpx.Response) -> Any:
    assert answer.is_success and answer.json()["success"] is True, answer.text
    return answer.json()["data"]


def refused(answer: httpx.Response, status: int, code: str, precisely: str) -> Any:
    body = answer.json()
    assert (answer.status_code, body["success"]) == (status, False), answer.text
    assert (body["error"]["code"], body["error"]["details"]["code"]) == (code, precisely), answer.text
    assert answer.headers["Content-Type"] == "application/json" and body["error"]["message"]
    assert body["error"]["details"]["request_id"] == answer.headers["X-Request-Id"]
    return body["error"]


def test_a_receipt_comes_as_values_and_as_evidence(client: httpx.Client) -> None:
    text = bill()
    result = data(sent(client, picture(text)))
    assert result["text"] == text and result["type"] == "receipt" and 0.9 < result["confidence"] <= 1
    structured, fields = result["structured"], result["fields"]
    assert (structured["total"], structured["date"]) == (30.0, "2026-03-14")
    assert structured["due_date"] is None and "due_date" not in fields
    assert fields["total"]["raw"] == "EUR 30.00" and fields["total"]["page"] == 1 and len(fields["total"]["bbox"]) == 4
    assert result["barcodes"] == [] and isinstance(result["validation"], list)


def test_what_is_not_sure_enough_is_null_and_named(client: httpx.Client) -> None:
    content = picture(bill())
    (lenient, strict) = (data(sent(client, content, confidence_threshold=limit)) for limit in ("0", "1"))
    assert lenient["structured"]["total"] == 30.0 and lenient["low_confidence"] == []
    assert strict["structured"]["total"] is None and "total" in strict["low_confidence"]
    assert strict["fields"]["total"]["value"] == 30.0
    assert strict["id"] != lenient["id"]


def test_a_label_comes_with_its_barcode(client: httpx.Client) -> None:
    label = page(f"Basmati Rice {uuid.uuid4().hex}", symbol())
    result = data(sent(client, samples.encode(label), type="product"))
    expected = ("product_name", "price", "currency", "barcode", "sku", "expiry_date", "quantity")
    assert set(expected) <= result["structured"].keys()
    (code,) = result["barcodes"]
    assert (code["type"], code["value"], code["gtin"]) == ("EAN13", CODE, CODE.zfill(14))
    box = code["bounding_box"]
    assert box["x"] >= 98 and box["x"] + box["width"] <= 102 + symbol().width
    assert box["y"] >= 48 and box["y"] + box["height"] <= 52 + symbol().height
    assert data(sent(client, samples.encode(label), type="product", extract_barcodes="false"))["barcodes"] == []


def test_barcodes_alone_need_no_text(client: httpx.Client) -> None:
    result = data(sent(client, samples.encode(page(str(uuid.uuid4()), symbol())), type="barcode"))
    assert [code["value"] for code in result["barcodes"]] == [CODE]
    assert result["text"] == "" and result["confidence"] > 0.5
    names = ("product_name", "price", "currency", "barcode", "sku", "expiry_date", "quantity")
    assert result["structured"] == {**dict.fromkeys(names), "barcode": CODE}
    assert result["fields"]["barcode"].keys() == {"value", "raw", "confidence", "page", "bbox"}


def test_a_job_is_followed_to_its_result(client: httpx.Client, stack: Stack) -> None:
    accepted = sent(client, picture(bill()), ASYNC, confidence_threshold="1")
    assert accepted.status_code == 202
    job = data(accepted)
    assert job["status"] == "queued" and job["progress_percentage"] == 0
    stack.finished(job["job_id"])
    answer = data(client.get(accepted.headers["Location"]))
    assert (answer["status"], answer["progress_percentage"], answer["estimated_time_seconds"]) == ("completed", 100, 0)
    assert "total" in answer["result"]["low_confidence"]
    assert data(client.get(f"/api/v1/ocr/jobs/{job['job_id']}/result")) == answer["result"]


def test_a_job_of_another_family_is_none_of_this_one(client: httpx.Client, stack: Stack) -> None:
    for job in ("nope", stack.submit(f"native {uuid.uuid4()}")):
        refused(client.get(f"/api/v1/ocr/jobs/{job}"), 404, "INVALID_IMAGE", "unknown_job")


def test_a_job_that_failed_tells_the_familys_error(client: httpx.Client, stack: Stack) -> None:
    job = data(sent(client, picture(bill())[:60], ASYNC))["job_id"]
    stack.finished(job)
    answer = data(client.get(f"/api/v1/ocr/jobs/{job}"))
    assert (answer["status"], answer["error"]["code"]) == ("failed", "INVALID_IMAGE")
    refused(client.get(f"/api/v1/ocr/jobs/{job}/result"), 422, "INVALID_IMAGE", "unreadable_file")


def batch(client: httpx.Client, contents: list[bytes], **options: str) -> httpx.Response:
    files = [("images", (f"{number}.png", content)) for number, content in enumerate(contents)]
    return client.post(BATCH, files=files, data={"type": "receipt", **options})


def test_a_batch_keeps_its_order_and_names_the_bad_image(client: httpx.Client) -> None:
    texts = [bill("30.00"), bill("31.00")]
    answer = data(batch(client, [picture(texts[0]), b"<svg/>", picture(bill())[:60], picture(texts[1])]))
    assert (answer["total_images"], answer["processed_images"]) == (4, 2)
    assert [(item["index"], item["success"]) for item in answer["results"]] == [
        (0, True),
        (1, False),
        (2, False),
        (3, True),
    ]
    assert [answer["results"][number]["result"]["text"] for number in (0, 3)] == texts
    codes = [answer["results"][number]["error"]["details"]["code"] for number in (1, 2)]
    assert codes == ["unsupported_type", "unreadable_file"]
    assert answer["batch_id"] and answer["processing_time_ms"] > 0


def test_a_batch_has_ten_images_at_most(client: httpx.Client) -> None:
    error = refused(batch(client, [picture(bill())] * 11), 422, "INVALID_IMAGE", "invalid_request")
    assert "images" in error["message"]


def blurred() -> bytes:
    sharp = samples.picture(["SHOP", "10.00"], font_size=140)
    return samples.encode(sharp.filter(ImageFilter.GaussianBlur(9)))


BLANK = samples.encode(Image.new("RGB", (800, 600), "white"))


@pytest.mark.parametrize(
    ("content", "status", "code", "precisely"),
    [
        (b"", 400, "INVALID_IMAGE", "empty_upload"),
        (b"text", 415, "INVALID_IMAGE", "unsupported_type"),
        (samples.blank_pdf(100), 422, "INVALID_IMAGE", "several_pages"),
        (document(["one", "two"]), 422, "INVALID_IMAGE", "several_pages"),
        (
            samples.animated_gif([Image.new("L", (40, 40), shade) for shade in (0, 255)]),
            422,
            "INVALID_IMAGE",
            "several_pages",
        ),
        (samples.png_header(60_000, 60_000), 413, "INVALID_IMAGE", "too_many_pixels"),
        (BLANK, 422, "LOW_QUALITY", "low_quality"),
    ],
)
def test_a_bad_image_is_refused_in_the_familys_words(
    client: httpx.Client, content: bytes, status: int, code: str, precisely: str
) -> None:
    refused(sent(client, content), status, code, precisely)


def test_a_picture_that_is_too_poor_is_measured(client: httpx.Client) -> None:
    error = refused(sent(client, blurred()), 422, "LOW_QUALITY", "low_quality")
    measured = error["details"]["quality"]
    assert measured["flaw"] == "blur" and measured["suggestion"] in error["message"]


def test_a_good_picture_of_nothing_has_no_quality_to_blame(client: httpx.Client) -> None:
    pattern = samples.encode(Image.effect_mandelbrot((800, 600), (-2.0, -1.5, 1.0, 1.5), 100).convert("RGB"))
    error = refused(sent(client, pattern), 422, "INVALID_IMAGE", "nothing_read")
    assert "document" in error["message"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"type": "horoscope"}, "type"),
        ({"type": ""}, "type"),
        ({"confidence_threshold": "1.5"}, "confidence_threshold"),
        ({"confidence_threshold": "nan"}, "confidence_threshold"),
        ({"language": "tlh"}, "language"),
        ({"shop": "7"}, "shop"),
    ],
)
def test_a_bad_option_is_named(client: httpx.Client, options: dict[str, str], named: str) -> None:
    error = refused(sent(client, picture(bill()), **options), 422, "INVALID_IMAGE", "invalid_request")
    assert named in error["message"]


def test_a_language_that_cannot_be_read_here_is_refused(client: httpx.Client) -> None:
    error = refused(sent(client, picture(bill()), language="bn"), 400, "MODEL_ERROR", "capability_unavailable")
    assert error["details"]["retryable"] is False


def test_addresses_that_do_not_exist_have_the_shape_too(client: httpx.Client) -> None:
    refused(client.get("/api/v1/ocr/nothing"), 404, "INVALID_IMAGE", "not_found")
    refused(client.get(PROCESS), 405, "INVALID_IMAGE", "method_not_allowed")


def test_every_public_error_has_one_of_the_six_codes() -> None:
    assert {code_of(code) for code in public_errors()} <= set(NAMED) and set(CODES.values()) <= set(NAMED)


def test_health_and_metrics(client: httpx.Client) -> None:
    sent(client, picture(bill()))
    sent(client, b"")
    health = client.get("/api/v1/health").json()
    assert health["status"] in ("healthy", "degraded") and health["models_loaded"]
    assert health["uptime_seconds"] > 0 and set(health["queue_status"]) == {
        "pending_jobs",
        "processing_jobs",
        "failed_jobs",
    }
    counts = client.get("/api/v1/metrics").json()
    assert counts["total_requests"] == counts["successful_requests"] + counts["failed_requests"] >= 2
    assert counts["errors_by_type"]["INVALID_IMAGE"] >= 1 and counts["average_processing_time_ms"] > 0


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service with few extractors, little patience and a faulty engine."""
    settings = {"OCR_EXTRACTORS": "receipt", "REQUEST_TIMEOUT": "6", "OCR_WORKERS": "1"}
    limits = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_REQUESTS": "9"}
    with faulty(tmp_path_factory.mktemp("poor") / "data", **settings, **limits) as stack:
        yield stack


def test_what_goes_wrong_has_its_own_code(poor: Stack) -> None:
    off = {"extract_barcodes": "false"}
    with poor.client() as client:
        error = refused(
            sent(client, picture(bill()), type="product", **off), 400, "MODEL_ERROR", "capability_unavailable"
        )
        assert "product" in error["message"]
        refused(sent(client, picture(bill())), 400, "MODEL_ERROR", "capability_unavailable")
        late = sent(client, picture(f"SLEEP 9\n{bill()}"), **off)
        assert (late.status_code, late.json()["error"]["code"]) == (504, "TIMEOUT")
        for _ in range(6):
            sent(client, b"", **off)
        answer = sent(client, picture(bill()), **off)
        error = refused(answer, 429, "QUOTA_EXCEEDED", "rate_limited")
        assert 0 < int(answer.headers["Retry-After"]) <= 60 and "9 per minute" in error["message"]


def test_a_job_is_tried_three_times_more_before_it_fails(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = f"FLAKY\n{bill()}"
    with faulty(tmp_path_factory.mktemp("tries") / "data", OCR_WORKERS="1") as stack, stack.client() as client:
        refused(sent(client, picture(text)), 500, "MODEL_ERROR", "engine_failed")
        times = [call.at for call in stack.tries(text)]
    waits = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert len(waits) == 3 and all(wait >= least for wait, least in zip(waits, (1, 2, 4), strict=True))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("real") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


def test_the_real_engine_reads_the_example(real: Stack) -> None:
    with real.client() as client:
        result = data(sent(client, (ROOT / "examples" / "receipt.png").read_bytes()))
    assert result["structured"]["total"] is not None and result["structured"]["line_items"], result


@pytest.mark.skipif(not shutil.which("tesseract"), reason="Tesseract is not installed, so Bengali is not read")
def test_bengali_is_read_with_tesseracts_data_or_refused(real: Stack) -> None:
    """Whichever this machine has."""
    with real.client() as client:
        answer = sent(client, (ROOT / "examples" / "receipt.png").read_bytes(), language="bn")
        known = "bn" in client.get("/ocr/options").json()["properties"]["lang"]["items"]["enum"]
    if known:
        assert data(answer)["text"]
    else:
        assert "tesseract-ocr-ben" in refused(answer, 400, "MODEL_ERROR", "capability_unavailable")["message"]
