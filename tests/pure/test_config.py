"""Settings that cannot work stop the start, with one sentence that names them."""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT, BadSetting, Settings
from services.operations.misspelt import misspelt


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "0"),
        ("JOB_TTL", "99999999999999999999"),
        ("RATE_LIMIT_ENABLED", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("DATA_DIR", "~nosuchuser/x"),
        ("MAX_DPI", "700"),
        ("CORS_ORIGINS", "*"),
        ("APPLICATION_ROOT", "documents"),
        ("APPLICATION_ROOT", "/documents/"),
        ("APPLICATION_ROOT", "//elsewhere.example"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("REDIS_URL", "redis://127.0.0.1:notaport/0"),
        ("REDIS_URL", "redis://127.0.0.1:99999/0"),
        ("REDIS_URL", "redis://127.0.0.1:6379/abc"),
        ("REDIS_URL", "redis://[::1/0"),
        ("SPOOL_URL", "redis://127.0.0.1:notaport/0"),
        ("DEBUG", "true"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({name: value})


@pytest.mark.parametrize("url", ["redis://h", "redis://:k7Qz@h:1/3", "rediss://u:k7Qz@h/0", "unix:///run/x.sock?db=1"])
def test_a_server_can_be_named_in_many_ways(url: str) -> None:
    assert Settings.from_env({"REDIS_URL": url}).redis_url == url


EXAMPLE_SECRETS = ("changeme", "Change-Me!", "secret", "your-secret-key-here", "sk-example-1", "x" * 40)
WEBHOOK_EXAMPLES = ("whsec_changeme", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "A" * 44)
INNER = "whsec_" + base64.b64encode(b"this is an example of a secret").decode()
SECRETS = [
    *(("SECRET_KEY", value) for value in EXAMPLE_SECRETS),
    *(("WEBHOOK_SECRET", value) for value in (*WEBHOOK_EXAMPLES, INNER, f"whsec_{'b25l' * 8},whsec_changeme")),
]


@pytest.mark.parametrize(("name", "value"), SECRETS)
def test_a_secret_from_an_example_is_refused_in_production_only(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} looks like an example") as refused:
        Settings.from_env({name: value})
    assert value not in str(refused.value)
    assert Settings.from_env({name: value, "FLASK_ENV": "development"})


@pytest.mark.parametrize("name", ["REDIS_URL", "SPOOL_URL"])
@pytest.mark.parametrize("password", ["changeme", "Change-Me%21", "%63hangeme", "password", "your-secret-here"])
def test_a_servers_password_from_an_example_is_refused_in_production_only(name: str, password: str) -> None:
    url = f"redis://user:{password}@127.0.0.1:6379/0"
    with pytest.raises(BadSetting, match=f"the password in {name} looks like an example") as refused:
        Settings.from_env({name: url})
    assert password not in str(refused.value).removeprefix("the password")
    assert Settings.from_env({name: url, "FLASK_ENV": "development"})
    assert Settings.from_env({name: "redis://changeme@127.0.0.1:6379/0"})


def test_a_secret_of_ones_own_is_taken() -> None:
    for _ in range(1000):
        webhook = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        url = f"redis://:{secrets.token_hex(24)}@127.0.0.1:6379/0"
        assert Settings.from_env({"SECRET_KEY": secrets.token_hex(32), "WEBHOOK_SECRET": webhook, "REDIS_URL": url})
    assert Settings.from_env({"SECRET_KEY": "", "WEBHOOK_SECRET": ""})


def test_a_variable_that_is_nearly_a_setting_is_told() -> None:
    (told,) = misspelt(["MAX_CONTENT_LENGHT", "MAX_PDF_PAGES", "HOSTNAME", "LOGNAME", "OCR_SERVICE_PORT"])
    assert told == "MAX_CONTENT_LENGHT is no setting and changes nothing; did you mean MAX_CONTENT_LENGTH?"


def test_no_variable_of_the_example_is_taken_for_another() -> None:
    named = re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", (ROOT / "env.example").read_text(), re.MULTILINE)
    assert len(named) > 60 and list(misspelt(named)) == []


@pytest.mark.slow
def test_doctor_tells_a_misspelt_setting(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "OCR_ENGINE": "null", "OCR_WORKER": "3"}
    command = [sys.executable, "-m", "services.operations.doctor"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "note: OCR_WORKER is no setting and changes nothing; did you mean OCR_WORKERS?" in done.stdout


def test_an_empty_value_is_the_default() -> None:
    assert Settings.from_env({"PORT": "", "DATA_DIR": ""}) == Settings()


@pytest.mark.slow
@pytest.mark.parametrize(
    "env",
    [
        {"OCR_LANG": "xx"},
        {"OCR_TIER": "turbo"},
        {"OCR_ENGINE": "tarot"},
        {"HOST": "." * 70},
        {"REDIS_URL": "redis://:sec/ret#pw@127.0.0.1:1/0"},
        {"REDIS_URL": "redis://127.0.0.1:1/0?foo=bar"},
        {"REDIS_URL": "redis://:hush@127.0.0.1:1/0"},
    ],
)
def test_the_service_says_in_one_sentence_why_it_does_not_start(env: dict[str, str], tmp_path: Path) -> None:
    own = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "OCR_ENGINE": "null", "PORT": "1"}
    answer = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=own | env, capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1 and "Traceback" not in answer.stderr, answer.stderr
    assert "sec" not in answer.stderr and "hush" not in answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"), [("OCR_ENGINE", "magic"), ("OCR_EXTRACTORS", "mrs"), ("BLOB_STORE", "tape")]
)
def test_a_capability_that_does_not_exist_is_told_with_its_setting(name: str, value: str, tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "OCR_ENGINE": "null", name: value}
    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and f"{name}: there is no '{value}'; choose from " in done.stderr
