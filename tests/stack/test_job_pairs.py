"""What happens to jobs when two things are done to them at once: on a real Valkey, each step at its worst moment."""

from __future__ import annotations

import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import redis

from services.blobs.filesystem import FilesystemBlobs
from services.errors import BrokerUnavailable, QueueFull
from services.jobs.caller import Caller
from services.jobs.model import Delivery, Job, JobError, Options, Sender, Status
from services.publishers.deliveries import Deliveries
from services.redis import keys
from tests.support.house import House, new_job, new_jobs
from tests.support.stack import Broker, picture

OURS = JobError("internal_error", "text")
"""A failure that an operator may have done again."""


def test_pages_of_a_job_that_waits_for_longer_than_jobs_are_kept_are_kept(house: House) -> None:
    """Or the job could never be put together, and would not end."""
    house = House(house.redis, house.blobs, keep=1)
    job = new_job()
    house.intake.accept(job)
    house.take()
    house.queue.save_page(job.id, 1, "{}")
    time.sleep(1.2)
    assert house.reader.page_numbers(job.id) == {1}
    house.endings.finish(job.id)
    assert house.reader.page_numbers(job.id) == set()


def test_a_follower_is_not_run_again_while_it_is_told_of_its_leaders_end(house: House) -> None:
    """It would be ended once more by whoever tells."""
    leader, follower = house.accept("key"), house.accept("key")
    house.endings.finish(leader.id, OURS)
    assert house.endings.finish_follower(
        follower.id, leader.id, OURS, None
    )  # and the process is killed before it is done
    assert house.failures.rerun(follower.id) == "settling"
    house.keeping.recover()
    assert house.failures.rerun(follower.id) == "queued"


def test_who_is_late_to_tell_of_an_end_does_not_end_what_was_run_again(house: House) -> None:
    leader, follower = house.accept("key"), house.accept("key")
    house.endings.finish(leader.id, OURS)
    house.settlement.settle(leader.id)
    assert (house.failures.rerun(leader.id), house.failures.rerun(follower.id)) == ("queued", "queued")
    assert house.endings.followers(leader.id) == [follower.id]
    assert not house.endings.finish_follower(follower.id, leader.id, OURS, None)
    house.endings.settled(leader.id)
    house.complete(leader)
    house.keeping.recover()
    assert house.reader.read(follower.id).status is Status.COMPLETED


def test_what_others_wait_for_is_not_erased_before_they_have_it(house: House) -> None:
    leader, follower = house.accept("key"), house.accept("key")
    house.complete(leader)
    assert not house.endings.erase(leader.id)
    house.jobs.delete(leader.id, "anonymous")
    assert house.reader.read(follower.id).status is Status.COMPLETED
    assert house.blobs.read(follower.result_key) == b"result"


def test_files_of_a_cancelled_job_go_though_who_cancelled_it_died_over_that(house: House) -> None:
    job = house.accept()
    house.endings.cancel(job.id)
    assert list(house.blobs.folders(-10)) == [job.id]
    assert house.jobs.cancel(job.id, "anonymous").status is Status.CANCELLED
    assert list(house.blobs.folders(-10)) == []


def test_a_job_that_was_begun_takes_no_place_in_the_queue_when_it_is_tried_again(house: House) -> None:
    house = House(house.redis, house.blobs, most=1)
    house.intake.accept(begun := new_job(sender=Sender("anonymous", "request", "a")))
    assert (taken := house.take())
    house.queue.rest(taken[0], 0)
    assert house.upkeep.due() == 1 and house.reader.queue_position(begun.id) == 1
    assert house.intake.accept(new_job()) == "lead"
    with pytest.raises(QueueFull):
        house.intake.accept(new_job())


# The answer of the server gets lost


class Mute(redis.Connection):
    """A connection whose answers get lost once `cut` is set."""

    cut = False

    def read_response(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().read_response(*args, **kwargs)  # type: ignore[no-untyped-call]
        if Mute.cut:
            raise redis.ConnectionError("lost on the way")
        return answer


class Cutting(FilesystemBlobs):
    """The last that is done before an answer from the cache is recorded, cuts the connection."""

    def copy(self, source: str, target: str) -> None:
        super().copy(source, target)
        Mute.cut = target.endswith("/upload")


def test_an_answer_from_the_cache_that_got_lost_is_there_for_who_asks_again(
    server: Broker, house: House, tmp_path: Path
) -> None:
    """Its key finds the job, which has to have its files."""
    options, caller = Options(("en",), "balanced", 300), Caller("anonymous", "request", idempotency_key="key")
    first = house.jobs.submit(BytesIO(picture("text")), "a.png", options, replace(caller, idempotency_key=""))
    house.complete(first)
    hit = house.jobs.submit(BytesIO(picture("text")), "a.png", options, replace(caller, idempotency_key=""))
    assert hit.outcome.cached
    pool = redis.ConnectionPool(connection_class=Mute, port=server.port, decode_responses=True)
    losing = House(redis.Redis(connection_pool=pool), Cutting(tmp_path))
    with pytest.raises(BrokerUnavailable):
        new_jobs(losing, losing.call).submit(BytesIO(picture("text")), "a.png", options, caller)
    assert Mute.cut
    again = house.jobs.submit(BytesIO(picture("text")), "a.png", options, caller)
    assert (again.replayed, again.status) == (True, Status.COMPLETED)
    assert house.blobs.read(again.result_key) == b"result"


# Webhooks


def told(job: Job) -> Job:
    return replace(job, delivery=Delivery(callback_url="https://example.com/hook"))


def test_who_told_of_an_end_settles_nothing_of_the_next(house: House) -> None:
    """A job is run again and ends anew while its first end is told, which takes as long as the receiver likes."""
    deliveries, job = Deliveries(house.redis), told(new_job())
    house.intake.accept(job)
    house.endings.finish(job.id, OURS)
    assert (first := deliveries.claim(60))
    assert house.failures.rerun(job.id) == "queued"
    house.endings.finish(job.id)
    assert (second := deliveries.claim(60)) and second.tried == 1
    deliveries.delivered(first)
    deliveries.put_off(second, 0)
    assert (third := deliveries.claim(60)) and third.tried == 2
    deliveries.delivered(third)
    assert deliveries.claim(60) is None and house.reader.read(job.id).delivery.callback_url is None


@pytest.mark.parametrize("end", ["erase", "bury"])
def test_a_job_that_goes_takes_what_is_to_be_told_with_it(house: House, end: str) -> None:
    deliveries, job, claimed = Deliveries(house.redis), told(new_job()), told(new_job())
    for one in (claimed, job):
        house.intake.accept(one)
        house.endings.finish(one.id)
    assert (claim := deliveries.claim(60)) and claim.job_id == claimed.id
    for one in (claimed, job):
        assert {"erase": house.endings.erase, "bury": house.upkeep.bury}[end](one.id)
    deliveries.give_up(claim, "timeout")
    assert deliveries.claim(0) is None and list(deliveries.failed()) == []
    assert set(house.redis.hgetall(keys.JOB + claimed.id)) <= {"owner", "status"}  # type: ignore[arg-type]


def test_the_heir_of_a_cancelled_job_tells_its_own_end(house: House) -> None:
    leader, heir = told(new_job("key")), told(new_job("key"))
    for job in (leader, heir):
        house.intake.accept(job)
    house.take()
    house.jobs.cancel(leader.id, "anonymous")
    deliveries = Deliveries(house.redis)
    assert (claim := deliveries.claim(60)) and claim.job_id == leader.id
    assert deliveries.claim(60) is None
    house.complete(heir)
    assert (claim := deliveries.claim(60)) and claim.job_id == heir.id
