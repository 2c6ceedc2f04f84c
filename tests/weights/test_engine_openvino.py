"""PP-OCRv6 on OpenVINO with its real weights, on pages drawn here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from config import ROOT, BadSetting, Settings
from services.document.model import Line
from services.errors import EngineFailed
from services.jobs.interruption import OutOfTime
from services.ocr import engines
from services.ocr.engine import Engine, EngineInfo, Pixels, ReadOptions
from services.ocr.engines import openvino
from services.ocr.lines import characters
from services.ocr.lines.crops import Crop
from services.ocr.ppocr import alphabet
from services.ocr.ppocr.graph import Arithmetic
from services.ocr.ppocr.loading import Models
from services.ocr.ppocr.reader import PageReader, Plan
from services.plugins import load
from tests.support.rendering import whole

WORDS = ReadOptions(words=True)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return openvino.build(Settings.from_env())


def drawn(*lines: str, size: int = 32, turn: float = 0) -> Pixels:
    """Black lines of text on white, the whole turned clockwise by so many degrees."""
    image = Image.new("RGB", (40 + size * max(map(len, lines)) * 2 // 3, 40 + 2 * size * len(lines)), "white")
    for row, text in enumerate(lines):
        ImageDraw.Draw(image).text(
            (20, 20 + 2 * size * row), text, fill="black", font=ImageFont.load_default(size=size)
        )
    return np.asarray(image.rotate(-turn, expand=True, fillcolor="white"))


def typeset(text: str) -> Pixels:
    """One line in whatever script, in the fonts that PyMuPDF has."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=60)
        page.insert_htmlbox((10, 10, 290, 50), f"<p style='font-size:16px'>{text}</p>")
        pixmap = page.get_pixmap(dpi=150, alpha=False)
        return np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.width, 3)


def names(info: EngineInfo, *languages: str, tier: str = "fast") -> list[str]:
    """The models that read these languages, without their versions."""
    return [model.partition("@")[0] for model in info.models(languages, tier)]


def texts(lines: Sequence[Line]) -> set[str]:
    return {line.text for line in lines}


def test_it_is_described_without_loading_anything() -> None:
    script = (
        "import sys; from config import Settings; from services.ocr.engines import openvino;"
        "print(openvino.describe(Settings()).tiers); sys.exit('cv2' in sys.modules or 'openvino' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "'balanced'" in done.stdout
    info = load(engines, "openvino").describe(Settings())
    assert info.words and {"en", "fr", "zh", "ja", "ch", "japan"} <= set(info.languages)
    read = {name for tier in info.tiers for name in names(info, "en", tier=tier)}
    assert read == set(openvino.MODELS)


@pytest.mark.parametrize("tier", openvino.TIERS)
def test_it_reads(engine: Engine, tier: str) -> None:
    lines = engine.read(drawn("Invoice 2026-0042", "Total: 1,234.50"), ReadOptions(tier=tier))
    assert texts(lines) == {"Invoice 2026-0042", "Total: 1,234.50"}
    assert all(0.9 < line.confidence <= 1 and line.words == () for line in lines)


@pytest.mark.parametrize("tier", openvino.TIERS)
def test_lines_of_one_width_keep_their_places(engine: Engine, tier: str) -> None:
    """They are read together."""
    numbers = [str(100_003 * (row + 1)) for row in range(9)]
    lines = engine.read(drawn(*numbers), ReadOptions(tier=tier))
    assert [line.text for line in sorted(lines, key=lambda line: line.quad.top_left[1])] == numbers


@pytest.mark.parametrize(
    ("languages", "tier", "text"),
    [
        (("de", "fr", "es", "pl"), "balanced", "Müller, façade, señor, dziękuję"),
        (("de",), "fast", "Übergrößenträger"),
        (("zh",), "balanced", "发票号码"),
        (("zh",), "fast", "发票号码"),
        (("ja",), "fast", "カタカナとひらがな"),
        (("en", "zh"), "balanced", "Invoice 发票"),
    ],
)
def test_languages_keep_their_letters(engine: Engine, languages: tuple[str, ...], tier: str, text: str) -> None:
    assert texts(engine.read(typeset(text), ReadOptions(languages, tier))) == {text}


WORN = (
    "department company recommendation confidential",
    "requirements information necessary attorney",
    "received production organic messenger",
    "physical compound director research",
    "description customer payment adjustment",
    "telephone responsible approximately particular",
    "education committee agreement government",
    "material financial manufacturing schedule",
)


def worn(pixels: Pixels, seed: int) -> Pixels:
    """The page scanned too small, with grain."""
    height, width = pixels.shape[:2]
    small = Image.fromarray(pixels).resize((width * 9 // 20, height * 9 // 20), Image.Resampling.BILINEAR)
    grain = np.random.default_rng(seed).normal(0, 30, (small.height, small.width, 1))
    return np.asarray(np.clip(np.asarray(small) + grain, 0, 255), dtype=np.uint8)


def test_words_of_the_language_mend_bad_scans(engine: Engine) -> None:
    pages = [worn(drawn(*WORN, size=22), seed) for seed in range(3)]
    printed = set(" ".join(WORN).split())

    def found(language: str) -> int:
        lines = [[line.text for line in engine.read(page, ReadOptions((language,)))] for page in pages]
        return sum(len(printed.intersection(" ".join(some).split())) for some in lines)

    assert found("eu") + 5 < found("en"), "there is no list of Basque words"


@pytest.mark.parametrize("tier", ["fast", "balanced", "accurate"])
def test_a_page_on_its_head_is_read_line_by_line_from_the_other_side(engine: Engine, tier: str) -> None:
    printed = ["Read the right way up", "this page has plain words", "and each of them is known"]
    lines = engine.read(np.ascontiguousarray(drawn(*printed)[::-1, ::-1]), ReadOptions(tier=tier))
    assert sorted(line.text for line in lines) == sorted(printed)
    assert all(line.quad.top_left[0] > line.quad.top_right[0] for line in lines)


def test_words_lie_in_their_line_one_after_the_other(engine: Engine) -> None:
    (line,) = engine.read(drawn("Paid in cash (EUR), thank you"), WORDS)
    assert [word.text for word in line.words] == line.text.split()
    left, top, right, bottom = line.quad.bounds
    edges = [edge for word in line.words for edge in word.quad.bounds[::2]]
    assert edges == sorted(edges) and left <= edges[0] and edges[-1] <= right
    assert all(top <= word.quad.bounds[1] < word.quad.bounds[3] <= bottom for word in line.words)


def test_word_boxes_hold_the_ink_of_their_word(engine: Engine) -> None:
    text = "WIDTH little WWW"
    (line,) = engine.read(drawn(text), WORDS)
    assert [word.text for word in line.words] == text.split()
    font = ImageFont.load_default(size=32)
    for word, end in zip(line.words, (5, 12, 16), strict=True):
        assert word.quad.bounds[2] == pytest.approx(20 + font.getlength(text[:end]), abs=12)


def test_sideways_text_starts_at_its_own_top_left(engine: Engine) -> None:
    (line,) = engine.read(drawn("Turned clockwise", turn=90), WORDS)
    assert line.text == "Turned clockwise"
    left, top, right, bottom = line.quad.bounds
    assert line.quad.top_left == pytest.approx((right, top), abs=4)
    assert line.quad.bottom_left == pytest.approx((left, top), abs=4)
    assert line.words[0].quad.bounds[3] < line.words[1].quad.bounds[1] + 4 <= bottom


@pytest.mark.parametrize("turn", [-12, -3, 3, 12])
def test_slanted_lines_have_slanted_quads(engine: Engine, turn: float) -> None:
    (line,) = engine.read(drawn("A line that hangs a little", turn=turn), ReadOptions())
    assert line.text == "A line that hangs a little"
    (ax, ay), (bx, by) = line.quad.top_left, line.quad.top_right
    assert np.degrees(np.arctan2(by - ay, bx - ax)) == pytest.approx(turn, abs=1.5)


def test_a_large_page_has_boxes_in_its_own_pixels(engine: Engine) -> None:
    page = np.full((6000, 4000, 3), 255, dtype=np.uint8)
    stamp = drawn("Far down the page", size=90)
    page[5000 : 5000 + stamp.shape[0], 1000 : 1000 + stamp.shape[1]] = stamp
    (line,) = engine.read(page, ReadOptions())
    left, top, right, bottom = line.quad.bounds
    assert line.text == "Far down the page"
    assert 1000 - 2 < left < 1040 and top > 5000 and bottom < 5000 + stamp.shape[0] and right < 1000 + stamp.shape[1]


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (1, 20000), (20000, 1), (1, 50000), (50000, 2), (300, 200)])
@pytest.mark.parametrize("fill", [0, 255])
def test_images_without_text_have_no_lines(engine: Engine, shape: tuple[int, int], fill: int) -> None:
    assert engine.read(np.full((*shape, 3), fill, dtype=np.uint8), WORDS) == []


@pytest.mark.parametrize("shape", [(600, 800), (1, 20000), (7, 7)])
def test_noise_gives_no_confident_line(engine: Engine, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert all(line.confidence < 0.9 for line in engine.read(noise, WORDS))


def test_views_are_read_like_copies(engine: Engine) -> None:
    page = drawn("A view into a page")
    assert texts(engine.read(np.asfortranarray(page), ReadOptions())) == {"A view into a page"}


def test_threads_sharing_it_get_their_own_text(engine: Engine) -> None:
    pages = [(f"Page of reader {n}", tier) for n in range(6) for tier in ("balanced", "accurate")]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda page: texts(engine.read(drawn(page[0]), ReadOptions(tier=page[1]))), pages))
    assert found == [{name} for name, _ in pages]


class Interrupted(list[Crop]):
    """Lines of which only the first is handed out before the page's time is over."""

    def __getitem__(self, index: Any) -> Any:
        if index:
            raise OutOfTime
        return super().__getitem__(index)


def test_a_page_that_was_given_up_leaves_nothing_in_the_next() -> None:
    models = Models(Settings.from_env().model_dir, Arithmetic(threads=2), integers=False)
    recogniser = models.recogniser("PP-OCRv6_tiny_rec", cjk=False)
    theirs, ours = whole(drawn("confidential " * 40)), whole(drawn("Ours"))
    for _ in range(3):
        with pytest.raises(OutOfTime):
            recogniser.read(Interrupted([theirs, theirs]))
        assert [characters.text(line) for line in recogniser.read([ours])] == ["Ours"]


def test_a_line_reads_the_same_whatever_stands_beside_it(engine: Engine) -> None:
    (alone,) = engine.read(drawn("Alone on a page"), ReadOptions())
    together = engine.read(drawn("Alone on a page", "With one more", "and a third, much longer one"), ReadOptions())
    assert alone.text in texts(together)


def test_what_the_fast_recogniser_lacks_is_read_by_the_next() -> None:
    info = openvino.describe(Settings())
    assert [names(info, *languages) for languages in (["en"], ["en", "ja"])] == [
        ["PP-OCRv6_tiny_det", "PP-OCRv6_tiny_rec", "wordfreq"],
        ["PP-OCRv6_tiny_det", "PP-OCRv6_small_rec", "wordfreq"],
    ]


def test_a_failure_of_the_library_is_an_engine_failure() -> None:
    def plan(options: ReadOptions) -> Plan:
        raise RuntimeError("Infer Request is busy")

    with pytest.raises(EngineFailed) as caught:
        PageReader(plan).read(drawn("x"), ReadOptions())
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_missing_models_stop_it(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="make models"):
        openvino.build(replace(Settings(), model_dir=tmp_path))


def test_a_gpu_stops_it() -> None:
    with pytest.raises(BadSetting, match="USE_GPU"):
        openvino.check(replace(Settings(), use_gpu=True))


def test_every_language_has_its_letters() -> None:
    """The small recogniser's dictionary, against letters that are easily missed."""
    from services.ocr.ppocr.loading import dictionary

    characters = set(dictionary(Settings.from_env().model_dir / "PP-OCRv6_small_rec" / "inference.onnx"))
    letters = "äöüß éàçœæ ñ¿ãõ åø ąęłńśźż čďěňřšťůž őű ășț ğış āēģķļņ ėįų ŵŷ ðþ ċġħż ə あア漢語體"
    assert set(letters.upper() + letters) - characters - {"S", " ", "I"} == set()


def test_dictionaries_keep_odd_characters() -> None:
    assert alphabet.of_dictionary("a\r\n\u2028\r\n\u3000\r\n") == ("", "a", "\u2028", "\u3000", " ")
    assert alphabet.without_cjk(["", "a", "漢", "é", "、", " "]).tolist() == [0, 1, 3, 5]


def test_nothing_reports_our_use_to_anybody() -> None:
    """OpenVINO's telemetry is a package of its own, and is kept out of the lock files."""
    assert find_spec("openvino_telemetry") is None
    assert not [lock for lock in (ROOT / "requirements").glob("*.lock") if "\nopenvino-telemetry" in lock.read_text()]
