"""What the benchmarks' reports rest on: scoring, the contestants' protocol, and that one failure spoils nothing."""

from __future__ import annotations

import json
import random
import re
import signal
import sys
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import memory, peers
from benchmarks.documents import Row, _fields
from benchmarks.documents.__main__ import made
from benchmarks.harness import contestants, drawn, report
from benchmarks.harness.confidence import Judged, bins, calibration_error, judged
from benchmarks.harness.contestants import Contestant, ContestantFailed, PageFailed
from benchmarks.harness.data import Sample, samples
from benchmarks.harness.machine import processor
from benchmarks.harness.reading import Finding
from benchmarks.harness.report import Report, Table
from benchmarks.harness.rounds import Bounds, Page, Run, measure
from benchmarks.harness.scoring import Rules, Share, distance, estimates, interval, rate, score
from config import ROOT, Settings
from services.document.model import Line, Quad
from services.ocr import engines
from services.plugins import names
from tests.support.stack import picture

BAG = Rules(bag=True, fold_case=True)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "FOLDER", tmp_path / "bench")


def fake(variant: str) -> Contestant:
    return Contestant("fake", variant, "tests.support.faults.contestant", frozenset({"en"}))


def page(folder: Path, name: str, text: str = "a b") -> Page:
    path = folder / f"{name}.txt"
    path.write_text(text)
    return Page(Sample(path, "set", f"en: {text}", BAG, "en"), path)


def test_a_bag_of_words_ignores_order_case_and_punctuation() -> None:
    shares = score("Date: 9/ 3/ 92", "9/3/92 DATE", BAG)
    assert shares["F1"] == (8, 8)
    shares = score("one two two", "two three", BAG)
    assert (shares["F1"], shares["precision"], shares["recall"]) == ((2, 5), (1, 2), (1, 3))


def test_errors_count_characters_and_words() -> None:
    shares = score("the quick fox", "the quack  fox.", Rules())
    assert shares == {"CER": (2, 13), "WER": (2, 3)}
    assert score("", "noise", Rules())["CER"] == (5, 0)


def test_chinese_is_compared_without_spaces_and_words() -> None:
    assert score("价 格", "价格 ", Rules("ch")) == {"CER": (0, 2)}


@pytest.mark.parametrize(("one", "other", "apart"), [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3)])
def test_distance(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == distance(other, one) == apart


def test_a_rate_is_pooled_and_its_interval_holds_it() -> None:
    dice = random.Random(1)
    shares = [Share(dice.randint(50, 100), 100) for _ in range(40)]
    low, high = interval(shares)
    assert low < rate(shares) < high < low + 0.2
    assert interval(shares) == (low, high)
    assert interval([Share(3, 4)] * 5) == (0.75, 0.75)


def test_a_set_has_an_estimate_for_what_all_its_files_have() -> None:
    scores = [score("a b", "a b", BAG), score("a b c d", "a", BAG)]
    found = estimates(scores)["F1"]
    assert (found.n, found.value) == (2, (4 + 2) / (4 + 5))
    assert found.per_file == pytest.approx((1 + 2 / 5) / 2)
    assert estimates([]) == {}


def test_a_contestant_reads_and_goes_on_after_a_page_it_cannot(tmp_path: Path) -> None:
    easy, hard = page(tmp_path, "easy"), page(tmp_path, "hard")
    with contestants.running(fake("chatty"), 1, Settings()) as one:
        assert one.about["precision"] == ["f32"] and one.about["versions"]["numpy"][0].isdigit()
        assert one.read(easy.path, "en").text == "en: a b"
        with pytest.raises(PageFailed, match="too hard"):
            one.read(hard.path, "en")
        reading = one.read(easy.path, "de")
    assert reading.text == "de: a b" and reading.seconds >= 0 and reading.peak_rss > 2**20
    assert one.process.returncode is not None


def test_a_contestant_that_cannot_be_loaded_says_why() -> None:
    with (
        pytest.raises(ContestantFailed, match="its model is missing"),
        contestants.running(fake("unloadable"), 1, Settings()),
    ):
        pass


def test_a_contestant_that_never_starts_the_clock_is_not_counted(tmp_path: Path) -> None:
    with contestants.running(fake("late"), 1, Settings()) as one, pytest.raises(PageFailed):
        one.read(page(tmp_path, "easy").path, "en")


def test_whoever_fails_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    run, pages = Run(), [page(tmp_path, name) for name in ("easy", "other", "hard", "last")]
    chosen = [fake("unloadable"), fake("mortal"), fake("chatty")]
    measure(run, chosen, 1, pages, Bounds(60, 4), Settings())
    read = {
        name: [measurement.file for measurement in run.of(name, 1, "set")] for name in ("fake:mortal", "fake:chatty")
    }
    assert read == {
        "fake:mortal": ["easy.txt", "other.txt"],
        "fake:chatty": [page.path.name for page in pages],
    }
    assert [measurement.seconds is None for measurement in run.of("fake:chatty", 1, "set")] == [
        False,
        False,
        True,
        False,
    ]
    assert estimates([measurement.score for measurement in run.of("fake:chatty", 1, "set")])["recall"].value == 0.75
    for told in ("fake:unloadable, 1 threads: FileNotFoundError", "fake:mortal, 1 threads, at hard.txt: ended"):
        assert any(failure.startswith(told) for failure in run.failures), run.failures


def test_whoever_never_answers_takes_no_more_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "READ_SECONDS", 3.0)
    with contestants.running(fake("endless"), 1, Settings()) as one:
        with pytest.raises(ContestantFailed, match="no answer in 3 s"):
            one.read(page(tmp_path, "hard").path, "en")
        assert one.process.wait(10) == -signal.SIGKILL


def test_our_own_engines_take_part_with_every_tier(tmp_path: Path) -> None:
    (contestant,) = contestants.find(["null"], Settings())
    path = tmp_path / "page.png"
    path.write_bytes(picture("what is read"))
    with contestants.running(contestant, 1, Settings()) as one:
        assert one.read(path, "en").text == "what is read"
    tiers = contestants.find(["openvino"], Settings())
    assert {contestant.variant for contestant in tiers} >= {"fast", "balanced"}


def test_contestants_are_found_by_name_and_no_name_is_two_things() -> None:
    everybody = contestants.find(None, Settings())
    assert contestants.reference(Settings()) in map(str, everybody)
    assert {contestant.name for contestant in everybody} == {Settings().ocr_engine, *names(peers)}
    assert not set(names(engines)) & set(names(peers))
    with pytest.raises(SystemExit, match="openvino:fast"):
        contestants.find(["openvino:nonsense"], Settings())


def test_a_report_is_markdown_and_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["benchmarks/speed.py", "--files", "3", "--out", str(tmp_path), "--data", "/somewhere"]
    monkeypatch.setattr(sys, "argv", arguments)
    report.write(Report("r", "A title", ["Words.", Table(("a", "b"), [("1", "2")])], {"n": 1}), tmp_path)
    text, told = (tmp_path / "r.md").read_text(), json.loads((tmp_path / "r.json").read_text())
    assert text.startswith("# A title\n") and "Words.\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n" in text
    assert told["n"] == 1 and told["facts"]["command"] == "python -m benchmarks.speed --files 3"
    assert "| processor |" in text and str(tmp_path) not in text


def test_the_report_tells_what_the_processor_has() -> None:
    told = processor("model name\t: A CPU\nflags\t\t: fpu avx2 avx512_vnni\n")
    assert told.startswith("A CPU (avx2, no avx512f, avx512_vnni, no avx512_bf16")


@pytest.mark.parametrize("target", ["speed", "http", "accuracy", "memory", "listeners", "access"])
def test_every_benchmark_is_one_command(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^bench-{target}:.*## .*\n\t@\$\(BIN\)/python -m benchmarks\.{target} ", makefile, re.MULTILINE)
    assert (ROOT / "benchmarks" / f"{target}.py").is_file()


def line(text: str, left: float, right: float, confidence: float) -> Line:
    return Line(text, confidence, Quad((left, 0), (right, 0), (right, 10), (left, 10)))


def test_a_line_is_right_if_the_truth_at_its_place_has_its_words() -> None:
    boxes = (("9/", (0, 0, 10, 10)), ("3/", (12, 0, 20, 10)), ("far away", (100, 0, 150, 10)))
    sample = Sample(Path("a"), "set", "", BAG, "en", boxes)
    found = [line("9/3", 0, 20, 0.9), line("9/8", 0, 20, 0.6), line("scribble", 60, 80, 0.5), line("far", 0, 20, 0.7)]
    assert list(judged(found, sample)) == [(0.9, True), (0.6, False), (0.7, False)]


def test_calibration_compares_confidence_with_the_share_that_is_right() -> None:
    found = bins([Judged(0.75, True), Judged(0.75, True), Judged(0.75, True), Judged(0.75, False), Judged(1.0, False)])
    assert [
        (measurement.low, measurement.high, measurement.n, measurement.confidence, measurement.right)
        for measurement in found
    ] == [
        (0.7, 0.8, 4, 0.75, 0.75),
        (0.99, 1.0, 1, 1.0, 0.0),
    ]
    assert calibration_error(found) == 0.2


@pytest.mark.slow
def test_drawn_pages_are_always_the_same_and_differ_from_each_other(tmp_path: Path) -> None:
    pixels, text = drawn.page(3)
    again, same = drawn.page(3)
    assert (pixels == again).all() and text == same != drawn.page(4)[1]
    path = tmp_path / "page.png"
    Image.fromarray(pixels).save(path)
    sizes = [memory.shaped(path, seed).size for seed in range(8)]
    assert len(set(sizes)) == 8 and sizes[0] == memory.shaped(path, 0).size


def test_a_set_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert samples(tmp_path, "forms_funsd") == []


def test_readers_of_documents_stand_beside_each_other_and_absent_ones_are_named() -> None:
    rows = [
        Row("zones", "lines", "ours", 9, 10, 0.25),
        Row("zones", "lines", "other", 0, 0, note="skipped: no model"),
        Row("zones", "lines", "third", 4, 10),
    ]
    explanation, table, *failed = made(rows).parts
    assert isinstance(table, Table) and table.columns == ("set", "measure", "n", "ours", "other", "third")
    assert table.rows == [("zones", "lines", "10", "9, 0.25 s", "", "4")]
    assert "other: skipped: no model" in "".join(map(str, failed))


def test_files_of_one_document_count_once_and_only_if_all_are_right() -> None:
    def tried(name: str, number: str, found: str | None) -> _fields.Tried:
        value = {"total": {"value": found} if found else None}
        return {"path": Path(name), "fields": {"number": number, "total": "12.00"}}, Finding(value, 0.1)

    files = [
        tried("a.pdf", "1", "12"),
        tried("a.jpg", "1", "12"),
        tried("b.pdf", "2", "12"),
        tried("b.jpg", "2", None),
        tried("c.pdf", "3", "13"),
    ]
    (row,) = _fields.compared("bills", "ours", files, [_fields.Measure("total", "total", "total", _fields.amounts)])
    assert (row.right, row.n) == (1, 3) and row.note == "not: b.jpg, c.pdf"
