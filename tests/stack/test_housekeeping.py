"""What job records do when answers are lost, processes die at awkward moments and time passes: on a real Valkey."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest

from config import ROOT
from services.errors import BrokerUnavailable, JobExpired, UnknownJob
from services.jobs.caller import Caller
from services.jobs.housekeeping import LEFTOVER_AFTER
from services.jobs.model import JobError, Options, Progress, Status
from services.jobs.units import Unit, ranges
from services.redis import keys
from tests.support.house import LIMIT, QUEUE, House, new_job, new_jobs
from tests.support.stack import picture


def test_a_job_whose_acceptance_was_repeated_waits_for_itself_not(house: House) -> None:
    """redis-py sends a command again when the answer was lost with the connection."""
    job = new_job()
    assert house.intake.accept(job) == house.intake.accept(job) == "lead"
    assert house.endings.followers(job.id) == []


def test_an_acceptance_that_was_repeated_late_does_not_queue_again_what_is_run(house: House) -> None:
    job = house.accept()
    house.take()
    assert house.intake.accept(job) == "lead" and house.take("worker-a/2") is None


def test_who_asks_again_is_given_the_unit_that_it_has(house: House) -> None:
    first, second = Unit(house.accept().id), Unit(house.accept().id)
    assert house.take() == house.take() == (first, 1)
    assert house.take("worker-a/2") == (second, 1)
    assert house.take("worker-a/3") is None
    assert house.reader.read(first.job_id).progress.attempts == 1


def test_what_a_dead_process_held_waits_again_at_once(house: House) -> None:
    mine, other = house.accept(), house.accept()
    house.take()
    assert house.take("worker-a/2") == (Unit(other.id), 1)
    house.keeping.keep_alive("worker-a", [2])
    house.keeping.recover()
    assert house.calls == 1
    assert house.take("worker-a/3") == (Unit(mine.id), 2)


def test_another_workers_units_are_left_alone_until_their_lease_is_over(house: House) -> None:
    job = house.accept()
    house.take(lease=0.5)
    house.keeping.keep_alive("worker-b", [])
    house.keeping.recover()
    assert house.calls == 0
    time.sleep(0.6)
    house.keeping.recover()
    assert house.calls == 1 and house.take("worker-b/1") == (Unit(job.id), 2)


def test_a_job_is_lost_three_times_at_most(house: House) -> None:
    job = house.accept()
    for _ in range(3):
        house.ran(job, 1)
        house.keeping.recover()
    assert house.calls == 2
    error = house.reader.read(job.id).outcome.error
    assert error and error.code == "worker_lost"


@pytest.mark.parametrize("ran", [LIMIT - 0.5, LIMIT, LIMIT + 1])
def test_a_job_that_was_ended_by_the_hard_limit_is_not_tried_again(house: House, ran: float) -> None:
    """The limit counts from a moment before the claim, and the death is seen up to a second later."""
    job = house.accept()
    house.ran(job, ran)
    house.keeping.recover()
    error = house.reader.read(job.id).outcome.error
    assert house.calls == 0 and error and error.code == "processing_timeout"


def test_a_job_of_a_service_that_was_off_for_long_is_done_after_all(house: House) -> None:
    job = house.accept()
    house.ran(job, 3, ago=10 * LIMIT)
    house.keeping.keep_alive("worker-b", [])
    house.keeping.recover()
    assert house.calls == 1 and house.take("worker-b/1") == (Unit(job.id), 2)


def test_a_dead_processes_time_stops_when_it_is_found_dead(house: House) -> None:
    job = house.accept()
    house.ran(job, 3, ago=10 * LIMIT)
    house.keeping.keep_alive("worker-a", [])
    house.keeping.recover()
    assert house.calls == 1 and house.take("worker-b/1") == (Unit(job.id), 2)


def test_a_lost_message_is_sent_again(house: House) -> None:
    house.accept()
    house.keeping.recover()
    assert house.calls == 0
    house.arrived(60)
    house.keeping.recover()
    assert house.calls == 1


def test_lost_messages_are_sent_again_although_the_queue_is_never_empty(house: House) -> None:
    for _ in range(3):
        house.accept()
    house.arrived(60)
    house.redis.rpush(QUEUE, "message")
    house.keeping.recover()
    assert house.calls == 2


def test_a_busy_queue_is_not_filled_with_copies(house: House) -> None:
    for _ in range(3):
        house.accept()
        house.redis.rpush(QUEUE, "message")
    house.arrived(60)
    house.keeping.recover()
    assert house.calls == 0


def test_a_rest_is_over_in_time(house: House) -> None:
    unit, other = Unit(house.accept().id), Unit(house.accept().id)
    house.take()
    house.queue.rest(unit, 0.3)
    house.keeping.recover()
    assert house.calls == 0
    time.sleep(0.4)
    house.keeping.recover()
    assert house.calls == 1
    assert house.take() == (unit, 2), "who has waited before does not wait behind others again"
    assert house.take("worker-a/2") == (other, 1)


def test_a_job_ends_once(house: House) -> None:
    job = house.accept()
    assert house.endings.finish(job.id) is True
    assert house.endings.finish(job.id, JobError("worker_lost", "text")) is False
    assert house.reader.read(job.id).status is Status.COMPLETED
    assert house.take() is None
    assert house.redis.hget(keys.METRICS, "ocr_jobs|completed") == "1"
    assert house.redis.hget(keys.METRICS, "ocr_jobs|failed") is None


def test_an_ended_document_leaves_no_unit_behind(house: House) -> None:
    job = house.accept()
    units = ranges(job.id, tuple(range(1, 10)), 4)
    house.take()
    house.queue.split(job.id, 9, units)
    house.take()
    assert house.take("worker-a/2") == (units[1], 1)
    house.queue.rest(units[1], 1)
    house.endings.finish(job.id, JobError("bad_input", "text"))
    places = (keys.WAITING, keys.ARRIVED, keys.QUEUED, keys.RUNNING, keys.RETRY, keys.HOLDERS)
    assert not [key for key in places if house.redis.exists(key)]


def test_followers_are_told_by_housekeeping_when_nobody_else_did(house: House) -> None:
    leader, follower = house.accept("key"), house.accept("key")
    house.queue.set_total(leader.id, 7)
    house.complete(leader)  # and the process is killed before it can tell the follower
    house.keeping.recover()
    told = house.reader.read(follower.id)
    assert (told.status, told.outcome.cached, told.progress) == (Status.COMPLETED, True, Progress(7, 7))
    assert house.blobs.read(follower.result_key) == b"result"
    assert house.endings.settling() == []


def test_followers_of_a_job_that_is_gone_fail_rather_than_wait_for_ever(house: House) -> None:
    leader, follower = house.accept("key"), house.accept("key")
    house.complete(leader)
    house.upkeep.bury(leader.id)  # after an outage that lasted longer than a job is kept
    house.keeping.recover()
    told = house.reader.read(follower.id).outcome.error
    assert told and (told.code, told.retryable) == ("internal_error", True)


def test_a_job_whose_message_was_not_sent_is_accepted_all_the_same(house: House) -> None:
    """It is recorded, which is what counts: housekeeping sends its message."""

    def publish() -> None:
        raise BrokerUnavailable()

    options, caller = Options(("en",), "balanced", 300), Caller("anonymous", "request")
    job = new_jobs(house, publish).submit(BytesIO(picture("text")), "a.png", options, caller)
    house.arrived(60)
    house.keeping.recover()
    assert house.calls == 1 and house.blobs.read(job.upload_key)
    assert house.take() == (Unit(job.id), 1)


def test_expired_jobs_go_with_their_files(house: House) -> None:
    gone, kept, waiting = house.accept(), house.accept(), house.accept(keep=-1)
    for job in (gone, kept):
        house.complete(job)
    house.redis.zadd(keys.EXPIRY, {gone.id: time.time() - 1})
    house.keeping.clean()
    with pytest.raises(JobExpired):
        house.reader.read(gone.id, "anonymous")
    with pytest.raises(UnknownJob):
        house.reader.read(gone.id, "somebody else")
    assert sorted(house.blobs.folders(-10)) == sorted([kept.id, waiting.id])
    house.redis.hset(keys.JOB + kept.id, "expires_at", str(time.time() - 1))
    with pytest.raises(JobExpired):
        house.reader.read(kept.id)  # whether or not the clean-up has come by
    assert house.reader.read(waiting.id).status is Status.QUEUED, "a job that has not ended does not expire"


def test_files_that_belong_to_no_job_go_after_a_while(house: House, tmp_path: Path) -> None:
    job = house.accept()
    for folder in (job.id, "oldorphan", "neworphan"):
        house.blobs.put(f"{folder}/upload", BytesIO(b"bytes"))
    then = time.time() - LEFTOVER_AFTER - 60
    for folder in (job.id, "oldorphan"):
        os.utime(tmp_path / folder[:2] / folder, (then, then))
    house.keeping.clean()
    assert sorted(house.blobs.folders(-10)) == sorted([job.id, "neworphan"])


def test_a_process_that_cannot_give_its_unit_back_ends(tmp_path: Path) -> None:
    """Its unit would be held for as long as it lives."""
    program = """
from tasks import ocr

class Cut:
    def run(self):
        raise ConnectionError("the broker is away, for longer than anybody waits")

ocr.load(Cut())
try:
    ocr.run()
finally:
    print("still here")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and "still here" not in done.stdout, done.stderr


def test_a_part_that_is_done_is_let_go_though_its_document_is_not(house: House) -> None:
    """Or its process, recycled later, would seem to have lost it, and the healthy document would fail."""
    job = house.accept()
    first, second = ranges(job.id, (1, 2), 1)
    house.take("worker/1")
    house.queue.split(job.id, 2, [first, second])
    assert house.take("worker/1") == (first, 1)
    house.queue.release(first, "another/1")
    assert house.redis.zscore(keys.RUNNING, str(first)) is not None
    house.queue.release(first, "worker/1")
    house.keeping.keep_alive("worker", [])
    house.keeping.recover()
    assert house.calls == 0 and not house.reader.read(job.id).ended


def test_what_a_leaving_worker_drops_is_not_held_against_the_job(house: House) -> None:
    job = house.accept()
    for _ in range(5):
        assert house.take("worker/1")
        house.keeping.leave("worker")
        house.keeping.keep_alive("worker", [])
        house.keeping.recover()
    assert not house.reader.read(job.id).ended and house.calls == 5


def test_a_password_is_not_kept_once_the_job_has_ended(house: House) -> None:
    jobs = house.jobs
    options, caller = Options(("en",), "balanced", 300, password="hush"), Caller("anonymous", "request")
    first = jobs.submit(BytesIO(picture("text")), "a.png", options, caller)
    house.blobs.put(first.result_key, BytesIO(b"{}"))
    house.take()
    assert house.endings.finish(first.id)
    hit = jobs.submit(BytesIO(picture("text")), "b.png", options, caller)
    assert hit.outcome.cached
    assert [house.redis.hget(keys.JOB + job.id, "password") for job in (first, hit)] == [None, None]


def test_a_server_without_memory_is_an_outage_and_no_bug(house: House) -> None:
    house.redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(BrokerUnavailable):
            house.accept()
    finally:
        house.redis.config_set("maxmemory", "0")
