"""Probe answers. Liveness looks only at this process; readiness asks what the service cannot do without."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psutil

from services.errors import BrokerUnavailable
from services.jobs.workers import WorkerRegistry, WorkerState
from services.ocr.engine import EngineInfo
from utils.memory import mb, used_percent

ADVICE = {
    "broker": "Start Redis or Valkey, or correct REDIS_URL.",
    "worker": "Start a worker; its log says why it cannot load its models.",
    "memory": "Memory is nearly used up: lower OCR_WORKERS or give the container more.",
}
OPEN = (
    "Whoever reaches this address may send documents and read everybody's results: set AUTH=keys (docs/access.md), or "
    "HOST=127.0.0.1."
)
NEARLY_FULL = 90.0


@dataclass(frozen=True, slots=True)
class Health:
    """Asks the broker and the registry of workers; raises nothing. `ping` raises BrokerUnavailable.

    `is_open` is whether strangers are let in, see `Settings.is_open`.
    """

    ping: Callable[[], None]
    workers: WorkerRegistry
    engine: EngineInfo
    version: str
    is_open: bool = False
    started: float = field(default_factory=time.time)

    def alive(self) -> dict[str, Any]:
        """This process, without asking anybody."""
        return {"status": "alive", "uptime_seconds": round(time.time() - self.started, 1), "memory": _memory()}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether the broker answers and a worker with loaded models is there; busy is still ready."""
        checks, workers = self._look()
        missing = [name for name, fine in checks.items() if not fine]
        return not missing, {
            "status": "not_ready" if missing else "ready",
            "checks": _words(checks),
            "missing": missing,
            "memory": _memory(),
            "workers": _workers(workers),
        }

    def report(self) -> dict[str, Any]:
        """The whole picture, for people and monitors."""
        checks, workers = self._checked()
        status = _status(checks)
        loaded = any(w.loaded for w in workers)
        advice = [ADVICE[name] for name, fine in checks.items() if not fine]
        return {
            "status": status,
            "service": "ocr",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "version": self.version,
            "ocr_service": self._ocr_service(status, loaded),
            "checks": _words(checks),
            "details": {
                "service_status": status,
                "recommendations": [*advice, OPEN] if self.is_open else advice,
                "workers": _workers(workers),
            },
        }

    def status(self) -> str:
        """`healthy`, `degraded` or `unhealthy`, as in `report`."""
        return _status(self._checked()[0])

    def _checked(self) -> tuple[dict[str, bool], list[WorkerState]]:
        checks, workers = self._look()
        return {**checks, "memory": used_percent() < NEARLY_FULL}, workers

    def _ocr_service(self, status: str, loaded: bool) -> dict[str, Any]:
        return {
            "service": self.engine.name,
            "initialized": loaded,
            "paddleocr_available": loaded,
            "status": status,
            "memory_usage": _memory(),
        }

    def _look(self) -> tuple[dict[str, bool], list[WorkerState]]:
        try:
            self.ping()
            workers = self.workers.all()
        except BrokerUnavailable:
            return {"broker": False, "worker": False}, []
        return {"broker": True, "worker": any(w.loaded for w in workers)}, workers


def uptime() -> float:
    """Seconds since the service was started: the same in all web processes, which are of one process group."""
    try:
        return time.time() - psutil.Process(os.getpgrp()).create_time()
    except psutil.Error:
        return time.time() - psutil.Process().create_time()


def _status(checks: dict[str, bool]) -> str:
    return "healthy" if all(checks.values()) else "degraded" if checks["broker"] else "unhealthy"


def _words(checks: dict[str, bool]) -> dict[str, str]:
    return {name: "ok" if fine else "failed" for name, fine in checks.items()}


def _memory() -> dict[str, Any]:
    """`percent` is of the container's limit."""
    info = psutil.Process(os.getpid()).memory_info()
    return {
        "rss": info.rss,
        "vms": info.vms,
        "rss_mb": mb(info.rss),
        "vms_mb": mb(info.vms),
        "percent": used_percent(),
    }


def _workers(workers: list[WorkerState]) -> list[dict[str, Any]]:
    return [
        {
            "host": worker.host,
            "loaded_processes": len(worker.loaded),
            "rss_mb": mb(sum(worker.rss.values())),
            "processes": [{"pid": int(pid), "rss_mb": mb(size)} for pid, size in sorted(worker.rss.items())],
        }
        for worker in workers
    ]
