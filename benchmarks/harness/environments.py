"""A virtual environment for each peer below `.bench`, so that nobody's dependencies meet another's.

Only top-level versions are pinned: the report names those that were measured.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".bench"


class CannotInstall(Exception):
    """An environment could not be made. The message says what pip said."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What pip installs: `requirements`, then without dependencies what is laid `over` them; `unwanted` goes again."""

    requirements: tuple[str, ...]
    over: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


def python(name: str, environment: Environment) -> Path:
    """The interpreter of an environment, made now where it is missing or was made from something else.

    Raises CannotInstall.
    """
    folder = FOLDER / name
    mark, interpreter = folder / "installed", folder / "bin" / "python"
    if not mark.is_file() or mark.read_text() != repr(environment):
        print(f"installing {name}: {', '.join(environment.requirements)}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(folder))
        _install(interpreter, environment)
        mark.write_text(repr(environment))
    return interpreter


def _install(interpreter: Path, environment: Environment) -> None:
    pip = (str(interpreter), "-m", "pip", "--disable-pip-version-check")
    _run(*pip, "install", "--quiet", *environment.requirements)
    if environment.over:
        _run(*pip, "install", "--quiet", "--no-deps", "--force-reinstall", *environment.over)
    if environment.unwanted:
        _run(*pip, "uninstall", "--quiet", "--yes", *environment.unwanted)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CannotInstall(done.stderr.strip()[-500:] or f"{command[0]} ended with {done.returncode}")
