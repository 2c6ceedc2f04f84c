"""The Python client over the real service, on the null engine."""

from __future__ import annotations

import asyncio
import io
import os
import threading
import tracemalloc
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import ocr_client
import pytest
from ocr_client import AsyncClient, Client, Progress
from ocr_client.errors import service_error
from ocr_client.retries import Policy

from tests.support import samples, zones
from tests.support.stack import Stack, document, faulty, free_port, picture, running

PASSPORT = zones.passport("UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "740812", "F", "300415", "ZE184226B")


def unique(text: str = "text") -> str:
    return f"{text} {uuid.uuid4()}"


@pytest.fixture
def ocr(stack: Stack) -> Iterator[Client]:
    with Client(stack.url) as client:
        yield client


@pytest.fixture
def troubled(tmp_path: Path) -> Iterator[Stack]:
    with faulty(tmp_path / "data", OCR_WORKERS="1") as stack:
        yield stack


def needs(stack: Stack, path: str) -> None:
    """Skips where this version of the service has no such address."""
    if path not in stack.get("/openapi.json").json()["paths"]:
        pytest.skip(f"this version of the service has no {path}")


def test_a_path_bytes_a_file_and_a_pipe_are_read(ocr: Client, tmp_path: Path) -> None:
    text = unique("first\nsecond")
    path = tmp_path / "scan.png"
    path.write_bytes(picture(text))
    end, other = os.pipe()
    with path.open("rb") as file, os.fdopen(end, "rb") as pipe, os.fdopen(other, "wb") as feed:
        feeder = threading.Thread(target=_filled, args=(feed, path.read_bytes()))
        feeder.start()
        file.seek(10)
        results = [ocr.read(source) for source in (path, str(path), path.read_bytes(), file, pipe)]
        feeder.join()
    assert [result.text for result in results] == [text] * 5
    assert [result.filename for result in results[:3]] == ["scan.png", "scan.png", "upload"]


def _filled(pipe: BinaryIO, content: bytes) -> None:
    with pipe:
        pipe.write(content)


def test_a_result_is_typed_to_the_word(ocr: Client) -> None:
    result = ocr.read(picture("one two\nthree"), words=True, lang=["en"])
    (page,) = result.pages
    assert [line.text for line in result.lines] == ["one two", "three"] and result.lang == ("en",)
    assert [word.text for word in page.lines[0].words] == ["one", "two"]
    assert len(page.lines[0].box) == 4 and page.lines[0].box[0] == (0, 0) and page.width >= 64
    assert 0 < page.lines[0].confidence <= 1 and page.success and result.raw["job_id"] == result.job_id


def test_a_document_has_pages_and_progress(ocr: Client) -> None:
    texts = [unique(f"page {n}") for n in range(1, 13)]
    seen: list[Progress] = []
    result = ocr.read(io.BytesIO(document(texts)), name="a.tiff", pages="2-11", progress=seen.append)
    assert [page.number for page in result.pages] == list(range(2, 12))
    assert result.text == "\f".join(texts[1:11]) and result.filename == "a.tiff"
    assert seen[-1] == Progress(10, 10) and [s.done for s in seen] == sorted(s.done for s in seen)


def test_submit_wait_and_result_apart(ocr: Client) -> None:
    text = unique()
    job = ocr.submit(picture(text))
    assert not job.successful or job.raw["status"] == "completed"
    ended = ocr.wait(job, timeout=60)
    assert (ended.id, ended.successful, ended.progress) == (job.id, True, Progress(1, 1))
    assert ended.ended_at and ended.created_at and ended.ended_at >= ended.created_at and ended.ended_at.tzinfo
    assert ocr.result(job.id).text == text and ocr.job(job).status == "completed"


def test_a_picture_of_the_page_comes_as_bytes_and_as_a_file(ocr: Client, tmp_path: Path) -> None:
    job = ocr.wait(ocr.submit(picture(unique())))
    ocr.save(job, "annotated", tmp_path / "page.jpg", page=1)
    content = (tmp_path / "page.jpg").read_bytes()
    assert content == ocr.artifact(job, "annotated") and content[:2] == b"\xff\xd8"
    assert [path.name for path in tmp_path.iterdir()] == ["page.jpg"]


def test_a_file_that_cannot_be_made_leaves_the_old_one(ocr: Client, tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_text("old")
    job = ocr.wait(ocr.submit(picture(unique())))
    with pytest.raises(ocr_client.BadInput):
        ocr.save(job, "annotated", tmp_path / "page.jpg", page=7)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_errors_are_told_apart(ocr: Client, tmp_path: Path) -> None:
    with pytest.raises(ocr_client.BadInput, match="Send a PDF") as refused:
        ocr.read(b"<svg/>")
    assert (refused.value.code, refused.value.status, refused.value.retryable) == ("unsupported_type", 415, False)
    assert refused.value.request_id
    with pytest.raises(ocr_client.BadInput) as invalid:
        ocr.submit(picture("a"), dpi=10_000)
    assert invalid.value.errors[0]["field"] == "dpi"
    with pytest.raises(ocr_client.UnknownJob):
        ocr.result("0" * 32)
    with pytest.raises(FileNotFoundError):
        ocr.read(tmp_path / "nothing.png")
    with pytest.raises(TypeError, match="binary"):
        ocr.read(io.StringIO("text"))  # type: ignore[arg-type]


@pytest.mark.parametrize("job", ["", "../options", "a/b", "a?b", "%2e%2e"])
def test_what_cannot_be_an_id_asks_nothing_else(ocr: Client, job: str) -> None:
    with pytest.raises(ValueError, match="not the id of a job"):
        ocr.delete(job)


def test_an_encrypted_pdf_asks_for_its_password(ocr: Client) -> None:
    with pytest.raises(ocr_client.PasswordRequired):
        ocr.read(samples.encrypted_pdf("text", "secret"), name="a.pdf")


def test_a_failed_job_raises_when_its_result_is_asked_for(troubled: Stack) -> None:
    with Client(troubled.url) as ocr:
        job = ocr.wait(ocr.submit(picture("BAD")), timeout=60)
        assert job.status == "failed" and job.error and job.error.message == "The page is not to be read."
        with pytest.raises(ocr_client.BadInput, match="not to be read"):
            ocr.result(job)
        with pytest.raises(ocr_client.BadInput, match="not to be read"):
            ocr.read(picture("BAD"))


def test_waiting_ends_in_time_and_the_job_goes_on(troubled: Stack) -> None:
    with Client(troubled.url) as ocr:
        job = ocr.submit(picture("SLEEP 5\n" + unique()))
        with pytest.raises(ocr_client.NotFinished):
            ocr.result(job)
        with pytest.raises(ocr_client.TimedOut) as late:
            ocr.wait(job, timeout=0.5)
        assert late.value.job_id == job.id
        with pytest.raises(ocr_client.TimedOut):
            ocr.wait(job, timeout=0.5, progress=lambda _: None)
        assert ocr.wait(job).successful


def test_asyncio_reads_the_same(stack: Stack) -> None:
    async def all_of(texts: list[str]) -> list[str]:
        async with AsyncClient(stack.url) as ocr:
            seen: list[Progress] = []
            results = await asyncio.gather(*(ocr.read(picture(t), progress=seen.append) for t in texts))
            assert seen
            job = await ocr.wait(await ocr.submit(document(["a", "b"]), name="a.tiff"))
            assert len((await ocr.result(job)).pages) == 2 and await ocr.artifact(job, "annotated", page=2)
            with pytest.raises(ocr_client.UnknownJob):
                await ocr.job("0" * 32)
            return [result.text for result in results]

    texts = [unique() for _ in range(5)]
    assert asyncio.run(all_of(texts)) == texts


def test_being_asked_to_slow_down_is_waited_for(tmp_path: Path) -> None:
    limits = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_REQUESTS": "2", "RATE_LIMIT_PERIOD": "2"}
    with running(tmp_path / "data", **limits) as stack:
        texts = [unique() for _ in range(5)]
        with Client(stack.url, retries=0) as ocr:
            assert [ocr.read(picture(text)).text for text in texts] == texts
        with Client(stack.url, deadline=0.1) as hasty, pytest.raises(ocr_client.TooManyRequests) as refused:
            for _ in range(3):
                hasty.submit(picture("a"))
        assert refused.value.retry_after


def test_a_key_that_a_killed_service_still_holds_is_waited_for_however_often() -> None:
    """For a minute the service says 409 with a second to wait; that is no try that failed."""
    held = service_error(409, {"code": "idempotency_in_progress", "retryable": True}, retry_after=1.0)
    attempts = Policy(retries=2, seconds=600).started()
    assert all(1.0 <= attempts.pause_after(held) < 2.0 for _ in range(60))
    with pytest.raises(ocr_client.StillAccepting):
        Policy(retries=2, seconds=0.5).started().pause_after(held)


def test_nobody_there_is_said_after_the_tries() -> None:
    with Client(f"http://127.0.0.1:{free_port()}", retries=1) as ocr, pytest.raises(ocr_client.Unreachable) as gone:
        ocr.health()
    assert "gives no answer" in str(gone.value) and gone.value.retryable


def test_somebody_else_there_is_said(stack: Stack) -> None:
    with Client(f"{stack.url}/docs") as ocr, pytest.raises(ocr_client.ServiceError):
        ocr.options()
    with pytest.raises(ValueError, match="http://"):
        Client("localhost:5000")


def test_a_service_that_is_killed_and_started_again_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path / "data") as stack:
        texts = [unique() for _ in range(12)]
        stack.kill()
        starter = threading.Thread(target=stack.start)
        starter.start()
        try:
            with Client(stack.url, retries=20, deadline=90) as ocr:
                assert [ocr.read(picture(text)).text for text in texts] == texts
        finally:
            starter.join()


def test_a_worker_that_dies_is_not_noticed(troubled: Stack) -> None:
    text = "CRASH 1\n" + unique()
    with Client(troubled.url) as ocr:
        assert ocr.read(picture(text), timeout=120, progress=lambda _: None).text == text


def test_a_large_file_is_never_wholly_in_memory(stack: Stack, tmp_path: Path) -> None:
    """30 MB go out, and what Python itself holds grows by less than 5."""
    path = tmp_path / "large.png"
    path.write_bytes(picture(unique()) + bytes(30 << 20))
    with Client(stack.url) as ocr:
        tracemalloc.start()
        ocr.read(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5 << 20


def test_a_passport_is_read(tmp_path: Path) -> None:
    with running(tmp_path / "data") as stack, Client(stack.url) as ocr:
        zone = ocr.mrz(picture("\n".join(PASSPORT.lines)), name="passport.png")
    assert (zone.surname, zone.document_number, zone.type, zone.valid) == ("ERIKSSON", "L898902C3", "TD3", True)


def test_options_and_health(ocr: Client) -> None:
    assert "lang" in ocr.options()["properties"] and ocr.health()["status"]


def test_the_same_key_is_the_same_job(stack: Stack, ocr: Client) -> None:
    needs(stack, "/ocr/jobs")
    content, key = picture(unique()), uuid.uuid4().hex
    first, second, other = (ocr.submit(content, idempotency_key=k) for k in (key, key, None))
    assert first.id == second.id != other.id
    with pytest.raises(ocr_client.BadInput) as mismatch:
        ocr.submit(picture(unique()), idempotency_key=key)
    assert mismatch.value.code == "idempotency_mismatch"


def test_jobs_are_listed_cancelled_and_deleted(troubled: Stack) -> None:
    needs(troubled, "/ocr/jobs")
    with Client(troubled.url) as ocr:
        ids = [ocr.submit(picture(f"SLEEP 60\n{unique()}")).id for _ in range(5)]
        assert [job.id for job in ocr.jobs(page_size=2)] == ids[::-1]
        assert ocr.cancel(ids[0]).id == ids[0] and ocr.wait(ids[0], timeout=30).status == "cancelled"
        with pytest.raises(ocr_client.JobCancelled):
            ocr.result(ids[0])
        assert [job.id for job in ocr.jobs("cancelled")] == ids[:1]
        for job in ids:
            ocr.delete(job)
        assert not list(ocr.jobs())


def test_asyncio_lists_jobs(stack: Stack) -> None:
    needs(stack, "/ocr/jobs")

    async def listed() -> tuple[str, list[str]]:
        async with AsyncClient(stack.url) as ocr:
            job = await ocr.submit(picture(unique()))
            return job.id, [found.id async for found in ocr.jobs()]

    newest, found = asyncio.run(listed())
    assert found[0] == newest


def test_pages_come_while_the_job_runs(troubled: Stack) -> None:
    needs(troubled, "/ocr/job/{job_id}/pages")
    texts = [f"SLEEP 1\n{unique()}" for _ in range(3)]
    with Client(troubled.url) as ocr:
        job = ocr.submit(document(texts), name="a.tiff")
        pages = ocr.pages(job)
        assert next(pages).text == texts[0] and not ocr.job(job).ended
        assert [page.text for page in pages] == texts[1:]


def test_pages_of_a_failed_job_end_with_its_error(troubled: Stack) -> None:
    needs(troubled, "/ocr/job/{job_id}/pages")
    with Client(troubled.url) as ocr, pytest.raises(ocr_client.ServiceError, match="not to be read"):
        list(ocr.pages(ocr.submit(picture("BAD"))))


def test_progress_is_told_page_by_page(troubled: Stack) -> None:
    needs(troubled, "/ocr/job/{job_id}/events")
    seen: list[Progress] = []
    with Client(troubled.url) as ocr:
        ocr.wait(
            ocr.submit(document([f"SLEEP 0.1\n{unique()}" for _ in range(4)]), name="a.tiff"), progress=seen.append
        )
    assert {1, 2, 3, 4} <= {progress.done for progress in seen}


def test_a_service_that_dies_while_progress_is_watched(tmp_path: Path) -> None:
    with faulty(tmp_path / "data", OCR_WORKERS="1") as stack, Client(stack.url, retries=20) as ocr:
        job = ocr.submit(document([f"SLEEP 1\n{unique()}" for _ in range(6)]), name="a.tiff")
        seen: list[Progress] = []

        def watch(progress: Progress) -> None:
            seen.append(progress)
            if progress.done >= 2 and not restarts:
                stack.kill()
                restarts.append(threading.Thread(target=stack.start))
                restarts[0].start()

        restarts: list[threading.Thread] = []
        assert ocr.wait(job, timeout=120, progress=watch).successful
        restarts[0].join()
        assert seen[-1] == Progress(6, 6)
