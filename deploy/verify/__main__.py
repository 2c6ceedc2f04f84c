"""The runner: each part in turn, then what ran, was skipped or failed. Exit status 1 if one failed."""

from __future__ import annotations

import argparse
import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import deploy.verify.parts
from deploy.verify.one import SKIPPED
from deploy.verify.support.commands import ROOT
from deploy.verify.support.containers import Site
from deploy.verify.support.machine import entitle, isolated, provide
from deploy.verify.support.outcome import Outcome, Skipped, Verdict

FOLDER = ROOT / ".bench" / "deploy"
PART_SECONDS = 1800


def known() -> Mapping[str, ModuleType]:
    """The parts by name."""
    package = deploy.verify.parts
    return {
        module.name: import_module(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)
    }


def wanted(parts: Mapping[str, ModuleType], named: Sequence[str]) -> Iterator[str]:
    """The named parts (all, if none is) and those that they come after, in an order in which they can run."""
    needed = set(named or parts)
    order = [*TopologicalSorter({name: part.AFTER for name, part in parts.items()}).static_order()]
    for name in reversed(order):
        if name in needed:
            needed.update(parts[name].AFTER)
    yield from (name for name in order if name in needed)


def attempt(name: str, part: ModuleType, site: Site, passed: set[str]) -> Outcome:
    """Run one part, unless this machine or an earlier part stands in the way."""
    print(f"== {name}", flush=True)
    began = time.monotonic()
    try:
        if missing := set(part.AFTER) - passed:
            raise Skipped(f"it comes after {' and '.join(sorted(missing))}, not passed")
        entitle(part.PROGRAMS)
        provide(part.PROGRAMS)
        command = [*isolated(part.NAMESPACES), sys.executable, "-m", "deploy.verify.one", name, str(site.folder)]
        record = ["--record"] if site.record else []
        failure = site.folder / f"{name}.failed"
        failure.unlink(missing_ok=True)
        with cleared(name, part, site):
            code = subprocess.run([*command, *record], cwd=ROOT, timeout=PART_SECONDS, check=False).returncode
        if code == SKIPPED:
            raise Skipped((site.folder / f"{name}.skipped").read_text())
    except Skipped as error:
        return Outcome(name, Verdict.SKIPPED, time.monotonic() - began, str(error))
    except subprocess.TimeoutExpired:
        return Outcome(name, Verdict.FAILED, time.monotonic() - began, f"not done in {PART_SECONDS} s")
    if code == 0:
        return Outcome(name, Verdict.PASSED, time.monotonic() - began)
    told = failure.read_text().strip().splitlines() if failure.exists() else []
    return Outcome(name, Verdict.FAILED, time.monotonic() - began, told[0] if told else "see above")


@contextmanager
def cleared(name: str, part: ModuleType, site: Site) -> Iterator[None]:
    """What the part leaves goes at the end of the `with`; a guard sees to it, even if this process is killed."""
    if not hasattr(part, "clear"):
        yield
        return
    command = ("unshare", "--mount", sys.executable, "-m", "deploy.verify.guard", name, str(site.folder))
    # Its standard input ends with this process, however that ends.
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True):
        yield


def summary(outcomes: Sequence[Outcome]) -> str:
    """A line a part, and one that counts."""
    lines = [
        f"{outcome.verdict:8}{outcome.part:10}{outcome.seconds:7.1f} s  {outcome.reason}".rstrip()
        for outcome in outcomes
    ]
    counts = [sum(outcome.verdict is verdict for outcome in outcomes) for verdict in Verdict]
    return "\n".join([*lines, "{} passed, {} failed, {} skipped".format(*counts)])


def main() -> int:
    """Parse the command line and run."""
    parts = known()
    parser = argparse.ArgumentParser(prog="make verify-deploy", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"one of {', '.join(parts)}; all if none is named")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for images, containers and logs")
    parser.add_argument("--record", action="store_true", help="write what is measured into the docs")
    asked = parser.parse_args()
    if unknown := set(asked.part) - set(parts):
        parser.error(f"there is no part {', '.join(unknown)}; choose from {', '.join(parts)}")
    site = Site(asked.folder.absolute(), asked.record)
    try:
        site.folder.mkdir(parents=True, exist_ok=True)
        mine = (site.folder / "lock").open("w")
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until this process ends
        site.prepare()
    except BlockingIOError:
        parser.error(f"another run is at work in {site.folder}; wait for it, or name another --folder")
    except PermissionError as error:
        parser.error(f"{error.filename} cannot be written; run it as who made it, or name another --folder")
    outcomes: list[Outcome] = []
    for name in wanted(parts, asked.part):
        passed = {outcome.part for outcome in outcomes if outcome.verdict is Verdict.PASSED}
        outcomes.append(attempt(name, parts[name], site, passed))
    print(summary(outcomes))
    return int(any(outcome.verdict is Verdict.FAILED for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
