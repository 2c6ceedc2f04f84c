"""What docs/events.md shows beside its JSON calls works: the stream in curl, the scripts in a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from config import ROOT
from tests.support.following import parsed
from tests.support.stack import Stack, picture

GUIDE = (ROOT / "docs" / "events.md").read_text()
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NAMES = ["job_queued", "job_started", "job_progress", "job_completed"]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, so the guide's call is not tried")
def test_the_guides_stream_comes_in_curl(stack: Stack) -> None:
    (command,) = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    job_id = stack.submit(str(uuid.uuid4()))
    script = f"JOB={job_id}\n{command.replace('http://127.0.0.1:5000', stack.url)}"
    done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, timeout=60, check=True)
    assert [event.name for event in parsed(iter(done.stdout.splitlines()))] == NAMES


@pytest.fixture
def page(stack: Stack) -> Iterator[Page]:
    """A page of the service that may connect to it."""
    if not CHROMIUM:
        pytest.skip("SKIPPED: chromium is not installed, so the guide's scripts are not tried")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{stack.url}/docs/")
        yield page
        browser.close()


def told(page: Page, script: str, function: str, job_id: str) -> list[list[Any]]:
    """The events with which the guide's function called back, up to the final one."""
    collect = "(name, data) => { all.push([name, data]); if (name === 'job_completed') done(all); }"
    body = f"{script}\nconst all = []; {function}(jobId, {collect});"
    found: list[list[Any]] = page.evaluate(f"(jobId) => new Promise((done) => {{ {body} }})", job_id)
    return found


def test_the_guides_scripts_follow_jobs_in_a_browser(stack: Stack, page: Page) -> None:
    events, messages = re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL)
    job_id = stack.submit(str(uuid.uuid4()))
    found = told(page, events, "follow", job_id)
    assert [name for name, _ in found] == NAMES and found[-1][1]["job_id"] == job_id
    with stack.client() as client:
        file = {"image": ("a.png", picture(str(uuid.uuid4())))}
        answer = client.post("/api/v1/ocr/process/async", files=file, data={"type": "receipt"})
    found = told(page, messages, "watch", answer.json()["data"]["job_id"])
    assert [name for name, _ in found] == NAMES
