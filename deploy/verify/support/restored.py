"""The way back from a copy, as docs/operating.md has it."""

from __future__ import annotations

import shutil

import httpx

from deploy.verify.support.client import HEADERS
from deploy.verify.support.composed import Stack
from deploy.verify.support.containers import BASE, until
from deploy.verify.support.outcome import check

VOLUMES = ("data", "redis")


def check_restored(stack: Stack, url: str, job: str) -> None:
    """Copy the stopped stack's volumes, remove all, put the copy back, start: the job has its result. Raises Failed."""
    before = httpx.get(f"{url}/ocr/job/{job}/result", headers=HEADERS, timeout=30)
    check(before.status_code == 200, f"job {job} was answered with {before.status_code} before the copy")
    folder = stack.site.folder / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    stack.compose("stop")
    _tar(stack, "-czf", *VOLUMES)
    stack.down()
    _tar(stack, "-xzf")
    for services in (("redis", "spool"), ("worker", "api"), ("nginx",)):
        stack.up(*services)
    until(lambda: _text(url, job) == before.text, 60, f"job {job} as it was before")


def _text(url: str, job: str) -> str:
    try:
        return httpx.get(f"{url}/ocr/job/{job}/result", headers=HEADERS, timeout=30).text
    except httpx.HTTPError:
        return ""


def _tar(stack: Stack, how: str, *what: str) -> None:
    named = [part for name in VOLUMES for part in ("--volume", f"ocr_{name}:/{name}")]
    copy = ("--volume", f"{stack.site.folder / 'copy'}:/copy")
    tar = ("tar", "-C", "/", how, "/copy/ocr-backup.tgz", *what)
    stack.site.podman("run", "--rm", "--network", "none", *named, *copy, BASE, *tar)
