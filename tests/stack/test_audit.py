"""Who has had which document in his hands is written down before it leaves, and nobody changes that unseen."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
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


CALLS = int(os.environ.get("AUDIT_CALLS", "300"))
"""`AUDIT_CALLS=2000 make test-one T=tests/stack/test_audit.py` is the long run."""

MIXED = {
    "GET /ocr/job/<id>/result": "read_result",
    "GET /ocr/job/<id>/artifacts/text": "read_artifact",
    "GET /ocr/job/<id>/artifacts/image": "read_artifact",
    "GET /ocr/job/<id>/pages": "read_result",
    "GET /paddleocr/status/<id>": "read_result",
    "POST /ocr/image": "submitted",
    "POST /paddleocr/predict-async": "submitted",
    "POST /scan-mrz": "scanned",
    "POST /ocr/job/<id>/cancel": "cancelled",
    "DELETE /ocr/job/none": "deleted",
    "POST /admin/keys": "key_made",
    "GET /ocr/job/<id>": "",
    "GET /ocr/jobs": "",
    "POST /tickets": "",
    "GET /me": "",
    "GET /health": "",
}
"""Calls, and the word by which each is written down; empty for none."""


def mixed(stack: Stack, call: str, job_id: str, headers: dict[str, str]) -> int:
    """The status."""
    method, path = call.replace("<id>", job_id).split()
    more: dict[str, Any] = {}
    if path.startswith(("/ocr/image", "/paddleocr/predict", "/scan")):
        more = {"files": {"file": ("secret name.png", picture(f"secret text {uuid.uuid4()}"))}}
    if path == "/admin/keys":
        more = {"json": {"tenant": "shop-3", "user": "new"}}
    with stack.client(headers=headers) as client:
        return client.request(method, path, **more).status_code


def test_every_access_is_one_line(service: Stack, tmp_path: Path) -> None:
    """By its request id, whoever asks for what, and however it is answered, but for who is not known."""
    before = len(lines(service.data / "audit"))
    callers = {
        "a": bearer(new_key(service, "shop-1", "a", "read,write,scan,admin")),
        "b": bearer(new_key(service, "shop-1", "b")),
        "c": bearer(new_key(service, "shop-2", "c")),
        "": {},
    }
    with service.client(headers=callers["a"]) as client:
        file = {"file": ("secret name.png", picture(f"secret text {uuid.uuid4()}"))}
        own = {"Prefer": "wait=20", "X-Request-Id": "the-first-one"}
        job_id = client.post("/ocr/image", files=file, headers=own).json()["job_id"]
    draw = random.Random(14)
    asked = {f"request-{n}": (draw.choice([*callers]), draw.choice([*MIXED])) for n in range(CALLS)}

    def call(request_id: str) -> int:
        who, what = asked[request_id]
        return mixed(service, what, job_id, {**callers[who], "X-Request-Id": request_id})

    with ThreadPoolExecutor(8) as pool:
        statuses = dict(zip(asked, pool.map(call, asked), strict=True))
    told = lines(service.data / "audit")[before:]
    expected = {
        request_id: (MIXED[what], who, str(statuses[request_id]))
        for request_id, (who, what) in asked.items()
        if who and MIXED[what]
    }
    expected["the-first-one"] = ("submitted", "a", "200")
    assert len({*statuses.values()}) >= 6 and not {*statuses.values()} & {429, 500, 503}, Counter(statuses.values())
    found = {line["request_id"]: (line["what"], line["subject"], line["outcome"].split()[0]) for line in told}
    assert found == expected and len(told) == len(expected)
    of_job = [line for line in told if line["what"] in ("read_result", "read_artifact", "cancelled")]
    assert all(line["jobs"] == [job_id] for line in of_job)
    assert {line["outcome"].split()[0] for line in of_job if line["tenant"] == "shop-2"} == {"404"}
    assert {line["address"] for line in told} == {"127.0.0.1"} and "secret" not in json.dumps(told)
    assert {line["key"] for line in told if line["subject"] == "b"} == {id_of_user(service, "b")}
    done = verified(service)
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == f"ok: {before + len(told)} entries"
    _check_found(service.data / "audit", tmp_path / "copy", draw)


def _check_found(audit: Path, copy: Path, draw: random.Random) -> None:
    """Of all lines some are changed, each by itself: that one is named."""
    for _ in range(20):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(audit, copy)
        file = draw.choice(Audit(copy, 1).files())
        rows = file.read_text().splitlines(keepends=True)
        place = draw.randrange(len(rows))
        rows[place] = rows[place].replace('"tenant":"shop-', '"tenant":"shop_').replace('"at":"20', '"at":"19')
        file.write_text("".join(rows))
        with pytest.raises(Fault, match=f"line {place + 1} of "):
            verify(copy)


def test_keys_that_are_made_and_revoked_are_in_it(service: Stack) -> None:
    operate(service, "new", "--tenant", "shop-9", "--user", "fleeting")
    key = id_of_user(service, "fleeting")
    operate(service, "revoke", key)
    told = [(line["what"], line["tenant"]) for line in lines(service.data / "audit") if key in line["jobs"]]
    assert told == [("key_made", "shop-9"), ("key_revoked", "shop-9")]


def test_keys_that_are_made_before_anybody_is_asked_for_one_are_in_it(tmp_path: Path) -> None:
    new_key(Stack(tmp_path / "data", {"OCR_ENGINE": "null"}), "shop-9")
    assert [(line["what"], line["tenant"]) for line in lines(tmp_path / "data" / "audit")] == [("key_made", "shop-9")]


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
