"""What an uploaded picture costs in memory, told by a fresh process that opens and renders it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_READ = """
import json, resource, sys
from pathlib import Path
from services.errors import BadInput
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, open_source, sniff

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

path = Path(sys.argv[1])
before, code = peak(), ""
limits = Limits(4960, 7016, 100_000_000, 100)
try:
    with open_source(path, sniff(path.read_bytes()[:HEAD_BYTES]), limits=limits) as source:
        for number in source.numbers:
            source.render(number)
except BadInput as error:
    code = error.code
print(json.dumps([(peak() - before) // 1024, code]))
"""


class Cost(NamedTuple):
    """What was added to the peak, and the code of the error that came of it, empty where all pages were rendered."""

    megabytes: int
    code: str


def cost(path: Path) -> Cost:
    """Of opening a file and rendering all of its pages."""
    command = [sys.executable, "-c", _READ, str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return Cost(*json.loads(told))
