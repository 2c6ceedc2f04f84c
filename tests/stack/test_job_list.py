"""`GET /ocr/jobs`: the caller's own jobs, newest first, page by page."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.jobs.model import Job, JobError, Sender, Status
from services.jobs.owned import LOOKED_AT, Cursor
from services.redis import keys
from tests.support.house import House, new_job
from tests.support.stack import Stack, picture, running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("list") / "data", OCR_WORKERS="1") as service:
        yield service


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as http:
        yield http


def listed(client: httpx.Client, **query: Any) -> tuple[list[str], str | None]:
    """The ids of a page, and its cursor."""
    answer = client.get("/ocr/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return [job["job_id"] for job in answer.json()["jobs"]], answer.json()["next_cursor"]


def all_listed(client: httpx.Client, **query: Any) -> list[str]:
    found, cursor = listed(client, **query)
    while cursor:
        page, cursor = listed(client, cursor=cursor, **query)
        found += page
    return found


def submitted(stack: Stack, count: int) -> list[str]:
    return [stack.submit(f"job {number} {uuid.uuid4()}") for number in range(count)]


def test_jobs_are_listed_newest_first_as_they_are_shown_alone(stack: Stack, client: httpx.Client) -> None:
    jobs = submitted(stack, 5)
    for job_id in jobs:
        stack.finished(job_id)
    page = client.get("/ocr/jobs", params={"limit": 5}).json()["jobs"]
    assert [job["job_id"] for job in page] == jobs[::-1]
    alone = client.get(f"/ocr/job/{jobs[-1]}").json()
    assert page[0] == {**alone, "filename": "scan.png", "file_size": page[0]["file_size"]} and page[0]["file_size"] > 0


def test_a_place_stays_right_while_jobs_come_and_go(stack: Stack, client: httpx.Client) -> None:
    jobs = submitted(stack, 9)
    seen, cursor = listed(client, limit=3)
    submitted(stack, 2)
    client.delete(f"/ocr/job/{seen[-1]}")  # the very job that the cursor stands behind
    client.delete(f"/ocr/job/{jobs[4]}")
    second, cursor = listed(client, limit=3, cursor=cursor)
    third, _ = listed(client, limit=1, cursor=cursor)
    assert seen + second + third == [job_id for job_id in jobs[::-1] if job_id != jobs[4]][:7]


def test_only_jobs_of_a_status_are_listed(stack: Stack, client: httpx.Client) -> None:
    (done,) = submitted(stack, 1)
    stack.finished(done)
    broken = client.post("/ocr/image", files={"file": ("a.png", picture(str(uuid.uuid4()))[:60])}).json()["job_id"]
    stack.finished(broken)
    assert broken in all_listed(client, status="failed") and done not in all_listed(client, status="failed")
    assert done in all_listed(client, status="completed", limit=2)
    assert listed(client, status="queued") == ([], None)


def test_cached_answers_are_listed_and_scans_are_not(stack: Stack, client: httpx.Client) -> None:
    text = str(uuid.uuid4())
    stack.finished(stack.submit(text))
    cached = stack.submit(text)
    before = all_listed(client)
    assert before[0] == cached
    client.post("/scan-mrz", files={"file": ("a.png", picture("no zone"))})
    assert all_listed(client) == before


def test_expired_jobs_are_not_listed(stack: Stack, client: httpx.Client) -> None:
    (gone,) = submitted(stack, 1)
    stack.finished(gone)
    with stack.redis() as records:
        records.hset(keys.JOB + gone, "expires_at", str(time.time() - 1))
    assert gone not in all_listed(client)


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "bmFuIG5hbg"}, {"limit": "0"}, {"limit": "101"}])
def test_a_bad_place_or_limit_is_refused(client: httpx.Client, query: dict[str, str]) -> None:
    answer = client.get("/ocr/jobs", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert next(iter(query)) in answer.json()["detail"]
    assert client.get("/ocr/jobs", params={"status": "expired"}).status_code == 422


# On a Valkey of its own, with owners of several names


def job_of(owner: str, created_at: float) -> Job:
    return new_job(sender=Sender(owner, "request"), created_at=created_at)


def test_nobody_sees_jobs_of_another_owner(house: House) -> None:
    mine, other = job_of("me", time.time()), job_of("another", time.time())
    for job in (mine, other):
        house.intake.accept(job)
    assert [job.id for job in house.owned.page("me", None, None, 10).jobs] == [mine.id]


def test_jobs_of_one_moment_are_each_listed_once(house: House) -> None:
    now = time.time()
    jobs = [job_of("me", now) for _ in range(25)]
    for job in jobs:
        house.intake.accept(job)
    found, after = [], None
    while True:
        page = house.owned.page("me", None, after, 4)
        found += [job.id for job in page.jobs]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    assert found == sorted((job.id for job in jobs), reverse=True)


def test_a_rare_status_is_looked_for_a_bounded_while_at_a_time(house: House) -> None:
    now = time.time()
    rare = job_of("me", now - 1)
    house.intake.accept(rare)
    house.endings.finish(rare.id, JobError("bad_input", "text"))
    for number in range(LOOKED_AT + 50):
        house.intake.accept(job_of("me", now + number))
    first = house.owned.page("me", Status.FAILED, None, 10)
    assert first.jobs == [] and first.next
    second = house.owned.page("me", Status.FAILED, first.next, 10)
    assert [job.id for job in second.jobs] == [rare.id] and second.next is None


def test_a_buried_job_leaves_the_list(house: House) -> None:
    job = job_of("me", time.time())
    house.intake.accept(job)
    house.endings.finish(job.id)
    house.upkeep.bury(job.id)
    assert house.owned.page("me", None, None, 10).jobs == []
