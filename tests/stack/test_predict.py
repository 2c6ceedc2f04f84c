"""`/paddleocr` and `/ocr-api` over the real service."""

from __future__ import annotations

import uuid
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO

import httpx
import numpy as np
import pytest
from PIL import Image

from config import ROOT, Settings
from tests.support import samples
from tests.support.stack import Stack, document, eventually, faulty, picture, running

PAN = "ABCPE1234F"


def card(number: str = PAN) -> str:
    """The text of a card; no two are alike."""
    return f"INCOME TAX DEPARTMENT {uuid.uuid4()}\nPermanent Account Number\n{number}\nMade for a test"


def predicted(client: httpx.Client, content: bytes, path: str = "/paddleocr/predict", **options: str) -> httpx.Response:
    return client.post(path, files={"file": ("card.png", content)}, data=options)


@pytest.mark.parametrize("prefix", ["", "/ocr-api"])
def test_a_prediction_has_text_lines_and_the_document(client: httpx.Client, prefix: str) -> None:
    text = card()
    answer = predicted(client, picture(text), f"{prefix}/paddleocr/predict")
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert result["text"] == text and [line["text"] for line in result["lines"]] == text.split("\n")
    found = result["document"]
    assert (found["type"], found["number"], found["valid"]) == ("PAN", PAN, True)
    assert 0 < found["confidence"] <= 1 and found["bbox"] == result["lines"][2]["bbox"]


def test_a_number_that_fails_its_check_is_not_valid(client: httpx.Client) -> None:
    text = f"Government of India {uuid.uuid4()}\nAadhaar No: 2345 6789 0123"
    found = predicted(client, picture(text)).json()["document"]
    assert (found["type"], found["valid"]) == ("AADHAAR", False)


def test_a_picture_without_a_number_has_no_document(client: httpx.Client) -> None:
    result = predicted(client, picture(f"an ordinary letter {uuid.uuid4()}")).json()
    assert result["document"] is None and result["documents"] == [] and result["text"]


def test_a_prediction_can_be_followed(client: httpx.Client, stack: Stack) -> None:
    text = card()
    accepted = predicted(client, picture(text), "/paddleocr/predict-async")
    assert accepted.status_code == 202
    job = accepted.json()
    assert job == {"job_id": job["job_id"], "status": "pending"}
    stack.finished(job["job_id"])
    status = client.get(f"/paddleocr/status/{job['job_id']}").json()
    assert status["status"] == "SUCCESS" and status["result"]["document"]["number"] == PAN
    assert client.get(accepted.headers["Location"]).json() == status


def test_a_job_that_is_not_there(client: httpx.Client) -> None:
    answer = client.get("/ocr-api/paddleocr/status/nope")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")


def outlined(image: Image.Image, box: list[list[float]]) -> float:
    """How much of the lower edge of a box is drawn in the colour of sure lines, which is a green."""
    _, _, (right, bottom), (left, _) = box
    pixels = np.asarray(image.convert("RGB")).astype(int)
    rows = pixels[round(bottom) - 2 : round(bottom) + 2, round(left) + 2 : round(right) - 2]
    return float((rows[..., 1] - rows[..., 0] > 60).any(axis=0).mean())


def test_the_drawn_page_is_linked_and_given_on_request(client: httpx.Client) -> None:
    text = card()
    plain = predicted(client, picture(text)).json()
    assert "annotated_image_base64" not in plain
    drawn = predicted(client, picture(text), "/paddleocr/predict?annotate=1").json()
    inline = Image.open(BytesIO(b64decode(drawn["annotated_image_base64"])))
    linked = client.get(plain["annotated_image"])
    assert linked.status_code == 200 and linked.headers["Content-Type"] == "image/jpeg"
    for image in (inline, Image.open(BytesIO(linked.content))):
        assert image.size == Image.open(BytesIO(picture(text))).size
        assert all(outlined(image, line["bbox"]) > 0.9 for line in plain["lines"])


def test_a_page_that_a_camera_turned_is_drawn_upright(client: httpx.Client) -> None:
    page = Image.open(BytesIO(picture(card())))
    result = predicted(client, samples.oriented(page, 6), annotate="x").json()
    assert result["code"] == "invalid_request"  # it is no form field
    result = predicted(client, samples.oriented(page, 6), "/paddleocr/predict?annotate=true").json()
    assert Image.open(BytesIO(b64decode(result["annotated_image_base64"]))).size == page.size


def test_any_page_of_a_document_is_drawn(client: httpx.Client) -> None:
    texts = [f"page {number} {uuid.uuid4()}" for number in (1, 2)]
    result = predicted(client, document(texts), "/paddleocr/predict?page=2").json()
    assert result["text"].split("\f") == texts and [line["page"] for line in result["lines"]] == [1, 2]
    assert result["annotated_image"].endswith("?page=2")
    assert client.get(result["annotated_image"]).status_code == 200
    missing = client.get(result["annotated_image"].replace("page=2", "page=3"))
    assert (missing.status_code, missing.json()["code"]) == (422, "page_out_of_range")


def test_a_pdf_is_drawn_at_its_resolution(client: httpx.Client) -> None:
    content = (ROOT / "examples" / "letter.pdf").read_bytes()
    job = client.post("/ocr/pdf", files={"file": ("a.pdf", content)}, data={"dpi": "72"}, headers={"Prefer": "wait=20"})
    page = job.json()["pages"][0]
    answer = client.get(f"/ocr/job/{job.json()['job_id']}/artifacts/annotated")
    assert Image.open(BytesIO(answer.content)).size == (page["width"], page["height"])


def test_what_cannot_be_drawn_says_why(client: httpx.Client, stack: Stack) -> None:
    job = stack.submit(f"to be drawn {uuid.uuid4()}")
    stack.finished(job)
    unknown = client.get(f"/ocr/job/{job}/artifacts/hologram")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "capability_unavailable")
    assert "annotated" in unknown.json()["detail"]
    for upload in (stack.data / "uploads").glob(f"*/{job}/upload"):
        upload.unlink()
    gone = client.get(f"/ocr/job/{job}/artifacts/annotated")
    assert (gone.status_code, gone.json()["code"]) == (410, "job_expired")


def test_a_locked_pdf_cannot_be_drawn_once_its_password_is_gone(client: httpx.Client) -> None:
    content = samples.encrypted_pdf(f"secret {uuid.uuid4()}", "open")
    head = {"Prefer": "wait=20"}
    options = {"password": "open", "mode": "text"}
    job = client.post("/ocr/pdf", files={"file": ("a.pdf", content)}, data=options, headers=head).json()
    answer = client.get(f"/ocr/job/{job['job_id']}/artifacts/annotated")
    assert (answer.status_code, answer.json()["code"]) == (422, "password_required")
    assert "dropped" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "empty_upload"),
        (b"<svg/>", 415, "unsupported_type"),
        (picture("x")[:60], 422, "unreadable_file"),
        (samples.encode(Image.new("RGB", (800, 600), "white")), 422, "low_quality"),
    ],
)
def test_a_bad_upload_is_answered_with_a_problem(client: httpx.Client, content: bytes, status: int, code: str) -> None:
    answer = predicted(client, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_prediction_in_which_nothing_is_read_has_failed(client: httpx.Client, stack: Stack) -> None:
    blank = samples.encode(Image.new("RGB", (801, 600), "white"))
    job = predicted(client, blank, "/paddleocr/predict-async").json()["job_id"]
    stack.finished(job)
    status = client.get(f"/paddleocr/status/{job}").json()
    assert (status["status"], status["result"], status["error"]["code"]) == ("FAILURE", None, "low_quality")


def test_the_counts_are_those_of_all_web_processes(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("counts") / "data", WEB_WORKERS="2", OCR_WORKERS="1") as stack:
        for _ in range(6):
            assert stack.upload(card(), "/paddleocr/predict").status_code == 200
        for _ in range(2):
            assert stack.upload(card(), "/paddleocr/predict?shiny=1").status_code == 422

        def counted() -> bool:
            counts = stack.get("/ocr-api/metrics").json()
            return bool((counts["requests_processed"], counts["errors"], counts["error_rate"]) == (8, 2, 0.25))

        eventually(counted, 30, lambda: stack.get("/ocr-api/metrics").text)
        answers = [stack.get("/ocr-api/metrics").json() for _ in range(8)]
        ups = [answer["uptime_seconds"] for answer in answers]
        assert ups == sorted(ups) and ups[0] > 0
        assert stack.get("/ocr-api/health").json()["status"] in ("healthy", "degraded")


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with faulty(tmp_path_factory.mktemp("slow") / "data", OCR_WORKERS="1", REQUEST_TIMEOUT="5") as stack:
        yield stack


def test_who_has_waited_long_enough_is_told_where_the_result_will_be(slow: Stack) -> None:
    first = slow.submit(f"SLEEP 4\n{uuid.uuid4()}")
    second = slow.submit(f"SLEEP 4\n{uuid.uuid4()}")
    answer = slow.upload(card(), "/paddleocr/predict")
    assert (answer.status_code, answer.json()["code"]) == (504, "still_running")
    for job in (first, second, answer.json()["job_id"]):
        slow.finished(job)
    assert slow.get(answer.json()["status_url"]).json()["result"]["document"]["number"] == PAN


def test_a_job_between_two_tries_is_in_retry(slow: Stack) -> None:
    with slow.client() as client:
        page = picture(f"FLAKY 3\n{uuid.uuid4()}\nlong enough")
        job = predicted(client, page, "/paddleocr/predict-async").json()["job_id"]
        seen = set()

        def ended() -> bool:
            seen.add(client.get(f"/paddleocr/status/{job}").json()["status"])
            return "SUCCESS" in seen

        eventually(ended, 30, slow.tail)
    assert "RETRY" in seen


def test_the_real_engine_finds_the_number_on_a_drawn_card(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = samples.picture(["INCOME TAX DEPARTMENT", "Permanent Account Number", PAN])
    settings = {"OCR_ENGINE": Settings().ocr_engine}
    with running(tmp_path_factory.mktemp("real") / "data", **settings) as stack, stack.client() as client:
        result = predicted(client, samples.encode(page)).json()
    assert (result["document"]["type"], result["document"]["number"]) == ("PAN", PAN), result
