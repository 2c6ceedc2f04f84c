"""The real service with real PaddleOCR, on documents of our own whose text is known."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from config import ROOT
from tests.support import samples
from tests.support.stack import Stack, running

WAIT = {"Prefer": "wait=30"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("paddle") / "data", OCR_ENGINE="paddle") as stack:
        yield stack


def read(service: Stack, name: str, content: bytes, path: str = "/ocr/image", **options: str) -> dict[str, object]:
    """The result, waited for as long as it takes."""
    with service.client() as http:
        job = http.post(path, files={"file": (name, content)}, data=options).json()
        service.finished(job["job_id"], seconds=240)
        answer = http.get(job["links"]["result"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def squeezed(text: object) -> str:
    return re.sub(r"\s+", "", str(text)).lower()


def test_an_image_gives_its_text_and_where_it_stands(service: Stack) -> None:
    result = read(service, "note.png", samples.text_image(["Meeting at noon", "Room 417"]))
    assert result["text"] == "Meeting at noon\nRoom 417"
    lines = result["lines"]
    assert isinstance(lines, list)
    left, top = lines[0]["bbox"][0]
    assert abs(left - 20) < 12 and abs(top - 20) < 16


def test_the_readme_sample_is_read(service: Stack) -> None:
    content = (ROOT / "examples" / "receipt.png").read_bytes()
    with service.client() as http:
        answer = http.post("/ocr/image", files={"file": ("receipt.png", content)}, headers=WAIT)
    assert answer.status_code == 200 and "total" in squeezed(answer.json()["text"])
    again = read(service, "receipt.png", content)
    assert again["cached"] is True and again["text"] == answer.json()["text"]


def test_a_pdf_of_three_pages(service: Stack) -> None:
    pages = [[f"Chapter {word}", "Nothing else is here"] for word in ("one", "two", "three")]
    result = read(service, "book.pdf", samples.text_pdf(pages), "/ocr/pdf", dpi="150")
    texts = [squeezed(page["text"]) for page in result["pages"]]  # type: ignore[attr-defined]
    assert texts == [squeezed("".join(page)) for page in pages]
    assert result["processing_dpi"] == 150


def test_a_pdf_of_a_hundred_pages_uses_every_worker_and_tells_its_progress(service: Stack) -> None:
    content = samples.text_pdf([[f"Page number {n}"] for n in range(1, 101)])
    seen = set()
    with service.client() as http:
        job = http.post("/ocr/pdf", files={"file": ("long.pdf", content)}, data={"dpi": "72"}).json()
        while (now := http.get(job["links"]["self"], params={"wait": 1})).status_code == 202:
            seen.add(now.json()["progress"]["done"])
            assert len(seen) < 300
        assert now.json()["status"] == "completed", now.text
        assert now.json()["progress"] == {"done": 100, "total": 100, "step": "completed"}
        result = http.get(job["links"]["result"]).json()
    assert len(seen) > 5
    assert [squeezed(page["text"]) for page in result["pages"]] == [f"pagenumber{n}" for n in range(1, 101)]


def test_a_multipage_tiff(service: Stack) -> None:
    pages = [samples.picture([word]) for word in ("Alpha", "Beta")]
    result = read(service, "scan.tiff", samples.multipage_tiff(pages))
    assert result["full_text"] == "Alpha\fBeta"


def test_a_batch_with_one_bad_file(service: Stack) -> None:
    contents = [samples.text_image(["Good one"]), samples.svg_xxe(), samples.text_image(["Good two"])]
    with service.client() as http:
        batch = http.post("/ocr/batch", files=[("files[]", ("scan", content)) for content in contents]).json()
        assert [item["success"] for item in batch["files"]] == [True, False, True]
        for number, text in ((0, "Good one"), (2, "Good two")):
            job = batch["files"][number]["job"]
            service.finished(job["job_id"])
            assert http.get(job["links"]["result"]).json()["text"] == text


HOSTILE = {
    "a bomb by its header": (samples.png_header(50000, 50000), 413, "too_many_pixels"),
    "a truncated picture": (samples.truncated(samples.text_image(["cut"])), 422, "unreadable_file"),
    "a script behind a picture's header": (samples.gif_then_script(), 422, "unreadable_file"),
    "a drawing with an entity": (samples.svg_xxe(), 415, "unsupported_type"),
    "noise": (samples.noise(), 415, "unsupported_type"),
    "a PDF that wants a password": (samples.encrypted_pdf("secret", "user"), 422, "password_required"),
    "a PDF without pages": (samples.blank_pdf(0), 422, "no_pages"),
    "a PDF of 3000 pages": (samples.blank_pdf(3000), 422, "too_many_pages"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(service: Stack, name: str) -> None:
    content, status, code = HOSTILE[name]
    with service.client() as http:
        answer = http.post("/ocr/image", files={"file": ("innocent.png", content)}, headers=WAIT)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_wrong_extension_is_no_obstacle(service: Stack) -> None:
    result = read(service, "picture.png", samples.text_pdf([["Named wrongly"]]))
    assert squeezed(result["full_text"]) == "namedwrongly"


def test_an_encrypted_pdf_opens_with_its_password(service: Stack) -> None:
    result = read(service, "secret.pdf", samples.encrypted_pdf("Top secret", "user"), password="user")
    assert squeezed(result["full_text"]) == "topsecret"


def test_after_all_that_no_worker_was_lost_and_memory_is_bounded(service: Stack) -> None:
    with service.client() as http:
        workers = http.get("/health/ready").json()["workers"]
        lost = re.search(r"^ocr_units_lost_total (\S+)", http.get("/metrics").text, re.M)
    assert lost is None or float(lost[1]) == 0
    assert max(process["rss_mb"] for worker in workers for process in worker["processes"]) < 1500


def test_texts_of_many_clients_do_not_mix(service: Stack) -> None:
    words = [f"Client {n} of {n * 7}" for n in range(12)]
    with service.client() as http:
        jobs = [
            http.post("/ocr/image", files={"file": ("a.png", samples.text_image([w], (500, 90)))}).json() for w in words
        ]
        for job, text in zip(jobs, words, strict=True):
            service.finished(job["job_id"])
            assert http.get(job["links"]["result"]).json()["text"] == text
