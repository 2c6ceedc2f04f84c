"""`python -m deploy.verify.one PART FOLDER [--record]`: one part, in this process. Exit status 1 if it failed.

Status 3 says that it was skipped. FOLDER/PART.failed or PART.skipped says why.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from deploy.verify.support.containers import Site
from deploy.verify.support.machine import settle
from deploy.verify.support.outcome import Failed, Skipped

SKIPPED = 3


def main(part: str, folder: str, more: Sequence[str]) -> int:
    """Run the part; its figures come to FOLDER/PART.json."""
    module = import_module(f"deploy.verify.parts.{part}")
    site = Site(Path(folder), record="--record" in more)
    try:
        settle(module.NAMESPACES, site.state)
        figures = module.run(site)
    except Failed as failure:
        print(failure)
        (site.folder / f"{part}.failed").write_text(str(failure))
        return 1
    except Skipped as reason:
        (site.folder / f"{part}.skipped").write_text(str(reason))
        return SKIPPED
    (site.folder / f"{part}.json").write_text(json.dumps([asdict(figure) for figure in figures], indent=1))
    for figure in figures:
        print(f"  {figure.subject}: {figure.name} {figure.value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
