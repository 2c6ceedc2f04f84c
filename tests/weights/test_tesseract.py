"""Tesseract on the lines that PP-OCR's detector found, on pages typeset here; and what is said where its data lack."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from config import BadSetting, Settings
from controllers.options import OptionRules
from services.document.model import Line
from services.errors import CapabilityUnavailable
from services.ocr.engine import Engine, Pixels, ReadOptions
from services.ocr.engines import openvino
from services.ocr.tesseract import data
from services.ocr.text import order, page_text
from tests.support import samples
from tests.support.stack import running

HERE = data.installed(Settings.from_env())
SENTENCES = {
    "bn": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "ta": "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
    "ko": "모든 인간은 태어날 때부터 자유롭다.",
    "ru": "Все люди рождаются свободными и равными.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระ",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι.",
    "vi": "Tất cả mọi người sinh ra đều được tự do.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة",
    "fa": "تمام افراد بشر آزاد به دنیا می‌آیند",
    "he": "כל בני האדם נולדו בני חורין",
}


def needs(*languages: str) -> pytest.MarkDecorator:
    lacking = [name for name in languages if name not in HERE]
    return pytest.mark.skipif(bool(lacking), reason=f"no Tesseract data for {', '.join(lacking)} on this machine")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return openvino.build(Settings.from_env())


def typeset(*paragraphs: str, leftwards: bool = False) -> Pixels:
    """A page at 200 dpi with a paragraph below the other, in the fonts that MuPDF carries."""
    style = "direction: rtl; text-align: right" if leftwards else "text-align: left"
    html = "".join(f"<p style='font-size: 12px; {style}'>{text}</p>" for text in paragraphs)
    with pymupdf.open() as document:
        page = document.new_page(width=440, height=40 + 40 * len(paragraphs))
        page.insert_htmlbox((20, 20, 420, 20 + 40 * len(paragraphs)), html)
        pixmap = page.get_pixmap(dpi=200, alpha=False)
        return np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.width, 3)


def text_of(lines: Sequence[Line]) -> str:
    return page_text(order(lines))


@pytest.mark.parametrize(
    ("language", "sentence"), [pytest.param(*pair, id=pair[0], marks=needs(pair[0])) for pair in SENTENCES.items()]
)
def test_scripts_beyond_pp_ocr_are_read(engine: Engine, language: str, sentence: str) -> None:
    (line,) = engine.read(typeset(sentence, leftwards=language in ("ar", "fa", "he")), ReadOptions((language,)))
    assert line.text == sentence
    assert 0.7 < line.confidence <= 1


@needs("hi", "en")
def test_languages_are_read_together(engine: Engine) -> None:
    text = text_of(engine.read(typeset("Invoice number", "चालान संख्या"), ReadOptions(("hi", "en"))))
    assert text.split() == ["Invoice", "number", "चालान", "संख्या"]


@needs("ru")
@pytest.mark.parametrize("tier", openvino.TIERS)
def test_every_tier_has_them(engine: Engine, tier: str) -> None:
    assert text_of(engine.read(typeset("Договор аренды"), ReadOptions(("ru",), tier))) == "Договор аренды"


@needs("ar")
def test_words_of_arabic_stand_where_they_are_printed(engine: Engine) -> None:
    """Logical order runs from right to left, but for the parts of a number."""
    sentence = "رقم الفاتورة 2026 بتاريخ اليوم"
    (line,) = engine.read(typeset(sentence, leftwards=True), ReadOptions(("ar",), words=True))
    assert [word.text for word in line.words] == sentence.split()
    lefts = [word.quad.bounds[0] for word in line.words]
    assert lefts == sorted(lefts, reverse=True)
    left, top, right, bottom = line.quad.bounds
    assert all(left <= word.quad.bounds[0] < word.quad.bounds[2] <= right for word in line.words)
    gaps = [word.quad.bounds[0] - other.quad.bounds[2] for word, other in zip(line.words, line.words[1:], strict=False)]
    assert all(abs(gap) < bottom - top for gap in gaps)


@needs("ru")
def test_words_hold_their_ink(engine: Engine) -> None:
    page = typeset("Щит и меч, шашки наголо")
    (line,) = engine.read(page, ReadOptions(("ru",), words=True))
    ink = np.flatnonzero((page < 128).any(axis=(0, 2)))
    starts = [ink[0], *(after for before, after in zip(ink, ink[1:], strict=False) if after - before > 6)]
    assert [word.text for word in line.words] == line.text.split()
    assert [word.quad.bounds[0] for word in line.words] == pytest.approx(starts, abs=10)


@needs("ru")
def test_lines_keep_their_order_and_threads_their_text(engine: Engine) -> None:
    names = ["Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Иван"]
    pages = [[f"{name} и {other}" for other in names] for name in names[:4]]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda page: text_of(engine.read(typeset(*page), ReadOptions(("ru",)))), pages))
    assert [text.split() for text in found] == [" ".join(page).split() for page in pages]


@needs("ru")
@pytest.mark.parametrize("shape", [(1, 1), (1, 20000), (20000, 1), (300, 200)])
@pytest.mark.parametrize("fill", [0, 255])
def test_images_without_text_have_no_lines(
    engine: Engine, shape: tuple[int, int], fill: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert engine.read(np.full((*shape, 3), fill, dtype=np.uint8), ReadOptions(("ru",), words=True)) == []
    assert capfd.readouterr() == ("", "")


@needs("ru")
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 5000)])
def test_specks_of_lines_are_survived_in_silence(size: tuple[int, int], capfd: pytest.CaptureFixture[str]) -> None:
    from services.ocr.tesseract.recognition import Recogniser

    width, height = size
    page = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    recogniser = Recogniser([HERE["ru"]], threads=1)
    (found,) = recogniser.read([recogniser.cut(page, corners)])
    assert all(0 <= character.middle <= 1 and 0 <= character.probability <= 1 for character in found)
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def partly(tmp_path: Path) -> Settings:
    """A machine with data for Bengali, Hindi and English alone."""
    for code in ("ben", "hin", "eng"):
        (tmp_path / f"{code}.traineddata").write_bytes(code.encode())
    return replace(Settings(), tessdata_prefix=tmp_path)


def rules(settings: Settings) -> OptionRules:
    return OptionRules("en", "balanced", 300, 600, openvino.describe(settings))


def test_what_could_be_installed_is_named(partly: Settings) -> None:
    with pytest.raises(
        CapabilityUnavailable, match=r"'th' .*install the system package tesseract-ocr-tha, then restart"
    ):
        rules(partly).options({"lang": ["th"]})
    schema = rules(partly).json_schema()["properties"]["lang"]
    assert "tesseract-ocr-tha" in schema["x-installable"]["th"]
    assert "th" not in schema["items"]["enum"] and "bn" in schema["items"]["enum"]


def test_what_nothing_could_read_is_said_with_what_is_read(partly: Settings) -> None:
    with pytest.raises(CapabilityUnavailable, match=r"'xx' is not available here. Available: .*\bbn\b"):
        rules(partly).options({"lang": ["xx"]})


def test_lists_that_no_recogniser_covers_are_refused_with_those_that_one_does(partly: Settings) -> None:
    assert rules(partly).options({"lang": ["bn", "hi", "en"]}).lang == ("bn", "hi", "en")
    with pytest.raises(
        CapabilityUnavailable, match="reads bn and ja together. Together: any of en, .*; or bn, hi, "
    ) as caught:
        rules(partly).options({"lang": ["bn", "ja"]})
    assert caught.value.code == "capability_unavailable"


def test_pp_ocr_reads_what_it_can_and_its_models_alone_are_named(partly: Settings) -> None:
    info = openvino.describe(partly)
    assert not any("tesseract" in model for model in info.models(["en"], "balanced"))
    names = [model.partition("@")[0] for model in info.models(["bn", "en"], "fast")]
    assert names == ["PP-OCRv6_tiny_det", "tesseract-ben", "tesseract-eng"]


def test_other_data_are_another_model(partly: Settings) -> None:
    before = openvino.describe(partly).models(["bn"], "balanced")
    assert partly.tessdata_prefix
    (partly.tessdata_prefix / "ben.traineddata").write_bytes(b"something better")
    after = openvino.describe(partly).models(["bn"], "balanced")
    assert before[0] == after[0] and before[1] != after[1]
    assert before[1].startswith("tesseract-ben@")


def test_data_are_found_where_systems_put_them(tmp_path: Path) -> None:
    assert data.folder(Settings(), tmp_path) is None
    debian = tmp_path / "usr/share/tesseract-ocr/5/tessdata"
    for place in (tmp_path / "usr/share/tesseract-ocr/4.00/tessdata", debian):
        place.mkdir(parents=True)
        (place / "ben.traineddata").touch()
    assert data.folder(Settings(), tmp_path) == debian
    assert data.folder(Settings(tessdata_prefix=debian.parent), tmp_path) == debian


def test_a_wrong_prefix_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="TESSDATA_PREFIX"):
        openvino.check(replace(Settings.from_env(), tessdata_prefix=tmp_path))


@needs("bn")
def test_a_request_for_bengali_is_answered_with_what_read_it(tmp_path: Path) -> None:
    picture = samples.encode(Image.fromarray(typeset(SENTENCES["bn"])))
    with running(tmp_path / "data", OCR_ENGINE="openvino") as stack, stack.client() as http:
        files, wait = {"file": ("page.png", picture)}, {"Prefer": "wait=30"}
        result = http.post("/ocr/image", files=files, data={"lang": "bn"}, headers=wait).json()
        assert result["text"] == SENTENCES["bn"] and result["lang"] == ["bn"]
        assert "tesseract-ben@" in result["model"] and "PP-OCRv6_small_det@" in result["model"]
        refused = http.post("/ocr/image", files=files, data={"lang": "bn,ja,mi,rm"})
        assert refused.status_code == 400 and refused.json()["code"] == "capability_unavailable"
        assert "Together: any of" in refused.json()["detail"]
