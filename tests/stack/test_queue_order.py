"""Whose turn it is, decided by a real Valkey."""

from __future__ import annotations

from itertools import groupby

import pytest
import redis

from services.errors import QueueFull
from services.jobs.model import JobError, Sender
from services.jobs.units import Unit, ranges
from tests.support.house import Roles, new_job

MOST = 20


class Line(Roles):
    """How jobs come in and units are taken; each is done when it was taken."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(client, most=MOST)
        self._holder = 0

    def accept(self, client: str = "", *, document: bool = False, in_memory: bool = False, key: str = "") -> str:
        sender, own = Sender("anonymous", "request", client), "" if in_memory else key or None
        job = new_job(own, sender=sender, document=document, in_memory=in_memory)
        self.intake.accept(job)
        return job.id

    def take(self) -> Unit | None:
        self._holder += 1
        taken = self.queue.next(f"worker/{self._holder}", 5)
        return taken[0] if taken else None

    def all(self) -> list[Unit]:
        """Everything that waits, in the order in which it is taken."""
        return list(iter(self.take, None))

    def open(self, pages: int, size: int = 4) -> list[Unit]:
        """Take the unit that is next, which is a document, and split it."""
        unit = self.take()
        assert unit
        parts = ranges(unit.job_id, tuple(range(1, pages + 1)), size)
        self.queue.split(unit.job_id, pages, parts)
        return parts


@pytest.fixture
def line(valkey: redis.Redis) -> Line:
    return Line(valkey)


def test_one_clients_pictures_are_taken_as_they_came(line: Line) -> None:
    jobs = [line.accept() for _ in range(MOST)]
    assert [unit.job_id for unit in line.all()] == jobs


def test_who_waits_for_what_another_client_sent_last_does_not_wait_for_all_of_that(line: Line) -> None:
    """It pays for that with its own turn."""
    first, *others, wanted = [line.accept("a", key=str(number)) for number in range(10)]
    follower = line.accept("b", key="9")
    own = line.accept("b")
    assert line.endings.followers(wanted) == [follower]
    assert [unit.job_id for unit in line.all()][:4] == [first, wanted, others[0], own]


def test_who_sends_the_same_again_gains_nothing_by_it(line: Line) -> None:
    jobs = [line.accept("a", key=str(number)) for number in range(10)]
    for _ in range(3):
        line.accept("a", key="9")
    assert [unit.job_id for unit in line.all()] == jobs


@pytest.mark.parametrize("client", ["a", "b"])
@pytest.mark.parametrize("size", [1, 4])
def test_a_picture_waits_for_one_part_of_a_long_document(line: Line, client: str, size: int) -> None:
    line.accept("a", document=True)
    parts = line.open(500, size)
    assert [line.take() for _ in range(3)] == parts[:3]
    picture = line.accept(client)
    assert Unit(picture) in [line.take(), line.take()]


def test_one_clients_many_files_do_not_hold_up_anothers_one(line: Line) -> None:
    many = [line.accept("a") for _ in range(10)]
    assert line.take() == Unit(many[0])
    one = line.accept("b")
    assert Unit(one) in [line.take(), line.take()]


def test_clients_with_much_to_do_take_turns(line: Line) -> None:
    whose = {line.accept(client): client for client in "a" * 8 + "b" * 8}
    order = "".join(whose[unit.job_id] for unit in line.all())
    assert max(len(list(run)) for _, run in groupby(order)) <= 2, order


def test_pages_count_and_not_parts(line: Line) -> None:
    """Of two clients' documents, cut into parts of one page and of four, as many pages are read at any time."""
    pages = {}
    for client, size in (("a", 1), ("b", 4)):
        job_id = line.accept(client, document=True)
        line.open(40, size)
        pages[job_id] = 0
    while unit := line.take():
        pages[unit.job_id] += unit.pages
        assert max(pages.values()) - min(pages.values()) <= 5, pages
    assert set(pages.values()) == {40}


def test_new_clients_do_not_put_off_for_ever_who_waits_already(line: Line) -> None:
    first, second = line.accept("a"), line.accept("a")
    assert line.take() == Unit(first)
    taken = []
    for number in range(10):
        line.accept(f"new {number}")
        line.accept(f"another {number}")
        taken.append(line.take())
    assert Unit(second) in taken[:3]


def test_scans_go_before_everything_as_they_came(line: Line) -> None:
    line.accept("a")
    scans = [line.accept(in_memory=True) for _ in range(3)]
    assert [unit.job_id for unit in line.all()][:3] == scans


def test_what_was_lost_goes_before_what_has_not_had_its_turn(line: Line) -> None:
    lost, *others = [line.accept() for _ in range(5)]
    assert line.take() == Unit(lost)
    line.upkeep.renew("worker", 5, [])
    assert line.upkeep.requeue_lost(Unit(lost), 3, 100) == "again"
    assert [unit.job_id for unit in line.all()] == [lost, *others]


def test_what_was_given_up_is_not_held_against_its_client(line: Line) -> None:
    others = [line.accept("b") for _ in range(5)]
    for job_id in [line.accept("a") for _ in range(10)]:
        line.endings.finish(job_id, JobError("bad_input", "text"))
    one = line.accept("a")
    assert len(others) == 5 and Unit(one) in [line.take(), line.take()]


def test_a_part_that_a_second_process_cuts_again_is_not_run_twice(line: Line) -> None:
    """As when a process was stopped for longer than its lease, and goes on."""
    job_id = line.accept(document=True)
    parts = line.open(8)
    assert line.take() == parts[0]
    assert line.queue.split(job_id, 8, parts)
    assert line.all() == parts[1:]


def test_places_tell_the_order(line: Line) -> None:
    line.accept("a", document=True)
    line.open(40)
    later = line.accept("a", document=True)
    picture, scan = line.accept("b"), line.accept(in_memory=True)
    places = [line.reader.queue_position(job_id) for job_id in (scan, picture, later)]
    assert places == sorted(place for place in places if place) and places[0] == 1
    assert line.take() == Unit(scan) and line.reader.queue_position(scan) is None


def test_a_full_queue_takes_nothing_in_but_what_costs_nothing(line: Line) -> None:
    jobs = [line.accept(key="same")] + [line.accept() for _ in range(MOST - 1)]
    records = line.redis.dbsize()
    with pytest.raises(QueueFull):
        line.accept()
    with pytest.raises(QueueFull):
        line.intake.check_room("other")
    assert line.redis.dbsize() == records
    line.intake.check_room("same")
    line.accept(key="same")
    line.accept(in_memory=True)
    for _ in range(2):
        line.take()
    assert line.reader.read(jobs[0]).status == "processing"
    line.accept()
    with pytest.raises(QueueFull):
        line.accept()
