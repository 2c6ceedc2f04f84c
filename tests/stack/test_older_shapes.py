"""Shapes that clients of earlier services of this kind were written against, beside our own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.following import listening
from tests.support.stack import Stack, faulty, picture

SEVEN = ("product_name", "price", "currency", "barcode", "sku", "expiry_date", "quantity")


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One worker process, which does what the picture says: sleep, for instance."""
    with faulty(tmp_path_factory.mktemp("older") / "data", OCR_WORKERS="1") as service:
        yield service


def file(text: str, name: str = "scan.png") -> tuple[str, bytes]:
    return name, picture(f"{text}\n{uuid.uuid4()}")


def batch(client: httpx.Client, field: str = "files", **options: str) -> httpx.Response:
    sent = [(field, file("one", "one.png")), (field, ("notes.txt", b"plain")), (field, file("two", "two.png"))]
    return client.post("/ocr/batch", files=sent, data=options)


def test_a_job_that_waits_is_processing_to_those_who_know_no_queue(slow: Stack) -> None:
    with slow.client() as client:
        busy, waits = (
            client.post("/ocr/image", files={"file": file(text)}).json()["job_id"] for text in ("SLEEP 2", "later")
        )
        accepted = client.post("/ocr/image", files={"file": file("last")})
        asked = client.get(f"/ocr/job/{waits}")
        result = client.get(f"/ocr/job/{waits}/result")
    for answer in (accepted, asked, result):
        body = answer.json()
        assert (answer.status_code, body["status"], body["state"]) == (202, "processing", "queued"), body
        assert body["message"]
    for job_id in (busy, waits):
        ended = slow.finished(job_id)
        assert ended["status"] == ended["state"] == "completed"


@pytest.mark.parametrize("field", ["files", "files[]"])
def test_a_batch_tells_its_jobs_and_counts_them(client: httpx.Client, field: str) -> None:
    answer = batch(client, field)
    body = answer.json()
    assert answer.status_code == 202, body
    first, bad, last = body["jobs"]
    assert [job["filename"] for job in body["jobs"]] == ["one.png", "notes.txt", "two.png"]
    assert {"job_id", "status", "type", "file_size"} <= first.keys() and first["type"] == last["type"] == "image"
    assert bad == {"filename": "notes.txt", "error": "unsupported_type", "message": body["errors"][0]["message"]}
    assert body["summary"] == {"total_files": 3, "jobs_created": 2, "failed_files": 1, "success": False}
    assert body["message"] and [entry["success"] for entry in body["files"]] == [True, False, True]


def test_files_of_both_names_come_in_one_batch(client: httpx.Client) -> None:
    sent = [("files", file("b", "b.png")), ("files[]", file("a", "a.png"))]
    assert [job["filename"] for job in client.post("/ocr/batch", files=sent).json()["jobs"]] == ["a.png", "b.png"]
    nothing = client.post("/ocr/batch", data={"tier": "fast"}, files={"file": file("c")})
    assert nothing.status_code == 422
    empty = client.post("/ocr/batch", data={"tier": "fast"})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "files[]")


def test_options_of_a_batch_may_come_as_one_object(client: httpx.Client, stack: Stack) -> None:
    given = json.dumps({"text": False, "extract": ["barcodes"]})
    for own, text in (({}, ""), ({"text": "true"}, "one")):
        job = batch(client, options=given, **own).json()["jobs"][0]["job_id"]
        stack.finished(job)
        result = client.get(f"/ocr/job/{job}/result").json()
        assert result["text"].startswith(text) and bool(result["text"]) == bool(text), "a field of its own wins"
        assert "barcodes" in result["fields"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ("not json", "options"),
        ("[1]", "options"),
        ('{"options": "{}"}', "options"),
        ("[" * 5000, "options"),
        ('{"lang": "\\ud800"}', "options"),
        ('{"tier": "best"}', "tier"),
        ('{"colour": "red"}', "colour"),
    ],
)
def test_a_wrong_object_of_options_is_refused_by_name(client: httpx.Client, options: str, field: str) -> None:
    answer = batch(client, options=options)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_a_till_sends_options_as_one_object_too(client: httpx.Client) -> None:
    sent = [("images", file("TOTAL 3.00"))]
    options = json.dumps({"type": "receipt", "confidence_threshold": 1})
    answer = client.post("/api/v1/ocr/batch", files=sent, data={"options": options})
    assert answer.json()["data"]["results"][0]["result"]["type"] == "receipt", answer.text


@pytest.mark.parametrize("path", ["/ocr/image", "/paddleocr/predict-async"])
def test_an_error_names_the_file(client: httpx.Client, path: str) -> None:
    assert client.post(path, files={"file": ("my notes.txt", b"plain")}).json()["filename"] == "my notes.txt"


def test_an_error_of_a_job_names_the_file(client: httpx.Client, stack: Stack) -> None:
    job = client.post("/ocr/image", files={"file": ("half.png", picture("half")[:60])}).json()["job_id"]
    stack.finished(job)
    assert client.get(f"/ocr/job/{job}/result").json()["filename"] == "half.png"
    till = client.post("/api/v1/ocr/process", files={"image": ("a.txt", b"plain")}, data={"type": "receipt"})
    assert till.json()["error"]["details"]["filename"] == "a.txt"


def told(stack: Stack, content: bytes) -> dict[str, Any]:
    """The data of a till's events, by name."""
    with stack.client() as client:
        sent = client.post(
            "/api/v1/ocr/process/async", files={"image": ("a.png", content)}, data={"type": "receipt"}
        ).json()
    path = f"/api/v1/ocr/jobs/{sent['data']['job_id']}/events"
    with listening(stack, path) as events:
        return {event.name: event.data for event in events}


def test_a_tills_events_say_places_steps_and_the_result(slow: Stack) -> None:
    with slow.client() as client:
        client.post("/ocr/image", files={"file": file("SLEEP 1")})
    events = told(slow, file("TOTAL EUR 3.00")[1])
    assert list(events) == ["job_queued", "job_started", "job_progress", "job_completed"]
    assert events["job_queued"]["queue_position"] == 1
    assert events["job_started"]["progress"] == 0
    assert events["job_progress"]["progress"] == 100 and "1 of 1" in events["job_progress"]["current_step"]
    result = events["job_completed"]["result"]
    assert result["text"].startswith("TOTAL EUR 3.00") and result["structured"].keys() >= set(SEVEN)


def test_a_tills_failed_job_ends_with_its_error(slow: Stack) -> None:
    events = told(slow, file("BAD")[1])
    assert events["job_failed"]["error"]["code"] == "INVALID_IMAGE" and "result" not in events["job_failed"]


def test_a_picture_without_anything_to_read_has_failed_in_events_too(slow: Stack) -> None:
    events = told(slow, picture(""))
    assert list(events)[-1] == "job_failed" and events["job_failed"]["error"]["code"] in (
        "LOW_QUALITY",
        "INVALID_IMAGE",
    )


def test_every_type_of_picture_has_the_members_of_labels(client: httpx.Client) -> None:
    for kind in ("receipt", "invoice"):
        answer = client.post("/api/v1/ocr/process", files={"image": file("TOTAL EUR 3.00")}, data={"type": kind})
        assert answer.json()["data"]["structured"].keys() >= {*SEVEN, "vendor", "total"}, answer.text


def test_health_and_figures_in_their_words(client: httpx.Client) -> None:
    health = client.post("/health")
    assert health.status_code == 200 and health.json().keys() == client.get("/health").json().keys()
    assert client.get("/ocr-api/metrics").json()["status"] in ("healthy", "degraded")
    assert client.get("/api/v1/health").json()["models_loaded"] == ["null@1"]
    assert client.get("/api/v1/metrics").json()["model_accuracy"] == {"overall": None, "by_field": {}}
