"""Who has had which document in his hands is written down before it leaves, and nobody changes that unseen."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from services.access.audit import Access, Audit, Fault, verify
from tests.support.keys import bearer, id_of_user, new_key, operate
from tests.support.stack import Stack, picture, running

ONE = Access("read_result", "shop-1", "till-1", "key", "127.0.0.1", ("job",), "200", "request")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("audited") / "data", AUTH="keys", WEB_WORKERS="2", OCR_WORKERS="1") as stack:
        yield stack


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in Audit(folder, 1).files() for line in file.read_text().splitlines()]


def verified(stack: Stack) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATA_DIR": str(stack.data), **stack.env}
    words = [sys.executable, "-m", "services.operations.audit"]
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_every_access_is_one_line(service: Stack) -> None:
    before = len(lines(service.data / "audit"))
    keys = {user: bearer(new_key(service, "shop-1", user)) for user in ("a", "b")}
    stranger = bearer(new_key(service, "shop-2", "c"))
    with service.client(headers=keys["a"]) as client:
        file = {"file": ("secret name.png", picture(f"secret text {uuid.uuid4()}"))}
        job_id = client.post("/ocr/image", files=file, headers={"Prefer": "wait=20"}).json()["job_id"]
    calls = {
        f"/ocr/job/{job_id}/result": "read_result",
        f"/ocr/job/{job_id}/artifacts/text": "read_artifact",
        f"/ocr/job/{job_id}/artifacts/image": "read_artifact",
        f"/ocr/job/{job_id}/pages": "read_result",
        f"/paddleocr/status/{job_id}": "read_result",
        "/ocr/jobs": "",
        "/me": "",
        "/health": "",
    }
    wanted = random.Random(14).choices([*calls], k=300)

    def call(number: int) -> int:
        headers = (keys["a"], keys["b"], stranger, {})[number % 4]
        return service.get(wanted[number], headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(len(wanted))))
    told = lines(service.data / "audit")[before:]
    expected = Counter(
        (calls[path], str(status))
        for path, status in zip(wanted, statuses, strict=True)
        if calls[path] and status != 401
    )
    expected["submitted", "200"] += 1
    assert Counter((line["what"], line["outcome"].split()[0]) for line in told) == expected
    assert {line["tenant"] for line in told if line["outcome"].startswith("404")} == {"shop-2"}
    assert {line["subject"] for line in told if line["outcome"] == "200"} <= {"a", "b"}
    assert all(line["jobs"] == [job_id] and line["address"] == "127.0.0.1" and line["request_id"] for line in told)
    assert {line["key"] for line in told if line["subject"] == "b"} == {id_of_user(service, "b")}
    assert "secret" not in json.dumps(told)
    done = verified(service)
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == f"ok: {before + len(told)} entries"


def test_keys_that_are_made_and_revoked_are_in_it(service: Stack) -> None:
    operate(service, "new", "--tenant", "shop-9", "--user", "fleeting")
    key = id_of_user(service, "fleeting")
    operate(service, "revoke", key)
    told = [(line["what"], line["tenant"]) for line in lines(service.data / "audit") if key in line["jobs"]]
    assert told == [("key_made", "shop-9"), ("key_revoked", "shop-9")]


def test_what_cannot_be_written_down_is_not_given_out(tmp_path: Path) -> None:
    with running(tmp_path / "data", AUTH="keys", OCR_WORKERS="1") as stack:
        headers = bearer(new_key(stack, "shop-1"))
        with stack.client(headers=headers) as client:
            file = {"file": ("a.png", picture("confidential"))}
            job_id = client.post("/ocr/image", files=file, headers={"Prefer": "wait=20"}).json()["job_id"]
            folder = stack.data / "audit"
            folder.rename(stack.data / "moved")
            folder.touch()  # a file, in which no other can be made
            for what in ("artifacts/text", "artifacts/image", "result"):
                refused = client.get(f"/ocr/job/{job_id}/{what}")
                assert refused.status_code == 500 and "confidential" not in refused.text
            folder.unlink()
            assert client.get(f"/ocr/job/{job_id}/artifacts/text").text.strip() == "confidential"


def _write(folder: Path, count: int) -> None:
    audit = Audit(folder, 400)
    for number in range(count):
        audit.write(replace(ONE, request_id=f"{os.getpid()}-{number}"))


def test_processes_write_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, 200)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert verify(tmp_path)[0] == 600
    assert [line["n"] for line in lines(tmp_path)] == list(range(1, 601))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda rows: rows[:4] + [rows[4].replace("till-1", "till-2")] + rows[5:], 5),
        (lambda rows: rows[:4] + [rows[4].replace('"200"', '"404"')] + rows[5:], 5),
        (lambda rows: rows[:4] + rows[5:], 5),
        (lambda rows: rows[:4] + [rows[4], rows[4]] + rows[5:], 6),
        (lambda rows: rows[:4] + [rows[5], rows[4]] + rows[6:], 5),
        (lambda rows: rows[:4] + ["{}"] + rows[5:], 5),
        (lambda rows: rows[:4] + [rows[4][:40]] + rows[5:], 5),
    ],
)
def test_a_changed_line_is_found(tmp_path: Path, change: Any, place: int) -> None:
    _write(tmp_path, 10)
    (file,) = Audit(tmp_path, 1).files()
    file.write_text("\n".join(change(file.read_text().splitlines())) + "\n")
    with pytest.raises(Fault, match=f"line {place} of "):
        verify(tmp_path)


def test_days_follow_each_other_and_old_ones_go(tmp_path: Path) -> None:
    _write(tmp_path, 3)
    (today,) = Audit(tmp_path, 1).files()
    earlier = date.fromisoformat(today.stem) - timedelta(days=100)
    today.rename(tmp_path / f"{earlier}.jsonl")
    _write(tmp_path, 3)
    assert verify(tmp_path)[0] == 6 and [line["n"] for line in lines(tmp_path)] == [1, 2, 3, 4, 5, 6]
    Audit(tmp_path, 1).files()[1].unlink()
    Audit(tmp_path, 99).write(ONE)
    assert len(Audit(tmp_path, 1).files()) == 1 and lines(tmp_path)[0]["n"] == 4
    assert verify(tmp_path)[0] == 1


def test_a_line_that_was_cut_off_does_not_take_the_next_one_with_it(tmp_path: Path) -> None:
    _write(tmp_path, 3)
    (file,) = Audit(tmp_path, 1).files()
    file.write_text(file.read_text()[:-30])
    _write(tmp_path, 2)
    assert [json.loads(line)["n"] for line in file.read_text().splitlines()[3:]] == [3, 4]
    with pytest.raises(Fault, match="line 3 of"):
        verify(tmp_path)
