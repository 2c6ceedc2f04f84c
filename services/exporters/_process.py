"""A process that writes one artifact and ends: `python -m services.exporters._process`.

It is told what to do on its standard input and answers the file on its standard output.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys

import services.exporters
from config import ROOT, Settings
from services import plugins
from services.document.model import Document
from services.errors import EngineFailed, ProcessingTimeout, ServiceError, from_code
from services.exporters import Original
from utils.processes import die_with_parent

REFUSED = 3
"""The exit status that goes with an error for the caller."""


def run(settings: Settings, kind: str, document: Document, original: Original) -> bytes:
    """The artifact, written by such a process. Raises what the exporter raises, ProcessingTimeout and EngineFailed."""
    task = pickle.dumps((settings, kind, document, original, os.getpid()))
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(command, input=task, capture_output=True, timeout=settings.request_timeout, cwd=ROOT)
    except subprocess.TimeoutExpired:
        raise ProcessingTimeout("Drawing this page takes too long.") from None
    if done.returncode == REFUSED:
        raise from_code(**json.loads(done.stdout))
    if done.returncode:
        raise EngineFailed("The page cannot be drawn.") from RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def main() -> int:
    """Nothing but the artifact, or the error, may go to standard output."""
    settings, kind, document, original, parent = pickle.load(sys.stdin.buffer)
    die_with_parent(parent)
    try:
        content = plugins.load(services.exporters, kind).build(settings).draw(document, original)
    except ServiceError as error:
        print(json.dumps({"code": error.code, "message": str(error)}))
        return REFUSED
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
