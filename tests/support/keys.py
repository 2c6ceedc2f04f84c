"""API keys of a running service, made as its operator makes them."""

from __future__ import annotations

import os
import subprocess
import sys

from config import ROOT
from services.access.keys import ApiKeys
from services.access.model import scopes_of
from tests.support.stack import Stack


def operate(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """The operator's command beside this service."""
    own = {"DATA_DIR": str(stack.data), **stack.env}
    return subprocess.run(
        [sys.executable, "-m", "services.operations.keys", *words],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def new_key(stack: Stack, tenant: str, user: str = "till-1", scopes: str = "read,write", *more: str) -> str:
    """The key, as the last line says it; beside a running service without the command, which takes seconds."""
    if stack.process and not more:
        return ApiKeys(stack.redis()).create(tenant, user, scopes_of(scopes.split(",")))[1]
    made = operate(stack, "new", "--tenant", tenant, "--user", user, "--scopes", scopes, *more)
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()[-1]


def id_of_user(stack: Stack, user: str) -> str:
    """The id of the one key of this user."""
    (found,) = [key.id for key in ApiKeys(stack.redis()).all() if key.user == user]
    return found


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
