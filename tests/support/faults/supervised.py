"""A supervisor to do harm to: `python -m tests.support.faults.supervised JSON`; `main` says what is in the JSON."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from config import Settings
from services.embedded import Child, run, valkey


def fake(name: str, kind: str, pids: Path, needs: tuple[str, ...]) -> Child:
    return Child(
        name=name,
        argv=(sys.executable, "-m", "tests.support.faults.children", kind, str(pids)),
        up=pids.exists,
        env={"SUPERVISED_AS": name},
        needs=needs,
        stop=((signal.SIGTERM, 1.0), (signal.SIGINT, 1.0)) if kind == "stubborn" else ((signal.SIGTERM, 20.0),),
    )


def main(spec: dict[str, object]) -> int:
    kinds, ready_within = spec.pop("kinds"), spec.pop("ready_within", 120.0)
    assert isinstance(kinds, dict) and isinstance(ready_within, float)
    settings = Settings(**{**spec, "data_dir": Path(str(spec["data_dir"]))})  # type: ignore[arg-type]
    store = () if settings.redis_url else (valkey(settings),)
    needs = tuple(child.name for child in store)
    fakes = (fake(name, kind, settings.data_dir / f"{name}.pids", needs) for name, kind in kinds.items())
    return run(settings, (*store, *fakes), lambda: True, ready_within)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
