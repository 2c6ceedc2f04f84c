"""The native family over the real service: Valkey, worker, gunicorn; only the engine is the null one."""

from __future__ import annotations

import uuid
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from services.ocr.engines import null
from tests.support.stack import Stack, picture, running

WAIT = {"Prefer": "wait=20"}


def unique(text: str = "text") -> str:
    return f"{text} {uuid.uuid4()}"


def post(client: httpx.Client, content: bytes, path: str = "/ocr/image", **options: str) -> httpx.Response:
    return client.post(path, files={"file": ("scan.png", content)}, data=options)


def frames(texts: list[str], kind: str = "TIFF") -> bytes:
    out = BytesIO()
    first, *rest = (Image.fromarray(null.encode(text)) for text in texts)
    first.save(out, kind, save_all=True, append_images=rest)
    return out.getvalue()


def test_an_image_is_accepted_then_read(client: httpx.Client, stack: Stack) -> None:
    text = unique("first line\nsecond")
    answer = post(client, picture(text))
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["Location"] == answer.headers["Operation-Location"] == job["links"]["self"]
    assert job["filename"] == "scan.png" and job["file_size"] == len(picture(text))
    ended = stack.finished(job["job_id"])
    assert (ended["status"], ended["ready"], ended["successful"], ended["failed"]) == ("completed", True, True, False)
    assert ended["progress"] == {"done": 1, "total": 1, "step": "completed"}
    result = client.get(job["links"]["result"])
    assert result.status_code == 200 and result.json()["text"] == text
    assert [line["text"] for line in result.json()["lines"]] == text.split("\n")


def test_prefer_wait_answers_the_result_itself(client: httpx.Client) -> None:
    text = unique()
    answer = client.post("/ocr/image", files={"file": ("a.png", picture(text))}, headers=WAIT)
    assert answer.status_code == 200 and answer.json()["text"] == text
    assert answer.headers["Preference-Applied"] == "wait=20"


def test_the_same_upload_is_answered_from_the_cache(client: httpx.Client) -> None:
    content = picture(unique())
    first = client.post("/ocr/image", files={"file": ("a.png", content)}, headers=WAIT).json()
    second = client.post("/ocr/image", files={"file": ("b.png", content)}, headers=WAIT).json()
    assert (first["cached"], second["cached"]) == (False, True)
    assert second["text"] == first["text"] and second["job_id"] != first["job_id"]
    assert second["filename"] == "b.png"


def test_a_result_from_the_cache_has_as_many_pages(client: httpx.Client, stack: Stack) -> None:
    content = frames([unique() for _ in range(3)])
    for _ in range(2):
        job = stack.finished(client.post("/ocr/image", files={"file": ("a.tiff", content)}).json()["job_id"])
        assert job["progress"] == {"done": 3, "total": 3, "step": "completed"}
    events = client.get(job["links"]["events"]).text
    assert '"progress":{"done":3,"total":3}' in events.split("job_completed")[1]


def test_other_options_are_another_result(client: httpx.Client) -> None:
    content = picture(unique())
    client.post("/ocr/image", files={"file": ("a.png", content)}, headers=WAIT)
    words = client.post("/ocr/image", files={"file": ("a.png", content)}, data={"words": "true"}, headers=WAIT).json()
    assert words["cached"] is False and words["lines"][0]["words"]


def test_what_was_read_in_another_precision_is_read_anew(tmp_path: Path) -> None:
    content, cached = picture(unique()), []
    for precision in ("auto", "auto", "float32"):
        with running(tmp_path / "data", OCR_PRECISION=precision) as stack, stack.client() as client:
            answer = client.post("/ocr/image", files={"file": ("a.png", content)}, headers=WAIT)
            cached.append(answer.json()["cached"])
    assert cached == [False, True, False]


def test_a_multipage_tiff_is_a_document(client: httpx.Client) -> None:
    texts = [unique(f"page {n}") for n in range(1, 4)]
    result = client.post("/ocr/image", files={"file": ("a.tiff", frames(texts))}, headers=WAIT).json()
    assert [page["text"] for page in result["pages"]] == texts
    assert result["full_text"] == "\f".join(texts) and result["total_pages"] == 3


def test_a_page_range_is_read(client: httpx.Client) -> None:
    texts = [unique(f"page {n}") for n in range(1, 7)]
    answer = client.post("/ocr/image?pages=2,4-5", files={"file": ("a.tiff", frames(texts))}, headers=WAIT)
    assert [page["page"] for page in answer.json()["pages"]] == [2, 4, 5]


def test_a_long_document_is_split_and_joined(client: httpx.Client, stack: Stack) -> None:
    texts = [unique(f"page {n}") for n in range(1, 41)]
    job = post(client, frames(texts)).json()
    ended = stack.finished(job["job_id"])
    assert ended["progress"] == {"done": 40, "total": 40, "step": "completed"}
    result = client.get(job["links"]["result"]).json()
    assert [page["text"] for page in result["pages"]] == texts


def test_a_batch_keeps_its_order_and_names_the_bad_file(client: httpx.Client, stack: Stack) -> None:
    texts = [unique() for _ in range(3)]
    contents = [picture(texts[0]), b"<svg/>", picture(texts[2])]
    answer = client.post("/ocr/batch", files=[("files[]", (f"{n}.png", c)) for n, c in enumerate(contents)])
    assert answer.status_code == 202
    batch = answer.json()
    assert (batch["total"], batch["accepted"]) == (3, 2)
    assert [item["success"] for item in batch["files"]] == [True, False, True]
    assert batch["errors"][0]["index"] == 1 and batch["errors"][0]["code"] == "unsupported_type"
    for number in (0, 2):
        job = batch["files"][number]["job"]
        stack.finished(job["job_id"])
        assert client.get(job["links"]["result"]).json()["text"] == texts[number]


def test_a_batch_of_nothing_but_bad_files_is_refused(client: httpx.Client) -> None:
    answer = client.post("/ocr/batch", files=[("files[]", ("a", b"")), ("files[]", ("b", b"text"))])
    assert answer.status_code == 400 and [e["index"] for e in answer.json()["errors"]] == [0, 1]


def test_a_damaged_file_fails_its_job_with_the_reason(client: httpx.Client, stack: Stack) -> None:
    answer = post(client, picture(unique())[:60])
    job = stack.finished(answer.json()["job_id"])
    assert job["failed"] is True and job["error"]["code"] == "unreadable_file"
    result = client.get(job["links"]["result"])
    assert result.status_code == 422 and result.json()["code"] == "unreadable_file"
    assert result.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "options", "status", "code"),
    [
        (b"", {}, 400, "empty_upload"),
        (b"<svg/>", {}, 415, "unsupported_type"),
        (None, {"langs": "en"}, 422, "invalid_request"),
        (None, {"tier": "turbo"}, 422, "invalid_request"),
        (None, {"tier": "accurate"}, 400, "capability_unavailable"),
        (None, {"lang": "tlh"}, 400, "capability_unavailable"),
        (None, {"dpi": "7"}, 422, "invalid_request"),
        (None, {"pages": "3-1"}, 422, "bad_input"),
    ],
)
def test_a_bad_request_says_what_is_wrong(
    client: httpx.Client, content: bytes | None, options: dict[str, str], status: int, code: str
) -> None:
    answer = post(client, picture("x") if content is None else content, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    if options:
        assert next(iter(options)) in answer.json()["detail"]


def test_an_unknown_option_is_answered_with_the_known_ones(client: httpx.Client) -> None:
    for answer in (post(client, picture("x"), langs="en"), client.post("/ocr/image?langs=en")):
        assert answer.status_code == 422
    assert "tier" in post(client, picture("x"), langs="en").json()["detail"]


def test_no_file_is_said_to_be_missing(client: httpx.Client) -> None:
    """And how it is sent, also to those who sent it as the body itself."""
    for path, field in (("/ocr/image", "file"), ("/ocr/batch", "files[]")):
        for content in ({"data": {"lang": "en"}}, {"content": picture("x")}):
            answer = client.post(path, **content)
            assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
            assert answer.json()["detail"] == f"{field}: Send the file in this field, as multipart/form-data."


def test_a_job_that_is_not_there(client: httpx.Client) -> None:
    for path in ("/ocr/job/nope", "/ocr/job/nope/result"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")


def test_the_request_id_goes_with_the_answer_and_the_error(client: httpx.Client) -> None:
    given = client.get("/ocr/job/nope", headers={"X-Request-Id": "my-id.7"})
    assert given.headers["X-Request-Id"] == given.json()["request_id"] == "my-id.7"
    made = client.get("/ocr/job/nope", headers={"X-Request-Id": "not sane!"})
    assert made.headers["X-Request-Id"] not in ("", "not sane!")


def test_the_options_are_a_json_schema(client: httpx.Client) -> None:
    schema = client.get("/ocr/options").json()
    assert schema["properties"]["lang"]["items"]["enum"] == ["en"]
    assert schema["properties"]["dpi"]["maximum"] == 600


def test_security_headers_are_on_every_answer(client: httpx.Client) -> None:
    for path in ("/ocr/options", "/nowhere", "/health"):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in client.get(path).headers["Content-Security-Policy"]


def test_the_reference_is_served_from_our_own_files(client: httpx.Client) -> None:
    page = client.get("/docs/")
    assert page.status_code == 200 and "http" not in page.text.replace("http-equiv", "")
    assert client.get("/docs/swagger-ui-bundle.js").status_code == 200
    assert client.get("/docs/..%2f..%2fconfig.py").status_code == 404
