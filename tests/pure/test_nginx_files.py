"""What nginx's files say goes with what the service says."""

from __future__ import annotations

import json
import re

import pytest

from config import ROOT, Settings
from routes.mrz import MOST_BYTES
from tests.support.nginx import PREFIX

SHARED = re.compile(r"^ *((?:proxy(?!_pass)|client|limit|gzip)_\w+ [^;]+);", re.MULTILINE)


def test_nginx_holds_little_for_each_client() -> None:
    """Its container has 128 MB for all of them; a buffer is a client's for as long as that sends or takes slowly."""
    for file in ("ocr.conf", "below.conf.example"):
        text = (ROOT / "nginx" / file).read_text()
        buffers = re.search(r"proxy_buffers (\d+) (\d+)k;", text)
        assert buffers and int(buffers[1]) * int(buffers[2]) <= 64
        assert "client_body_buffer_size" not in text


def test_every_code_that_nginx_has_is_in_the_list_of_errors() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \| (\d+)", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE))
    for file in ("ocr.conf", "below.conf.example"):
        said = re.findall(r"return (\d+) '(\{.*\})\\n'", (ROOT / "nginx" / file).read_text())
        assert len(said) == 3
        assert {(json.loads(body)["code"], status) for status, body in said} <= listed


@pytest.mark.parametrize("file", ["ocr.conf", "below.conf.example", "../k8s/base/ingress.yaml"])
def test_sizes_and_times_leave_the_refusing_to_the_service(file: str) -> None:
    """The service's own words come at its own limits; a proxy's come after those, though not by much."""
    text, settings = (ROOT / "nginx" / file).read_text(), Settings()
    bodies = [int(size) << 20 for size in re.findall(r"(?:client_max_body_size|proxy-body-size:) (\d+)m", text)]
    waits = [int(wait) for wait in re.findall(r"proxy.read.timeout:? \"?(\d+)", text)]
    assert len(bodies) == 2 and waits
    assert settings.max_content_length < bodies[0] < 1.5 * settings.max_content_length
    assert MOST_BYTES < bodies[1] < 1.5 * MOST_BYTES
    assert min(waits) > settings.request_timeout


def test_rates_leave_the_refusing_to_the_service() -> None:
    """Both are for one client: what it may do in a minute by the service is less than nginx lets through."""
    text, settings = (ROOT / "nginx" / "nginx.conf").read_text(), Settings()
    a_second, burst, open_at_once = (
        int(re.search(wanted, text + (ROOT / "nginx" / "ocr.conf").read_text())[1])  # type: ignore[index]
        for wanted in (r"rate=(\d+)r/s", r"burst=(\d+)", r"limit_conn open (\d+)")
    )
    allowed = settings.rate_limit_requests + settings.read_limit_requests + settings.scan_limit_requests
    assert a_second * settings.rate_limit_period + burst > allowed
    assert open_at_once > settings.max_streams_per_client


def test_a_path_is_treated_as_a_whole_server_is() -> None:
    whole, below = ((ROOT / "nginx" / name).read_text() for name in ("ocr.conf", "below.conf.example"))
    own = {"proxy_read_timeout 3600s", "proxy_buffering off", 'proxy_set_header X-Forwarded-Prefix ""'}
    plain = [{re.sub(r"\s+", " ", line) for line in SHARED.findall(text)} for text in (whole, below)]
    assert plain[0] - own == plain[1] - {f"proxy_set_header X-Forwarded-Prefix {PREFIX}"}
