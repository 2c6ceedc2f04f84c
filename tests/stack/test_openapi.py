"""The service keeps to its own description, /openapi.json."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.stack import Stack, document, picture

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 60

URI_TOO_LONG = 414
"""Said by the web server itself, before the application sees the request."""

UPLOADS = [picture("one"), picture("two\nlines"), document(["page 1", "page 2"]), picture("broken")[:70], b"", b"text"]
schemathesis.openapi.format("binary", st.sampled_from(UPLOADS) | st.binary(max_size=200))


@pytest.fixture(scope="session")
def api(stack: Stack) -> Any:
    return schemathesis.openapi.from_url(f"{stack.url}/openapi.json")


BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_no_two_types_of_a_generated_client_have_one_name(stack: Stack) -> None:
    """Generators name a type that stands inside another after both: `Prediction` with an enumerated `status` makes a
    `PredictionStatus`. openapi-python-client leaves out the routes that use the second of one name."""
    schemas = stack.get("/openapi.json").json()["components"]["schemas"]
    names = [name.lower() for title, schema in schemas.items() for name in (title, *_inner(title, schema))]
    assert len(schemas) > 30 and sorted(set(names)) == sorted(names)


def _inner(title: str, schema: dict[str, Any]) -> Iterator[str]:
    """The names of what has a type of its own inside a schema, at any depth."""
    for member, inner in schema.get("properties", {}).items():
        name = title + member.replace("_", "")
        if "enum" in inner or "properties" in inner:
            yield name
        yield from _inner(name, inner)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(api: Any, mode: GenerationMode) -> None:
    """Whether the request is as described or not."""
    for operation in (found.ok() for found in api.get_all_operations()):
        if mode is GenerationMode.NEGATIVE and not (operation.body or _options(operation)):
            continue  # it takes nothing that could be wrong
        _try_out(operation, mode)


def _options(operation: Any) -> list[Any]:
    """Not those of the path: any text may be the id of a job."""
    return [parameter for parameter in operation.iter_parameters() if parameter.location != "path"]


def _try_out(operation: Any, mode: GenerationMode) -> None:
    # A form carries text alone: a null or a number in it is not wrong in the way that the document means.
    checks = CHECKS if operation.body else [*CHECKS, negative_data_rejection]

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        answer = case.call()
        if answer.status_code != URI_TOO_LONG:
            case.validate_response(answer, checks=checks)

    holds()


def test_the_description_is_valid_openapi_3_1(client: httpx.Client) -> None:
    spec = client.get("/openapi.json").json()
    assert spec["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(spec).validate()
    assert not [name for name in spec["components"]["schemas"] if name[-1].isdigit()], "two schemas of one name"


def test_the_answers_about_real_jobs_are_as_described(api: Any, stack: Stack) -> None:
    uploads = [picture(str(uuid.uuid4())), document([str(uuid.uuid4()), ""]), picture(str(uuid.uuid4()))[:70]]

    def described(method: str, path: str, **kwargs: Any) -> Any:
        answer = requests.request(method, stack.url + path.format_map(ids), timeout=60, **kwargs)
        api[path][method].validate_response(answer)
        return answer.json() if answer.content else None

    def streamed(path: str) -> None:
        answer = requests.get(stack.url + path.format_map(ids), timeout=60)
        api[path]["GET"].validate_response(answer)

    ids: dict[str, str] = {}
    for content in uploads:
        file = {"file": ("a", content)}
        described("POST", "/ocr/image", files=file, headers={"Prefer": "wait=20"})
        ids = {"job_id": described("POST", "/ocr/image", files=file)["job_id"]}
        for wait in (0, 20):
            described("GET", "/ocr/job/{job_id}", params={"wait": wait})
            described("GET", "/ocr/job/{job_id}/result", params={"wait": wait})
        for path in ("/ocr/job/{job_id}/events", "/ocr/job/{job_id}/pages"):
            streamed(path)
        described("POST", "/ocr/job/{job_id}/cancel")
        described("GET", "/ocr/jobs", params={"limit": 3})
    for _ in range(2):
        described("DELETE", "/ocr/job/{job_id}")
    described("POST", "/ocr/batch", files=[("files[]", ("a", content)) for content in [*uploads, b""]])


def test_the_answers_of_the_other_families_are_as_described(api: Any, stack: Stack) -> None:
    ids: dict[str, str] = {}

    def described(method: str, path: str, **kwargs: Any) -> Any:
        answer = requests.request(method, stack.url + path.format_map(ids), timeout=60, **kwargs)
        api[path][method].validate_response(answer)
        return answer.json()

    texts = (
        f"CORNER SHOP {uuid.uuid4()}\nTea 10.00\nTOTAL 10.00",
        f"Permanent Account Number ABCPE1234F {uuid.uuid4()}",
    )
    for content in (*map(picture, texts), picture(str(uuid.uuid4()))[:70]):
        file, image = {"file": ("a", content)}, {"image": ("a", content)}
        described("POST", "/paddleocr/predict", files=file, params={"annotate": "1"})
        ids = {"job_id": described("POST", "/paddleocr/predict-async", files=file)["job_id"]}
        stack.finished(ids["job_id"])
        described("GET", "/paddleocr/status/{job_id}")
        described("POST", "/api/v1/ocr/process", files=image, data={"type": "receipt"})
        accepted = described("POST", "/api/v1/ocr/process/async", files=image, data={"type": "product"})
        ids = {"job_id": accepted["data"]["job_id"]}
        stack.finished(ids["job_id"])
        described("GET", "/api/v1/ocr/jobs/{job_id}")
        described("GET", "/api/v1/ocr/jobs/{job_id}/result")
        described("POST", "/api/v1/ocr/batch", files=[("images", ("a", content))] * 2, data={"type": "invoice"})
    for path in ("/api/v1/health", "/api/v1/metrics", "/ocr-api/health", "/ocr-api/metrics"):
        described("GET", path)
