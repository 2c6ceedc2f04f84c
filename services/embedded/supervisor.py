"""Starts children, keeps them running and stops them, all in one thread that looks ten times a second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

import psutil

from config import ROOT, Settings
from services.embedded import broker, checks
from services.embedded.checks import CannotStart
from services.embedded.child import Child, address

DOOR = ROOT / "utils" / "processes.py"
TICK_SECONDS = 0.1
BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
CRASHES, CRASH_WINDOW_SECONDS = 5, 60.0
HURRY_SECONDS = 1.0
KILL_SECONDS = 3.0
LOG_LINES = 5

READY = """Ready in {seconds:.1f} s: {url}
Try it:
  curl -F file=@examples/receipt.png -H 'Prefer: wait=30' {url}/ocr/image
Stop with Ctrl-C."""


def run(settings: Settings, children: Sequence[Child], ready: Callable[[], bool], ready_within: float = 120.0) -> int:
    """Run `children` until SIGINT, SIGTERM or SIGHUP, and return the exit code; for the main thread only.

    `ready` is asked once all are up and decides when the address is printed. After `ready_within` seconds without it
    a line says what is awaited, and the waiting goes on. 0 after a signal; 1, with a sentence on stderr, when the
    service cannot start here or a child never comes up.
    """
    try:
        with _stop_signals() as stops:
            checks.prepare(settings)
            checks.audits(settings)
            with checks.only_one(settings) as lock:
                checks.space(settings)
                checks.port(settings)
                checks.store(settings)
                checks.spool(settings)
                return _Supervisor(settings, children, ready, ready_within, lock, stops).run()
    except CannotStart as error:
        _say(str(error), problem=True)
        return 1


def _say(text: str, problem: bool = False) -> None:
    with suppress(OSError):  # a closed terminal must not keep the children from being stopped
        print(text, file=sys.stderr if problem else sys.stdout, flush=True)


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """The requests to stop so far. SIGHUP stays ignored where it is (nohup)."""
    stops: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        stops.append(number)

    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    before = {number: signal.signal(number, note) for number in wanted}
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class _Run:
    """A child as it is now. Times are time.monotonic()."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    up: bool = False
    was_up: bool = False
    start_at: float = 0.0
    deaths: deque[float] = field(default_factory=deque)

    def start(self, lock: int) -> None:
        additions = [f"{name}={value}" for name, value in self.child.env.items()]
        door = [sys.executable, "-I", "-S", str(DOOR), str(os.getpid()), *additions, "--"]
        self.process = subprocess.Popen(
            [*door, *self.child.argv],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,) if self.child.keeps_lock else (),
        )

    def look(self) -> None:
        self.up = self.up or self.child.up()
        self.was_up = self.was_up or self.up

    def bury(self, now: float) -> float:
        """Note a death, clear up after it, and give the seconds until the next start."""
        if self.process:
            end_session(self.process.pid)
        self.process, self.up = None, False
        self.deaths.append(now)
        while self.was_up and now - self.deaths[0] > CRASH_WINDOW_SECONDS:
            self.deaths.popleft()
        delay = BACKOFF_SECONDS[min(len(self.deaths), len(BACKOFF_SECONDS)) - 1]
        self.start_at = now + delay
        return delay


class _Supervisor:
    def __init__(
        self,
        settings: Settings,
        children: Sequence[Child],
        ready: Callable[[], bool],
        ready_within: float,
        lock: int,
        stops: list[int],
    ) -> None:
        self.settings, self.ready, self.ready_within = settings, ready, ready_within
        self.lock, self.stops = lock, stops
        self.runs = {child.name: _Run(child) for child in children}
        self.began = time.monotonic()
        self.announced = self.warned = False

    def run(self) -> int:
        try:
            while not self.stops:
                self._tick(time.monotonic())
                self._announce()
                time.sleep(TICK_SECONDS)
        finally:
            self._stop()
        return 0

    def _tick(self, now: float) -> None:
        for run in self.runs.values():
            if run.process is None:
                self._start(run, now)
            elif run.process.poll() is not None:
                self._died(run, run.process.returncode, now)
            else:
                run.look()

    def _start(self, run: _Run, now: float) -> None:
        if now < run.start_at or not all(self.runs[name].up for name in run.child.needs):
            return
        try:
            run.start(self.lock)
        except OSError as error:
            raise CannotStart(f"{run.child.name} cannot be started: {error.strerror}.") from error

    def _died(self, run: _Run, status: int, now: float) -> None:
        delay = run.bury(now)
        if not run.was_up and len(run.deaths) >= CRASHES:
            raise CannotStart(_hopeless(run.child, status))
        _say(f"{run.child.name} ended ({_reason(status)}); starting it again in {delay} s.", problem=True)

    def _announce(self) -> None:
        waited = time.monotonic() - self.began
        if self.announced:
            return
        if all(run.up for run in self.runs.values()) and self.ready():
            _say(READY.format(seconds=waited, url=address(self.settings)))
            self.announced = True
        elif waited > self.ready_within and not self.warned:
            missing = [run.child.name for run in self.runs.values() if not run.up]
            url = f"{address(self.settings)}/health/ready"
            _say(f"Not ready after {waited:.0f} s, waiting for {', '.join(missing) or url}.", problem=True)
            self.warned = True

    def _stop(self) -> None:
        if self.stops:
            _say("Stopping; Ctrl-C again to hurry.")
        for run in reversed(self.runs.values()):
            self._end(run)
        broker.remove_sockets(self.settings)

    def _end(self, run: _Run) -> None:
        if run.process is None:
            return
        for number, seconds in run.child.stop:
            run.process.send_signal(number)
            if self._ends_within(run.process, seconds):
                break
        end_session(run.process.pid)
        run.process.wait()

    def _ends_within(self, process: subprocess.Popen[bytes], seconds: float) -> bool:
        began = time.monotonic()
        while process.poll() is None:
            hurried = len(self.stops) > 1
            if time.monotonic() - began > (min(seconds, HURRY_SECONDS) if hurried else seconds):
                return False
            time.sleep(0.05)
        return True


def _reason(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"killed by {signal.Signals(-status).name}"


def _hopeless(child: Child, status: int) -> str:
    text = f"{child.name} ended {CRASHES} times without ever being ready (last: {_reason(status)}), so all is stopped."
    if child.log is None:
        return f"{text} Its last lines are above."
    with suppress(OSError):
        lines = child.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"{text} The end of {child.log}:", *(f"  {line}" for line in lines)])
    return f"{text} It left no {child.log}."


def end_session(leader: int) -> None:
    """Kill whatever is left of the session that `leader` was started in, its grandchildren included."""
    deadline = time.monotonic() + KILL_SECONDS
    while (left := [pid for pid in psutil.pids() if _lives_in(pid, leader)]) and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _lives_in(pid: int, leader: int) -> bool:
    try:
        if os.getsid(pid) != leader:
            return False
        if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return True
    except (OSError, psutil.Error):
        return False
    if pid != leader:  # an orphan is ours to reap where we are a container's first process
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    return False
