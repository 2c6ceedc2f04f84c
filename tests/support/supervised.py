"""A supervisor of real processes, to be hurt and looked at from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import redis

from config import ROOT, Settings
from services.embedded import redis_url
from tests.support.stack import eventually, free_port

SERVING = {"worker": "serve", "web": "serve"}
WAIT = 20.0


class Supervised:
    """A supervisor process, what it prints, and what it keeps in `data_dir` (seen from its mount namespace)."""

    def __init__(self, output: Path, data_dir: Path, prefix: tuple[str, ...] = (), **spec: Any) -> None:
        self.settings = Settings(host="127.0.0.1", port=spec.get("port") or free_port(), data_dir=data_dir)
        spec = {"kinds": SERVING, "host": "127.0.0.1", **spec, "port": self.settings.port, "data_dir": str(data_dir)}
        self.output = output / f"{time.monotonic_ns()}.out"
        with self.output.open("wb") as out:
            python = (sys.executable, "-W", "error", "-m", "tests.support.faults.supervised")
            self.process = subprocess.Popen(
                [*prefix, *python, json.dumps(spec)], cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def until_ready(self) -> Supervised:
        eventually(lambda: "Ready in" in self.text or self.process.poll() is not None, WAIT)
        assert "Ready in" in self.text, self.text
        return self

    def sessions(self) -> list[int]:
        """The pids of the running children: each leads its session."""
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def forked(self, name: str) -> list[int]:
        return [int(pid) for pid in (self.settings.data_dir / f"{name}.pids").read_text().split()]

    def valkey(self) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if child.name().startswith("valkey"))

    def ends(self, seconds: float = WAIT) -> int:
        return self.process.wait(seconds)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ends()


def client(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(redis_url(settings), decode_responses=True)


def put(settings: Settings, key: str) -> None:
    with client(settings) as store:
        store.set(key, "kept")


def kept(settings: Settings, key: str) -> bool:
    try:
        with client(settings) as store:
            return bool(store.get(key) == "kept")
    except redis.RedisError:
        return False


def alive(sessions: list[int]) -> list[int]:
    """Processes, zombies aside, that live in one of these sessions or are one of these pids."""

    def lives(pid: int) -> bool:
        try:
            return (pid in sessions or os.getsid(pid) in sessions) and psutil.Process(
                pid
            ).status() != psutil.STATUS_ZOMBIE
        except (OSError, psutil.Error):
            return False

    return [pid for pid in psutil.pids() if lives(pid)]
