"""Results as files, over the real service."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pymupdf
import pypdf
import pytest

import services.exporters
from config import ROOT, Settings
from services.blobs.filesystem import FilesystemBlobs
from services.document.model import Page
from services.errors import JobExpired
from services.jobs.artifacts import Artifacts
from services.jobs.model import Upload
from services.jobs.results import Result
from tests.support import samples
from tests.support.house import new_job
from tests.support.stack import document, picture

TYPES = {
    "json": ("application/json", "attachment"),
    "text": ("text/plain; charset=utf-8", "inline"),
    "markdown": ("text/markdown; charset=utf-8", "attachment"),
    "hocr": ("text/vnd.hocr+html; charset=utf-8", "attachment"),
    "alto": ("application/xml; charset=utf-8", "attachment"),
    "tsv": ("text/tab-separated-values; charset=utf-8", "attachment"),
    "pdf": ("application/pdf", "attachment"),
    "annotated": ("image/jpeg", "inline"),
}
SUFFIXES = {"json": "json", "text": "txt", "markdown": "md", "hocr": "hocr", "alto": "xml", "tsv": "tsv", "pdf": "pdf"}


@pytest.fixture(scope="module")
def text() -> str:
    return f"first line {uuid.uuid4().hex}\nsecond line"


@pytest.fixture
def job(client: httpx.Client, text: str) -> Iterator[str]:
    answer = client.post("/ocr/image", files={"file": ("my scan.png", picture(text))}, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200 and "words" not in answer.json()["lines"][0]
    yield f"/ocr/job/{answer.json()['job_id']}/artifacts"


@pytest.mark.parametrize("kind", TYPES)
def test_every_kind_has_its_type_and_name(client: httpx.Client, job: str, kind: str) -> None:
    answer = client.get(f"{job}/{kind}")
    assert answer.status_code == 200, answer.text
    media_type, disposition = TYPES[kind]
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"].startswith(disposition)
    assert f"my scan.{SUFFIXES.get(kind, 'jpg')}" in answer.headers["Content-Disposition"]


def test_a_name_cannot_break_the_answer_or_mislead(client: httpx.Client) -> None:
    name = "filename*=UTF-8''a%0D%0AX-Evil%3A%201%00%E2%80%AEgnp.exe"
    head = f'--B\r\nContent-Disposition: form-data; name="file"; {name}\r\nContent-Type: image/png\r\n\r\n'
    body, form = head.encode() + picture("named") + b"\r\n--B--\r\n", "multipart/form-data; boundary=B"
    answer = client.post("/ocr/image", content=body, headers={"Content-Type": form, "Prefer": "wait=30"})
    assert answer.json()["filename"] == "aX-Evil: 1gnp.exe", answer.text
    for kind in TYPES:
        file = client.get(f"/ocr/job/{answer.json()['job_id']}/artifacts/{kind}")
        assert file.status_code == 200 and "X-Evil" not in file.headers, file.text


def test_each_format_has_the_words(client: httpx.Client, job: str, text: str) -> None:
    words = text.split()
    for kind in ("text", "markdown", "hocr", "alto", "tsv", "json"):
        content = client.get(f"{job}/{kind}").text
        assert all(word in content for word in words), kind
    pdf = pypdf.PdfReader(BytesIO(client.get(f"{job}/pdf").content))
    assert pdf.pages[0].extract_text().split() == words
    told = json.loads(client.get(f"{job}/json").text)
    assert [word["text"] for line in told["pages"][0]["lines"] for word in line["words"]] == words


def test_one_page_of_several(client: httpx.Client) -> None:
    texts = [f"page {number} {uuid.uuid4().hex}" for number in (1, 2)]
    answer = client.post("/ocr/image", files={"file": ("a.tiff", document(texts))}, headers={"Prefer": "wait=30"})
    artifacts = f"/ocr/job/{answer.json()['job_id']}/artifacts"
    assert client.get(f"{artifacts}/text").text == "\f".join(texts) + "\n"
    assert client.get(f"{artifacts}/text?page=2").text == texts[1] + "\n"
    assert len(pypdf.PdfReader(BytesIO(client.get(f"{artifacts}/pdf").content)).pages) == 2
    missing = client.get(f"{artifacts}/hocr?page=3")
    assert (missing.status_code, missing.json()["code"]) == (422, "page_out_of_range")


def test_a_signed_pdf_is_told_and_left_alone_if_that_is_wanted(client: httpx.Client) -> None:
    scan: Any = pymupdf.open(stream=samples.text_pdf([["scan"]]), filetype="pdf")
    value = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Contents<00>/ByteRange[0 0 0 0]>>"
    scan.xref_set_key(scan.pdf_catalog(), "AcroForm", f"<</Fields[<</FT/Sig/T(one)/V {value}>>]>>")
    answers = {}
    for name, content in (("signed", bytes(scan.tobytes())), ("plain", samples.text_pdf([["scan"]]))):
        answer = client.post("/ocr/pdf", files={"file": ("a.pdf", content)}, headers={"Prefer": "wait=30"}).json()
        assert any(one.startswith("SIGNED: ") for one in answer["warnings"]) is (name == "signed")
        place = f"/ocr/job/{answer['job_id']}/artifacts/pdf"
        answers[name] = [client.get(place, params={"signed": way}) for way in ("add", "refuse", "whatever")]
    assert [answer.status_code for answer in answers["signed"]] == [200, 422, 422]
    assert "signed" in answers["signed"][1].json()["detail"]
    assert [answer.status_code for answer in answers["plain"]] == [200, 200, 422]


def test_a_layout_is_only_for_those_that_keep_one(client: httpx.Client, job: str, text: str) -> None:
    assert client.get(f"{job}/text?layout=true").text.split() == text.split()
    refused = client.get(f"{job}/tsv?layout=true")
    assert refused.status_code == 422 and "text" in refused.json()["detail"]
    unknown = client.get(f"{job}/docx")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "capability_unavailable")
    assert all(kind in unknown.json()["detail"] for kind in TYPES)


def test_a_pdf_comes_back_with_its_bytes_and_a_locked_one_is_wanted_unlocked(client: httpx.Client) -> None:
    content = (ROOT / "examples" / "letter.pdf").read_bytes()
    answer = client.post("/ocr/pdf", files={"file": ("letter.pdf", content)}, headers={"Prefer": "wait=30"})
    made = client.get(f"/ocr/job/{answer.json()['job_id']}/artifacts/pdf")
    assert made.status_code == 200 and made.content.startswith(content)


class Fleeting(FilesystemBlobs):
    """Whose files are deleted as soon as somebody wants to read them."""

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        with super().local(key) as path:
            path.unlink()
            yield path


@pytest.mark.parametrize("content", [picture("x"), (ROOT / "examples" / "letter.pdf").read_bytes()])
def test_a_file_that_is_deleted_while_it_is_drawn_is_gone(tmp_path: Path, content: bytes) -> None:
    settings, blobs = Settings(), Fleeting(tmp_path)
    artifacts = Artifacts(settings, blobs, services.exporters.build(services.exporters, settings))
    upload = Upload("a", len(content), "", "application/pdf" if content.startswith(b"%PDF") else "image/png")
    job = replace(new_job(), upload=upload)
    blobs.put(job.upload_key, BytesIO(content))
    with pytest.raises(JobExpired):
        artifacts.write("pdf", job, Result((Page(1, 64, 32),), "null", (), False, ()))


def test_words_are_only_in_results_that_want_them(client: httpx.Client, text: str) -> None:
    answer = client.post(
        "/ocr/image",
        files={"file": ("a.png", picture(text))},
        data={"words": "true"},
        headers={"Prefer": "wait=30"},
    )
    assert [word["text"] for line in answer.json()["lines"] for word in line["words"]] == text.split()


def test_blocks_are_told_where_they_are_asked_for(client: httpx.Client, text: str) -> None:
    file = {"file": ("my scan.png", picture(f"1. {text}"))}
    plain = client.post("/ocr/image", files=file, headers={"Prefer": "wait=30"}).json()
    answer = client.post("/ocr/image", files=file, data={"structure": "true"}, headers={"Prefer": "wait=30"}).json()
    assert "blocks" not in plain and plain["lines"] == answer["lines"]
    assert sorted(place for block in answer["blocks"] for place in block["lines"]) == [0, 1]
    first = answer["blocks"][0]
    assert (first["kind"], first["level"]) == ("list_item", 1) and first["text"].startswith("first line")
    assert first["bbox"][0][0] <= answer["lines"][0]["bbox"][0][0]
