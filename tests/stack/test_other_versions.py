"""What another version of the service has left behind is a job that has expired, and no failure of this one."""

from __future__ import annotations

import json
import uuid
import zlib

import pytest

from tests.support.stack import Stack


@pytest.mark.parametrize(
    "kept", [b"no result", zlib.compress(b"[]"), zlib.compress(b'{"pages": [], "engine": "null"}')]
)
def test_a_result_of_another_form_has_expired(stack: Stack, kept: bytes) -> None:
    job = stack.submit(f"kept otherwise {uuid.uuid4()}")
    stack.finished(job)
    (result,) = [path for path in stack.data.rglob("result") if job in str(path)]
    result.write_bytes(kept)
    for path in ("result", "artifacts/text"):
        answer = stack.get(f"/ocr/job/{job}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (410, "job_expired"), answer.text
    (last,) = stack.get(f"/ocr/job/{job}/pages").text.split("\n")[:-1]
    assert json.loads(last)["error"]["code"] == "job_expired"
