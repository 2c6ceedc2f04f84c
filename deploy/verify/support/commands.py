"""Programs as functions: their output, or Failed with the end of what they said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.verify.support.outcome import Failed

ROOT = Path(__file__).parents[3]
TOOLS = Path(sys.executable).parent
"""Where the environment that runs this has its programs."""

LAST = 40
"""Lines of a failed program's output that are shown."""


def run(*argv: str | Path, seconds: float = 120) -> str:
    """Standard output, from the repository's root. Raises Failed, with both outputs' end, on another status than 0."""
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"{' '.join(words[:6])} has not ended in {seconds:.0f} s") from None
    except OSError as error:
        raise Failed(f"{words[0]} cannot be started: {error.strerror}") from error
    if done.returncode:
        told = "\n".join((done.stdout + done.stderr).splitlines()[-LAST:])
        raise Failed(f"{' '.join(words[:6])} ended with {done.returncode}:\n{told}")
    return done.stdout


def files(*patterns: str) -> list[str]:
    """Files of the repository, tracked or new; folders that git ignores are left out."""
    ours = ("-c", f"safe.directory={ROOT}")  # also where root looks at another user's checkout
    told = run("git", *ours, "ls-files", "--cached", "--others", "--exclude-standard", *patterns)
    return told.splitlines()


def works(*argv: str | Path, seconds: float = 30) -> bool:
    """Whether a program ends with 0."""
    try:
        run(*argv, seconds=seconds)
    except Failed:
        return False
    return True
