"""Documents of which some pages have a text layer, sent to the service."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import samples
from tests.support.layers import LINES, drawn, print_of
from tests.support.stack import Stack, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running(tmp_path_factory.mktemp("layer") / "data", OCR_ENGINE="openvino", OCR_WORKERS="1") as stack:
        yield stack


def send(stack: Stack, data: bytes, **options: str) -> dict[str, Any]:
    with stack.client() as client:
        answer = client.post(
            "/ocr/pdf", files={"file": ("a.pdf", data)}, data={"dpi": "150", **options}, headers={"Prefer": "wait=30"}
        )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_service_reads_a_mixed_document_by_the_best_source_of_each_page(service: Stack) -> None:
    scan = samples.encode(samples.picture(LINES, (1240, 1754)), "PDF", resolution=150)
    data = samples.joined_pdf(drawn(*print_of(*LINES)), scan, samples.mapped_pdf(LINES, lambda code: 0xF000 + code))
    best = send(service, data, mode="auto", words="true")
    assert [found["source"] for found in best["pages"]] == ["pdf", "ocr", "ocr"]
    assert [found["text"] for found in best["pages"]] == ["\n".join(LINES)] * 3
    assert all(line["words"] for found in best["pages"] for line in found["lines"]) and best["warnings"] == []
    bare = send(service, data, mode="text", words="true")
    assert (bare["cached"], [found["source"] for found in bare["pages"]]) == (False, ["pdf"] * 3)
    assert bare["pages"][1]["text"] == "" and "no text layer" in bare["pages"][1]["warning"]
    assert bare["warnings"][0] == "Pages with no text layer; mode=auto recognises such pages: 2."
    assert "3." in bare["warnings"][1] and "warning" not in bare["pages"][0]
    assert send(service, data, mode="ocr")["pages"][0]["source"] == "ocr"


def test_the_option_is_offered_and_checked(service: Stack) -> None:
    offered = service.get("/ocr/options").json()["properties"]["mode"]
    assert offered == {"enum": ["ocr", "auto", "text"], "default": "ocr"}
    picture = {"file": ("a.png", samples.text_image(["Hello"]))}
    with service.client() as client:
        unknown = client.post("/ocr/pdf", files=picture, data={"mode": "best"})
        image = client.post("/ocr/image", files=picture, data={"mode": "text"})
    assert unknown.status_code == 422 and "mode" in unknown.text
    assert (image.status_code, image.json()["code"]) == (422, "bad_input") and "mode=auto" in image.json()["detail"]
