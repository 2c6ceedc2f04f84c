"""Small programs to supervise: `python -m tests.support.faults.children KIND FILE`.

`serve` and `stubborn` (which ignores SIGTERM) fork a child of their own and write both pids to FILE; `crash` ends with
3 at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from utils.processes import die_with_parent


def serve(pids: Path, stubborn: bool) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else lambda *_: sys.exit(0))
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        die_with_parent(parent)
    else:
        ready = pids.with_suffix(".new")
        ready.write_text(f"{parent} {child}")
        ready.replace(pids)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    kind, path = sys.argv[1:]
    if kind == "crash":
        sys.exit(3)
    serve(Path(path), stubborn=kind == "stubborn")
