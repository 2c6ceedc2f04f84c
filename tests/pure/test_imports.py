"""What processes load: each in a fresh one of its own, as it is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

WEB = {"flask", "apiflask", "werkzeug", "marshmallow", "gunicorn", "flask_limiter", "limits", "jinja2"}
MODELS = {"openvino", "paddle", "paddleocr", "paddlex", "cv2", "zxingcpp", "tesserocr", "pymupdf", "fitz"}
"""They are large, and load what runs models or decodes what clients send."""

OURS = {"app", "wiring", "routes", "controllers", "middleware", "tasks", "services", "utils"}


def loaded(statement: str, folder: Path) -> set[str]:
    """Top-level modules that a process has after it, with the engine and the extractors of a plain installation."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("OCR_", "PYTHONPATH"))}
    env = {**told, "DATA_DIR": str(folder), "MODEL_DIR": str(folder)}
    command = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    ran = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.slow
def test_a_worker_loads_no_web_framework_and_its_parent_no_models(tmp_path: Path) -> None:
    modules = loaded("import wiring.door", tmp_path)
    assert "celery" in modules and not modules & (WEB | MODELS)


@pytest.mark.slow
def test_the_web_process_loads_no_models(tmp_path: Path) -> None:
    modules = loaded("from wiring.web import create_app; create_app()", tmp_path)
    assert "apiflask" in modules and not modules & MODELS


@pytest.mark.parametrize("statement", ["import config", "import utils.memory, utils.logs, utils.processes, utils.cpus"])
def test_what_is_at_the_bottom_loads_nothing_above_it(tmp_path: Path, statement: str) -> None:
    own = {"utils"} if "utils" in statement else set()
    assert loaded(statement, tmp_path) & OURS <= own
