"""`extract=mrz` and `extract=id_numbers` over the real service: fields with their evidence, and nothing in the log."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from config import Settings
from tests.support import samples, zones
from tests.support.stack import Stack, faulty, picture, running

ERIKSSON = zones.passport("UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "740812", "F", "300415", "ZE184226B")
LICENCE = "MH-12-2019-0563381"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("identity") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


def fields(stack: Stack, content: bytes, **options: str) -> Any:
    with stack.client() as client:
        answer = client.post(
            "/ocr/image", files={"file": ("scan", content)}, data=options, headers={"Prefer": "wait=30"}
        )
    assert answer.status_code == 200 and answer.json()["warnings"] == [], answer.text
    return answer.json()["fields"]


def jpeg(image: Image.Image) -> bytes:
    return samples.encode(image, "JPEG", quality=90)


def test_a_passports_zone_comes_with_its_evidence_and_without_the_text(service: Stack) -> None:
    image = Image.fromarray(zones.picture(ERIKSSON.lines, 24))
    (found,) = fields(service, jpeg(image), extract="mrz", text="false")["mrz"]
    assert (found["mrz_type"], tuple(found["lines"]), found["valid"], found["page"]) == ("TD3", ERIKSSON.lines, True, 1)
    birth = found["fields"]["dateOfBirth"]
    assert (birth["value"], birth["raw"], birth["page"]) == ("1974-08-12", "740812", 1)
    assert 0.9 < birth["confidence"] <= 1 and len(birth["bbox"]) == 4
    assert found["check_digits"]["composite"] is True


def test_boxes_of_a_zone_are_in_the_pixels_that_were_uploaded(service: Stack) -> None:
    upright = Image.fromarray(zones.picture(ERIKSSON.lines, 24))
    turned = samples.oriented(upright, 6, "JPEG")  # (x, y) is stored at (y, width - x)
    corners = [fields(service, content, extract="mrz")["mrz"][0]["quads"][0][0] for content in (jpeg(upright), turned)]
    assert corners[1] == [pytest.approx(corners[0][1], abs=6), pytest.approx(upright.width - corners[0][0], abs=6)]


def test_numbers_are_found_on_the_page_where_they_stand(service: Stack) -> None:
    texts = (["Minutes of the board", "Agreed on 12 May"], ["Driving licence", f"DL No. {LICENCE}"])
    pages = [samples.picture(lines) for lines in texts]
    out = BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    (found,) = fields(service, out.getvalue(), extract="id_numbers")["id_numbers"]
    assert (found["type"], found["value"], found["valid"]) == ("DRIVING_LICENCE", LICENCE.replace("-", ""), True)
    assert found["page"] == 2 and found["raw"] == LICENCE


def test_a_letter_has_neither(service: Stack) -> None:
    letter = jpeg(samples.picture(["Dear Sir or Madam,", "please find our offer no. 4711 attached."]))
    found = fields(service, letter, extract="mrz,id_numbers")
    assert found["mrz"] == found["id_numbers"] == [] and set(found["id_card"].values()) == {None}


def test_no_value_is_in_the_log(service: Stack) -> None:
    log = service.log.read_text()
    assert "ERIKSSON" not in log and "L898902C3" not in log and "0563381" not in log


def test_a_page_whose_text_is_wanted_is_read_once_for_both(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "\n".join(ERIKSSON.lines)
    with faulty(tmp_path_factory.mktemp("once") / "data") as stack:
        (found,) = fields(stack, picture(text), extract="mrz")["mrz"]
        assert tuple(found["lines"]) == ERIKSSON.lines and len(stack.tries(text)) == 1
