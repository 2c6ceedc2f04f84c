"""Whether an issuer that is killed harms anybody with a good token of a known key, by the clock on the wall.

A web server with the issuer's public keys is killed, and comes back with a new key after so many minutes. All the while
tokens are sent to every web process, and strangers' tokens beside them, whose keys nobody knows. In the middle a web
process is killed too, so that a new one starts while there is no issuer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from uuid import uuid4

from joserfc.jwk import KeySet, RSAKey

from benchmarks.harness import report
from benchmarks.harness.client import BadAnswer, answered, connected
from benchmarks.harness.report import Report, Table, progress
from tests.support.issuer import Issuer
from tests.support.stack import Stack, eventually
from tests.support.stack import running as service

PROCESSES = 2
PAUSE, CALLS = 3.0, 6
"""Seconds between two rounds, and calls of a round, each over a connection of its own: either process gets some."""

BEFORE, STRANGER, DURING, AFTER, NEW = "before", "stranger", "during", "after", "new key"
KEYS = "jwks"

HOW = """Every {pause:.0f} seconds {calls} calls of `GET /me`, each over a connection of its own and each with a token
made for it, so that every signature is reckoned; which process answered is told by the log. Beside them goes a token of
a key that nobody knows, which has the service look for the issuer again. The issuer is a process that is killed
(SIGKILL). Half way a web process is killed as well: who takes its place has never seen the issuer. A call that was cut
off by that is counted by itself."""


@dataclass(frozen=True, slots=True)
class Call:
    """`at` counts from when the issuer was killed; `status` is empty where the connection was cut off."""

    phase: str
    at: float
    status: str
    ms: float
    request_id: str


@dataclass(slots=True)
class Watched:
    """A service and all that was asked of it."""

    stack: Stack
    issuer: Issuer
    began: float = field(default_factory=time.monotonic)
    calls: list[Call] = field(default_factory=list)

    def call(self, phase: str, token: str) -> str:
        """The status."""
        began, request_id = time.monotonic(), uuid4().hex
        try:
            with connected(self.stack.port) as connection:
                status = answered(connection, _request(token, request_id))[0]
        except (BadAnswer, OSError):
            status = ""
        ms = 1000 * (time.monotonic() - began)
        self.calls.append(Call(phase, began - self.began, status, ms, request_id))
        return status

    def round(self, phase: str) -> None:
        """One token for each call, and a stranger's while the issuer is away."""
        for _ in range(CALLS):
            self.call(phase, _token(self.issuer))
        if phase == DURING:
            strange = RSAKey.generate_key(2048, {"kid": f"strange-{uuid4().hex}"})
            self.call(STRANGER, self.issuer.token(strange))
        time.sleep(PAUSE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report; 1 where a good token was refused."""
    report.stoppable()
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        issuer = Issuer()
        with _keys_of(issuer, folder) as server:
            env = {"AUTH": "jwt", **issuer.settings, "WEB_WORKERS": str(PROCESSES), "OCR_WORKERS": "1"}
            with service(folder / "data", **env) as stack:
                watched = Watched(stack, issuer)
                found = _watch(watched, server, folder, options.minutes)
    report.write(_report(watched, found, options), options.out)
    return 1 if _harmed(watched.calls) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.issuer_outage", description="A killed issuer.")
    report.add_options(parser)
    parser.add_argument("--minutes", type=float, default=10)
    return parser


@contextmanager
def _keys_of(issuer: Issuer, folder: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The web server with its public keys, the last of the list, which may be exchanged."""
    servers = [_serve(issuer, folder)]
    try:
        yield servers
    finally:
        for server in servers:
            server.kill()
            server.wait()


def _serve(issuer: Issuer, folder: Path) -> subprocess.Popen[bytes]:
    """On the issuer's port; it answers when this returns."""
    public = folder / "public"
    public.mkdir(exist_ok=True)
    (public / KEYS).write_text(json.dumps(KeySet(issuer.keys).as_dict(private=False)))
    words = ["-m", "http.server", str(issuer.port), "--bind", "127.0.0.1", "--directory", str(public)]
    server = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: _listens(issuer.port), 20)
    return server


def _listens(port: int) -> bool:
    try:
        with connected(port):
            return True
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds, what they were counted from is in the report. `processes` are the calls of each web process."""

    away: float
    new_key_known: float
    processes: Mapping[int, Mapping[str, int]]


def _watch(watched: Watched, servers: list[subprocess.Popen[bytes]], folder: Path, minutes: float) -> Found:
    for _ in range(3):
        watched.round(BEFORE)
    servers[-1].kill()
    servers[-1].wait()
    progress(f"the issuer was killed; {minutes} minutes")
    watched.began = time.monotonic()
    _outage(watched, 60 * minutes)
    watched.issuer.rotate("second")
    servers.append(_serve(watched.issuer, folder))
    back = time.monotonic()
    known = _new_key(watched, back)
    for _ in range(3):
        watched.round(AFTER)
    return Found(back - watched.began, known, _by_process(watched))


def _outage(watched: Watched, seconds: float) -> None:
    """Half way a web process is killed."""
    replaced = False
    while (passed := time.monotonic() - watched.began) < seconds:
        if not replaced and passed > seconds / 2:
            watched.stack.children("gunicorn")[-1].kill()
            replaced = True
        watched.round(DURING)


def _new_key(watched: Watched, back: float) -> float:
    """Seconds until no process refuses the issuer's new key any more; a token of the old one is sent beside it."""
    in_a_row, old = 0, watched.issuer.keys[1]
    while in_a_row < 4 * CALLS:
        in_a_row = in_a_row + 1 if watched.call(NEW, _token(watched.issuer)) == "200" else 0
        watched.call(AFTER, _token(watched.issuer, old))
        time.sleep(0.2)
    return next(call.at for call in watched.calls[-8 * CALLS :] if call.phase == NEW) + watched.began - back


def _token(issuer: Issuer, key: RSAKey | None = None) -> str:
    """Each another one, and good for longer than any outage here."""
    return issuer.token(key, claims={"exp": int(time.time()) + 7200, "jti": uuid4().hex})


def _request(token: str, request_id: str) -> bytes:
    head = f"GET /me HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nX-Request-Id: {request_id}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode()


def _by_process(watched: Watched) -> dict[int, dict[str, int]]:
    """Who answered, by the log; how often each status of the good tokens during the outage."""
    lines = watched.stack.logged()
    pids = {str(line.get("request_id")): int(line["pid"]) for line in lines if "pid" in line}
    found: dict[int, Counter[str]] = {}
    for call in watched.calls:
        if call.phase == DURING and call.request_id in pids:
            found.setdefault(pids[call.request_id], Counter())[call.status] += 1
    return {pid: dict(counted) for pid, counted in found.items()}


def _harmed(calls: Sequence[Call]) -> list[Call]:
    """Good tokens of a known key that were refused."""
    return [call for call in calls if call.phase in (BEFORE, DURING, AFTER) and call.status not in ("200", "")]


def _report(watched: Watched, found: Found, options: argparse.Namespace) -> Report:
    rows = [_row(phase, watched.calls) for phase in (BEFORE, DURING, STRANGER, NEW, AFTER)]
    served = [(f"process {n}", *_counts(found.processes[pid])) for n, pid in enumerate(sorted(found.processes), 1)]
    harmed = len(_harmed(watched.calls))
    said = (
        f"The issuer was away for {found.away / 60:.1f} minutes. "
        f"Good tokens of a known key that were refused: {harmed}. "
        f"Its new key was known to every process {found.new_key_known:.0f} s after it was back."
    )
    return Report(
        name="issuer-outage",
        title="An issuer that is killed",
        parts=[
            said,
            Table(("calls", "answered 200", "401", "503", "cut off", "p50, ms", "longest, ms"), rows),
            Table(("good tokens meanwhile", "200", "401", "503", "cut off"), served),
            HOW.format(pause=PAUSE, calls=CALLS),
        ],
        data={"minutes": options.minutes, **asdict(found), "calls": [asdict(call) for call in watched.calls]},
    )


def _row(phase: str, calls: Sequence[Call]) -> tuple[str, ...]:
    mine = [call for call in calls if call.phase == phase]
    times = [call.ms for call in mine] or [0.0]
    return (phase, *_counts(Counter(call.status for call in mine)), f"{median(times):.1f}", f"{max(times):.1f}")


def _counts(statuses: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(str(statuses.get(status, 0)) for status in ("200", "401", "503", ""))


if __name__ == "__main__":
    sys.exit(main())
