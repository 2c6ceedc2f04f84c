"""Requests to the running service."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from deploy.verify.support.commands import ROOT
from deploy.verify.support.outcome import check

TRIES = 12
"""For a passport, 8 seconds each: a worker that is busy for longer on a slow machine is no fault."""

LOST = "ocr_units_lost_total"
"""The metric of units that were taken back from workers that died."""

HEADERS: dict[str, str] = {}
"""What all requests send: a key, once `let_in` was told one. Each part is a process of its own."""

FIRST_KEY = ("python", "-m", "services.operations.keys", "new", "--tenant", "verify", "--user", "operator")
"""The operator's command, in a container."""
SCOPES = ("--scopes", "read,write,scan,admin")

EXAMPLES = ROOT / "examples"
RECEIPT = EXAMPLES / "receipt.png"


def let_in(url: str, printed: str) -> None:
    """Have all requests send the key that the operator's command printed last. Raises Failed unless it is needed."""
    key = printed.strip().splitlines()[-1]
    check(key.startswith("ocr_"), "the operator's command printed no key last")
    for headers, expected in (({}, 401), ({"X-API-Key": f"{key}x"}, 401), ({"X-API-Key": key}, 200)):
        came = httpx.get(f"{url}/ocr/jobs", headers=headers, timeout=10).status_code
        check(came == expected, f"{'with' if headers else 'without'} a key came {came}, not {expected}")
    HEADERS["Authorization"] = f"Bearer {key}"


def status(url: str) -> int:
    """Of a GET; 0 where nothing answers."""
    try:
        return httpx.get(url, headers=HEADERS, timeout=5).status_code
    except httpx.HTTPError:
        return 0


def varied(file: Path, number: int) -> bytes:
    """The file with a byte more at its end, which no reader minds and no cache knows."""
    return file.read_bytes() + bytes([number])


def submitted(url: str, path: str, content: bytes) -> str:
    """The id of an accepted job."""
    answer = httpx.post(f"{url}{path}", files={"file": ("upload", content)}, headers=HEADERS, timeout=60)
    check(answer.status_code == 202, f"{path} was answered with {answer.status_code}: {answer.text[:300]}")
    return str(answer.json()["job_id"])


def result(url: str, job: str, seconds: int = 180) -> dict[str, Any]:
    """The result of a job, once it is there."""
    with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as client:
        for _ in range(max(1, seconds // 30)):
            if client.get(f"/ocr/job/{job}", params={"wait": 30}).status_code == 200:
                break
        answer = client.get(f"/ocr/job/{job}/result")
    check(answer.status_code == 200, f"job {job} was answered with {answer.status_code}: {answer.text[:300]}")
    found: dict[str, Any] = answer.json()
    return found


def unfinished(url: str, jobs: Iterable[str]) -> int:
    """How many of the jobs have not come to their end yet."""
    return sum(status(f"{url}/ocr/job/{job}") == 202 for job in jobs)


def metric(url: str, name: str) -> float:
    """A metric without labels. Asking for it counts towards no limit, as asking for jobs does."""
    lines = httpx.get(f"{url}/metrics", headers=HEADERS, timeout=30).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def posted(url: str, path: str, content: bytes) -> dict[str, Any]:
    """The answer to an upload that waits for its result."""
    wait = {"Prefer": "wait=30", **HEADERS}
    answer = httpx.post(f"{url}{path}", files={"file": ("upload", content)}, headers=wait, timeout=90)
    if answer.status_code == 202:
        return result(url, answer.json()["job_id"])
    check(answer.status_code == 200, f"{path} was answered with {answer.status_code}: {answer.text[:300]}")
    found: dict[str, Any] = answer.json()
    return found


def check_passport(url: str) -> None:
    """Raises Failed unless the passport's zone is found, once a worker is free for it.

    It is read as a job first: a process that has never looked for a zone takes longer for its first one, and one that
    is given up after 8 seconds may have its process replaced, so that on a slow machine no try would ever be the last.
    """
    files = {"file": ("upload", (EXAMPLES / "passport.jpg").read_bytes())}
    read = {"extract": "mrz", "text": "false"}
    wait = {"Prefer": "wait=60", **HEADERS}
    answer = httpx.post(f"{url}/ocr/image", files=files, data=read, headers=wait, timeout=90)
    for number in range(TRIES):
        answer = httpx.post(f"{url}/scan-mrz", files=files, headers=HEADERS, timeout=60)
        if answer.status_code != 503:
            break
        print(f"  /scan-mrz, try {number + 1}: {answer.text[:200]}", flush=True)
        time.sleep(number)
    check(answer.status_code == 200, f"/scan-mrz was answered with {answer.status_code}: {answer.text[:300]}")
