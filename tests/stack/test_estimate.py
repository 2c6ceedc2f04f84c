"""How long a job may take, by what was learnt and by what stands before it, on a real Valkey."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
import redis

from services.jobs.estimate import LATEST, SOONEST, Estimate
from services.jobs.model import Job, Status
from services.jobs.pace import Pace
from services.jobs.units import ranges
from services.jobs.workers import WorkerRegistry
from tests.support.house import Roles, new_job

PART = 4
"""Pages of a document that are read one after the other."""


class Desk(Roles):
    """Two processes that wait for work, and what is known of it."""

    @property
    def pace(self) -> Pace:
        return Pace(self.redis)

    @property
    def estimate(self) -> Estimate:
        workers = WorkerRegistry(self.redis)
        for pid in (1, 2):
            workers.process_loaded("worker", pid)
        workers.announce("worker", "here", {os.getpid(): 1, 1: 1, 2: 1})
        return Estimate(self.figures, self.pace, workers, PART)

    def accept(self, job: Job) -> Job:
        self.intake.accept(job)
        return job

    def open(self, job: Job, pages: int) -> None:
        """Take a document that is next and split it."""
        taken = self.queue.next("worker/1", 5)
        assert taken and taken[0].job_id == job.id
        self.queue.split(job.id, pages, ranges(job.id, tuple(range(1, pages + 1)), PART))


@pytest.fixture
def desk(valkey: redis.Redis) -> Desk:
    return Desk(valkey)


def test_nothing_is_said_before_a_page_was_read(desk: Desk) -> None:
    assert desk.estimate.seconds(desk.accept(new_job())) is None
    assert desk.estimate.room() == SOONEST


def test_a_picture_takes_as_long_as_its_like_did(desk: Desk) -> None:
    picture, document, accurate = new_job(), new_job(document=True), new_job(tier="accurate")
    for job, seconds in ((picture, 3), (document, 8)):
        desk.pace.read_pages(job, seconds, 1)
    assert desk.estimate.seconds(desk.accept(picture)) == 3, "two processes do not read one picture faster"
    known = desk.pace.known()
    assert (known.seconds(document), known.seconds(accurate)) == (8, known.page)


def test_what_was_learnt_lately_counts_most(desk: Desk) -> None:
    job = new_job()
    for seconds in (1, *[9] * 20):
        desk.pace.read_pages(job, seconds, 1)
    assert 7 < (desk.pace.known().seconds(job) or 0) < 9


def test_what_waits_before_a_job_is_shared_by_the_processes(desk: Desk) -> None:
    jobs = [desk.accept(new_job()) for _ in range(10)]
    desk.pace.read_pages(jobs[0], 1, 1)
    assert [desk.estimate.seconds(job) for job in jobs] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_picture_does_not_wait_for_the_pages_that_are_read_after_it(desk: Desk) -> None:
    long = desk.accept(new_job(document=True))
    desk.open(long, 400)
    desk.pace.read_pages(long, 1, 1)
    desk.queue.next("worker/1", 5)
    picture = desk.accept(new_job("another"))
    assert (desk.estimate.seconds(picture) or 0) <= 4
    assert desk.estimate.seconds(long) == 201  # by two processes, and the picture comes in between


def test_a_document_that_was_not_opened_yet_counts_as_most_have(desk: Desk) -> None:
    first, second = (desk.accept(new_job(document=True)) for _ in range(2))
    desk.pace.read_pages(first, 40, 40)
    desk.pace.opened(40)
    assert (desk.estimate.seconds(first), desk.estimate.seconds(second)) == (20, 40)


def test_who_waits_for_the_same_upload_waits_as_long_as_its_reader(desk: Desk) -> None:
    desk.accept(new_job())
    leader = desk.accept(new_job())
    follower = new_job(leader.handling.cache_key)
    assert desk.intake.accept(follower) == "follow"
    desk.pace.read_pages(leader, 5, 1)
    assert desk.estimate.seconds(follower) == desk.estimate.seconds(leader) == 5


def test_an_ended_job_takes_no_time(desk: Desk) -> None:
    assert desk.estimate.seconds(replace(new_job(), status=Status.COMPLETED)) == 0


def test_a_full_queue_has_room_when_it_was_read_at_the_latest(desk: Desk) -> None:
    job = desk.accept(new_job())
    desk.pace.read_pages(job, 30, 1)
    assert desk.estimate.room() == 15
    for _ in range(50):
        desk.accept(new_job())
    assert desk.estimate.room() == LATEST


def test_an_estimate_for_the_end_of_a_very_long_queue_is_not_off_by_much(desk: Desk) -> None:
    """Only its beginning is looked at."""
    jobs = [desk.accept(new_job()) for _ in range(3000)]
    desk.pace.read_pages(jobs[0], 1, 1)
    assert desk.estimate.seconds(jobs[-1]) == 1500
