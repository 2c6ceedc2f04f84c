"""JSON from outside."""

from __future__ import annotations

import json


def parsed(text: str | bytes) -> object:
    """What it says. Raises ValueError, also where it is nested too deep, or has texts that UTF-8 cannot hold."""
    try:
        found: object = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    return found
