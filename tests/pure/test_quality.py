"""What a picture lacks is measured, so that whoever took it knows what to do better."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from services.document import values
from services.document.findings import Fields
from services.document.model import Line, Page, Quad
from services.errors import LowQuality
from services.extractors import id_numbers
from services.extractors.id_numbers.model import IdNumber
from services.extractors.quality import PageQuality
from services.jobs.legibility import QUALITY, check_read
from services.jobs.results import Result
from services.ocr.engine import Pixels
from services.ocr.quality import measured
from tests.support import samples, zones

PASSPORT = zones.passport("UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "740812", "F", "300415", "ZE184226B")


def blurred(pixels: Pixels, radius: float) -> Pixels:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def faint(pixels: Pixels) -> Pixels:
    return (120 + pixels.astype(float) / 16).astype(np.uint8)


def flaw(pixels: Pixels) -> str:
    found = measured(pixels).flaw
    return found.measure if found else ""


@pytest.mark.parametrize("noise", [0, 8])
@pytest.mark.parametrize("size", [14, 24, 48])
def test_a_sharp_picture_of_any_size_and_grain_has_no_flaw(size: int, noise: float) -> None:
    assert flaw(zones.picture(PASSPORT.lines, size, noise=noise)) == ""


def test_what_is_wrong_is_told() -> None:
    photo = zones.picture(PASSPORT.lines, 24)
    assert flaw(blurred(photo, 5)) == "blur"
    assert flaw(faint(photo)) == "contrast"
    assert flaw(np.asarray(Image.fromarray(photo).resize((250, 170)))) == "size"


def test_the_blurrier_the_higher() -> None:
    page = np.asarray(samples.picture(["Total 12.50", "Thank you"], (800, 400)))
    values = [measured(blurred(page, radius)).blur for radius in (0.1, 1, 2, 4, 8)]
    assert values == sorted(values) and values[0] < 0.3 < 0.6 < values[-1]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (3000, 2), (500, 500)])
def test_pictures_of_nothing_have_a_quality_too(shape: tuple[int, int]) -> None:
    found = measured(np.full((*shape, 3), 255, np.uint8))
    assert found.contrast == 0 and found.flaw


def test_a_finding_is_as_good_as_text_in_a_picture_that_is_hard_to_read() -> None:
    quad = Quad((0, 0), (90, 0), (90, 9), (0, 9))
    flawed = PageQuality(1, 900, 400, 0.3, 0.9, "blur", "The picture is blurred.", "Hold the camera still.")
    faint = Page(1, 900, 400, (Line("ABCPE1234F and more", 0.6, quad),))
    number = IdNumber("PAN", "ABCPE1234F", "ABCPE1234F", True, 0.6, 1, quad)
    found = Fields({QUALITY: (flawed,), id_numbers.FOUND.name: (number,)})
    result = Result((faint,), "engine", (), multipage=False, warnings=(), fields=found)
    with pytest.raises(LowQuality, match=r"blurred.*still") as refused:
        check_read(result)
    assert refused.value.members["quality"] == values.dump(flawed)
    check_read(result, id_numbers.FOUND)
