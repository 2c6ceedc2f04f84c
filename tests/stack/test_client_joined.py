"""`ocr scan` of several files with one `--out FILE`, against the real service on the null engine."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from ocr_client import OcrError, ServiceFailed, Unreachable
from ocr_client.command.board import Outcome
from ocr_client.command.joining import joined
from ocr_client.command.outputs import Item

from tests.stack.test_client_command import Shell, jobs_of, unique, workers_held
from tests.support import samples
from tests.support.readback import printed
from tests.support.stack import Stack, document, eventually, faulty


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture
def there(stack: Stack, folder: Path) -> Shell:
    return Shell(folder, stack.url)


@pytest.fixture
def own(tmp_path: Path, folder: Path) -> Iterator[tuple[Shell, Stack]]:
    """A service that nobody else sends jobs to."""
    with faulty(tmp_path / "data", OCR_WORKERS="1") as stack:
        yield Shell(folder, stack.url), stack


def bookmarks(path: Path) -> list[tuple[str, int]]:
    """Titles and pages, those below another after it."""
    reader = pypdf.PdfReader(path)

    def flat(entries: list[object]) -> Iterator[tuple[str, int]]:
        for entry in entries:
            if isinstance(entry, list):
                yield from flat(entry)
            else:
                assert isinstance(entry, pypdf.generic.Destination)
                page = reader.get_destination_page_number(entry)
                yield str(entry.title), -1 if page is None else page

    return list(flat(list(reader.outline)))


def with_bookmark(pdf: bytes, title: str) -> bytes:
    out = BytesIO()
    writer = pypdf.PdfWriter(BytesIO(pdf))
    writer.add_outline_item(title=title, page_number=0)
    writer.write(out)
    return out.getvalue()


def test_several_files_are_one_pdf_in_the_order_given(there: Shell) -> None:
    """Though the last was read before, and is there at once."""
    long = [unique() for _ in range(5)]
    there.scans("early")
    (there.folder / "z.tiff").write_bytes(document(long))
    there.run("scan", "1.png", "--out", "elsewhere/")
    _, err = there.run("scan", "z.tiff", "1.png", "--out", "searchable.pdf")
    out = there.folder / "searchable.pdf"
    assert err.splitlines() == ["z.tiff: read", "1.png: read", "2 read", "searchable.pdf: 2 files, 6 pages"]
    assert [page.split() for page in printed(out).split("\f")[:-1]] == [text.split() for text in [*long, "early"]]
    assert [page.extract_text().split() for page in pypdf.PdfReader(out).pages] == [
        text.split() for text in [*long, "early"]
    ]
    assert bookmarks(out) == [("z.tiff", 0), ("1.png", 5)]
    assert there.files() == ["1.png", "elsewhere/1.txt", "searchable.pdf", "z.tiff"]
    assert not there.notes() and not list(there.folder.glob(".*.part"))


def test_bookmarks_of_a_file_stand_below_its_own(there: Shell) -> None:
    pdf = with_bookmark(samples.born_digital_pdf(["text"]), "Chapter")
    for name in ("a.pdf", "b.pdf"):
        (there.folder / name).write_bytes(pdf)
    there.run("scan", "a.pdf", "b.pdf", "--mode", "text", "--out", "new/all.pdf")
    assert bookmarks(there.folder / "new" / "all.pdf") == [("a.pdf", 0), ("Chapter", 0), ("b.pdf", 1), ("Chapter", 1)]


def test_a_pdf_that_opens_without_its_password_is_joined(there: Shell) -> None:
    there.scans("text")
    (there.folder / "sealed.pdf").write_bytes(samples.encrypted_pdf("sealed", ""))
    _, err = there.run("scan", "sealed.pdf", "1.png", "--out", "all.pdf")
    assert len(pypdf.PdfReader(there.folder / "all.pdf").pages) == 2 and "all.pdf: 2 files, 2 pages" in err


def test_text_markdown_and_json_are_joined(there: Shell) -> None:
    names = there.scans("one", "two")
    (there.folder / "deep").mkdir()
    (there.folder / "deep" / "a.tiff").write_bytes(document(["three", "four"]))
    for out in ("all.txt", "all.md", "all.json"):
        there.run("scan", "-r", *names, "deep", "--out", out)
    pages = (there.folder / "all.txt").read_text().split("\f")
    assert [page.strip() for page in pages] == ["one", "two", "three", "four"]
    assert (there.folder / "all.md").read_text() == "one\n\n---\n\ntwo\n\n---\n\nthree\n\n---\n\nfour\n"
    results = json.loads((there.folder / "all.json").read_text())
    assert [result["filename"] for result in results] == ["1.png", "2.png", "a.tiff"]


def test_one_file_is_not_overwritten_unless_forced(there: Shell) -> None:
    names = there.scans("one", "two")
    (there.folder / "all.txt").write_text("old")
    assert "--force" in there.run("scan", *names, "--out", "all.txt", code=2)[1]
    assert (there.folder / "all.txt").read_text() == "old"
    there.run("scan", *names, "--out", "all.txt", "--force")
    assert (there.folder / "all.txt").read_text() == "one\n\ftwo\n"


def test_without_a_file_that_fails_there_is_no_joined_one(own: tuple[Shell, Stack]) -> None:
    """And what was read meanwhile is not sent again."""
    shell, stack = own
    call = ("scan", *shell.scans(unique(), unique()), "bad.png", "--out", "all.txt")
    (shell.folder / "bad.png").write_bytes(b"<svg/>")
    _, err = shell.run(*call, code=1)
    assert "all.txt: It is not written, because bad.png could not be read." in err and "--skip-failed" in err
    assert shell.files() == ["1.png", "2.png", "bad.png"] and jobs_of(stack) == 2
    _, err = shell.run(*call, "--skip-failed", code=1)
    assert len((shell.folder / "all.txt").read_text().split("\f")) == 2 and "all.txt: 2 files, 2 pages" in err
    assert jobs_of(stack) == 2 and not shell.notes()
    shell.run("scan", "bad.png", "missing.png", "--out", "none.txt", "--skip-failed", code=1)
    assert "none.txt" not in shell.files()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_goes_on_with_what_was_read_and_queued(
    own: tuple[Shell, Stack], sent: signal.Signals
) -> None:
    shell, stack = own
    texts = ["known", unique(), unique()]
    call = ("scan", *shell.scans(*texts), "--out", "all.txt")
    shell.run("scan", "1.png", "--out", "elsewhere/")
    with workers_held(stack):
        process = shell.start(*call, "--cancel-on-interrupt" if sent is signal.SIGKILL else "--json")
        assert process.stdout and process.stderr
        first = (process.stderr if sent is signal.SIGKILL else process.stdout).readline()
        assert b"1.png" in first and b"read" in first
        eventually(lambda: sum('"job_id": "' in note.read_text() for note in shell.notes()) == 3, 60)
        process.send_signal(sent)
        _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err and "all.txt" not in shell.files()
    before = jobs_of(stack)
    shell.run(*call)
    assert (shell.folder / "all.txt").read_text() == "\f".join(f"{text}\n" for text in texts)
    assert jobs_of(stack) == before and not shell.notes()


def test_scripts_are_told_of_each_file_and_then_of_the_one(there: Shell) -> None:
    call = ("scan", "--json", "--out", "all.txt", *there.scans(unique(), unique()))
    told = [json.loads(line) for line in there.run(*call, "--delete-after")[0].splitlines()]
    assert [(line["file"], line["status"], line["pages"], line["outputs"]) for line in told] == [
        ("1.png", "read", 1, []),
        ("2.png", "read", 1, []),
        ("all.txt", "done", 2, ["all.txt"]),
    ]
    for line in told[:2]:
        there.run("job", line["job_id"], code=1)
    out, _ = there.run(*call, "missing.png", "--force", code=1)
    last = json.loads(out.splitlines()[-1])
    assert (last["file"], last["status"], last["error"]["code"]) == ("all.txt", "failed", "not_joined")


def outcome(name: str, error: OcrError | None = None) -> Outcome:
    return Outcome(Item(name, Path(name)), "failed" if error else "read", pages=1, error=error)


@pytest.mark.parametrize(("error", "left_out"), [(ServiceFailed(500, {}, "no"), True), (Unreachable("no"), False)])
def test_what_a_service_that_went_away_has_not_read_is_never_left_out(
    folder: Path, error: OcrError, left_out: bool
) -> None:
    outcomes = [outcome("a.png"), outcome("b.png", error)]
    whole = joined(folder / "all.txt", "text", outcomes, {"a.png": b"text\n"}, skip_failed=True)
    assert (whole.status == "done") is left_out is (folder / "all.txt").exists()


def test_a_pdf_that_cannot_be_joined_is_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good = samples.born_digital_pdf(["text"])
    contents = {"a.pdf": good, "bad.pdf": good[:60]}
    whole = joined(folder / "all.pdf", "pdf", [outcome("a.pdf"), outcome("bad.pdf")], contents, skip_failed=True)
    assert whole.status == "failed" and "bad.pdf cannot be joined" in str(whole.error)
    assert list(folder.iterdir()) == [] and capfd.readouterr() == ("", "")
