"""`python -m deploy.verify.guard PART FOLDER`: once standard input ends, takes away what the part has left."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from deploy.verify.support.containers import Site

if __name__ == "__main__":
    sys.stdin.read()
    import_module(f"deploy.verify.parts.{sys.argv[1]}").clear(Site(Path(sys.argv[2])))
