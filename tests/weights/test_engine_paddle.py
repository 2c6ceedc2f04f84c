"""PaddleOCR with its real models, on pages drawn here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from config import ROOT, BadSetting, Settings
from services.document.model import Line
from services.errors import EngineFailed
from services.ocr import engines
from services.ocr.engine import Engine, Pixels, ReadOptions
from services.ocr.engines import paddle
from services.plugins import load

WORDS = ReadOptions(words=True)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return paddle.build(Settings.from_env())


def drawn(*lines: str, size: int = 32, turn: int = 0) -> Pixels:
    """Black lines of text on white, the whole turned clockwise by so many degrees."""
    image = Image.new("RGB", (40 + size * max(map(len, lines)) * 2 // 3, 40 + 2 * size * len(lines)), "white")
    for row, text in enumerate(lines):
        ImageDraw.Draw(image).text(
            (20, 20 + 2 * size * row), text, fill="black", font=ImageFont.load_default(size=size)
        )
    return np.asarray(image.rotate(-turn, expand=True))


def texts(lines: Sequence[Line]) -> set[str]:
    return {line.text for line in lines}


def test_it_is_described_without_loading_anything() -> None:
    info = load(engines, "paddle").describe(Settings())
    assert info.tiers == ("balanced",) and info.words and "en" in info.languages
    assert [model.partition("@")[0] for model in info.models(["en"], "balanced")] == list(paddle.MODELS)


def test_it_reads(engine: Engine) -> None:
    lines = engine.read(drawn("Invoice 2026-0042", "Total: 1,234.50"), ReadOptions())
    assert texts(lines) == {"Invoice 2026-0042", "Total: 1,234.50"}
    assert all(0.9 < line.confidence <= 1 and line.words == () for line in lines)


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


def test_a_large_page_is_shrunk_and_its_boxes_grow_back(engine: Engine) -> None:
    page = np.full((6000, 4000, 3), 255, dtype=np.uint8)
    stamp = drawn("Far down the page", size=90)
    page[5000 : 5000 + stamp.shape[0], 1000 : 1000 + stamp.shape[1]] = stamp
    (line,) = engine.read(page, ReadOptions())
    left, top, right, bottom = line.quad.bounds
    assert line.text == "Far down the page"
    assert 1000 < left < 1040 and top > 5000 and bottom < 5000 + stamp.shape[0] and right < 1000 + stamp.shape[1]


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (1, 20000), (20000, 1), (1, 50000), (300, 200)])
@pytest.mark.parametrize("fill", [0, 255])
def test_images_without_text_have_no_lines(engine: Engine, shape: tuple[int, int], fill: int) -> None:
    assert engine.read(np.full((*shape, 3), fill, dtype=np.uint8), WORDS) == []


def test_noise_gives_no_confident_line(engine: Engine) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (600, 800, 3), dtype=np.uint8)
    assert all(line.confidence < 0.9 for line in engine.read(noise, WORDS))


def test_views_are_read_like_copies(engine: Engine) -> None:
    page = drawn("A view into a page")
    assert texts(engine.read(np.asfortranarray(page), ReadOptions())) == {"A view into a page"}


def test_threads_sharing_it_get_their_own_text(engine: Engine) -> None:
    names = [f"Page of reader {n}" for n in range(12)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda name: texts(engine.read(drawn(name), ReadOptions())), names))
    assert found == [{name} for name in names]


def test_a_failure_of_the_library_is_an_engine_failure() -> None:
    class Broken:
        def predict(self, input: Pixels, *, return_word_box: bool) -> Sequence[Any]:
            raise RuntimeError("no primitive")

    with pytest.raises(EngineFailed) as caught:
        paddle.PaddleEngine(Broken()).read(drawn("x"), ReadOptions())
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_missing_models_stop_it(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="make models"):
        paddle.build(replace(Settings(), model_dir=tmp_path))


def test_a_gpu_that_is_not_there_stops_it(engine: Engine) -> None:
    """With the engine loaded before, so that only the check itself runs."""
    import paddle as library

    if library.device.is_compiled_with_cuda() and library.device.cuda.device_count():
        pytest.skip("this machine has a GPU")
    with pytest.raises(BadSetting, match="USE_GPU"):
        paddle.build(replace(Settings.from_env(), use_gpu=True))


ISOLATED = """
import logging, os, signal, sys
seen = []
signal.signal(signal.SIGTERM, lambda *_: seen.append("handled"))
from config import Settings
from services.ocr.engines import paddle
assert "paddle" not in sys.modules and "paddleocr" not in sys.modules
engine = paddle.build(Settings.from_env())
os.kill(os.getpid(), signal.SIGTERM)
assert seen == ["handled"], seen
assert os.environ["HOME"] == sys.argv[1], os.environ["HOME"]
"""


def test_loading_leaves_no_trace(tmp_path: Path) -> None:
    """Nothing in HOME or TMPDIR, nothing said, no network asked, and SIGTERM still the caller's."""
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    unreachable = dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"], "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ISOLATED, str(home)],
        cwd=ROOT,
        env={**os.environ, **unreachable, "HOME": str(home), "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.iterdir()) == list(scratch.iterdir()) == []


def test_off_the_main_thread_it_builds_too() -> None:
    built: list[Engine] = []
    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=lambda: built.append(paddle.build(Settings.from_env())))
    thread.start()
    thread.join()
    assert texts(built[0].read(drawn("Built elsewhere"), ReadOptions())) == {"Built elsewhere"}
    assert signal.getsignal(signal.SIGINT) is before
