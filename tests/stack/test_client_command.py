"""The command `ocr`, run as users and scripts run it, against the real service on the null engine."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from services.redis import keys
from tests.support import samples, zones
from tests.support.stack import Stack, document, eventually, faulty, free_port, picture, running

PASSPORT = zones.passport("UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "740812", "F", "300415", "ZE184226B")


def unique(text: str = "text") -> str:
    return f"{text} {uuid.uuid4()}"


@dataclass(frozen=True)
class Shell:
    """A folder to work in, and a home of its own."""

    folder: Path
    server: str

    @property
    def env(self) -> dict[str, str]:
        """Without certificates, which take most of the time that a client takes to be made."""
        own = {"OCR_SERVER": self.server, "XDG_STATE_HOME": str(self.folder / ".state")}
        return {**os.environ, **own, "PYTHONPATH": str(ROOT / "clients" / "python" / "src"), "TERM": "xterm"}

    def start(self, *args: str, **more: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ocr_client.command.main", *args]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, **{"cwd": self.folder, "env": self.env, **pipes, **more})

    def run(self, *args: str, code: int = 0, stdin: bytes = b"", **env: str) -> tuple[str, str]:
        """stdout and stderr of a call that ends with this exit code."""
        with self.start(*args, stdin=subprocess.PIPE, env={**self.env, **env}) as process:
            out, err = process.communicate(stdin, timeout=120)
        assert process.returncode == code, (process.returncode, out, err)
        return out.decode(), err.decode()

    def scans(self, *texts: str) -> list[str]:
        """Files that read as these texts."""
        names = [f"{n}.png" for n in range(1, len(texts) + 1)]
        for name, text in zip(names, texts, strict=True):
            (self.folder / name).write_bytes(picture(text))
        return names

    def files(self) -> list[str]:
        """What is in the folder, without what is hidden."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return sorted(str(path) for path in found if not str(path).startswith("."))

    def notes(self) -> list[Path]:
        return list((self.folder / ".state").rglob("*.json"))


@pytest.fixture
def shell(stack: Stack, tmp_path: Path) -> Shell:
    folder = tmp_path / "work"
    folder.mkdir()
    return Shell(folder, stack.url)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[Shell, Stack]]:
    """A service of one worker that obeys SLEEP."""
    folder = tmp_path / "work"
    folder.mkdir()
    with faulty(tmp_path / "data", OCR_WORKERS="1") as stack:
        yield Shell(folder, stack.url), stack


def jobs_of(stack: Stack) -> int:
    """How many jobs the service was given."""
    return len(list(stack.redis().scan_iter(keys.JOB + "*")))


def test_texts_are_written_beside_the_files(shell: Shell) -> None:
    texts = [unique(), unique("two\nlines")]
    out, err = shell.run("scan", *shell.scans(*texts))
    assert shell.files() == ["1.png", "1.txt", "2.png", "2.txt"] and out == ""
    assert [(shell.folder / f"{n}.txt").read_text() for n in (1, 2)] == [f"{text}\n" for text in texts]
    assert err.splitlines() == ["1.png: 1.txt", "2.png: 2.txt", "2 done"]
    assert not shell.notes() and not list(shell.folder.glob(".*.part"))


def test_what_is_there_is_not_read_again_unless_forced(shell: Shell) -> None:
    shell.scans("new")
    (shell.folder / "1.txt").write_text("old")
    assert "there already" in shell.run("scan", "1.png")[1]
    assert (shell.folder / "1.txt").read_text() == "old"
    shell.run("scan", "1.png", "--force")
    assert (shell.folder / "1.txt").read_text() == "new\n"


def test_formats_go_into_a_folder(shell: Shell) -> None:
    (shell.folder / "deep" / "er").mkdir(parents=True)
    (shell.folder / "deep" / "er" / "a.tiff").write_bytes(document(["first", "second"]))
    (shell.folder / "deep" / ".hidden.png").write_bytes(picture("hidden"))
    call = ("scan", "-r", "deep", "-f", "json", "-f", "annotated", "--out", "out/", "--words")
    shell.run(*call)
    assert "there already" in shell.run(*call)[1]
    assert "nothing to read" in shell.run("scan", "-r", "out", code=2)[1]
    written = [path for path in shell.files() if path.startswith("out")]
    assert written == ["out/er/a.annotated-2.jpg", "out/er/a.annotated.jpg", "out/er/a.json"]
    pages = json.loads((shell.folder / "out" / "er" / "a.json").read_text())["pages"]
    assert [page["text"] for page in pages] == ["first", "second"] and pages[0]["lines"][0]["words"]


def test_text_keeps_its_layout_on_request(shell: Shell) -> None:
    (shell.folder / "a.tiff").write_bytes(document(["first", "second"]))
    shell.run("scan", "a.tiff", "--layout", "--out", "out/")
    assert (shell.folder / "out" / "a.txt").read_text() == "first\n\fsecond\n"
    assert shell.run("scan", "a.tiff", "--layout", "--out", "-")[0] == "first\n\fsecond\n"
    assert shell.run("scan", "a.tiff", "--out", "-")[0] == "first\fsecond\n"


def test_a_named_output_says_its_format_and_is_not_overwritten(shell: Shell) -> None:
    shell.scans("text")
    shell.run("scan", "1.png", "--out", "result.json")
    assert json.loads((shell.folder / "result.json").read_text())["text"] == "text"
    assert "--force" in shell.run("scan", "1.png", "--out", "result.json", code=2)[1]


def test_stdin_to_stdout_in_a_pipe(shell: Shell) -> None:
    text = unique("piped\ntext")
    assert shell.run("scan", "-", stdin=picture(text))[0] == f"{text}\n"
    shell.scans("one", "two", "three")
    line = f"{sys.executable} -m ocr_client.command.main scan 1.png 2.png 3.png -q --out - | head -n 1"
    done = subprocess.run(
        ["sh", "-c", line], cwd=shell.folder, env=shell.env, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("one\n", "")


@pytest.mark.parametrize(
    ("args", "advice"),
    [
        (["nowhere"], "-r"),
        (["1.png", "2.png", "--out", "all.hocr"], "--out all.hocr/"),
        (["1.png", "2.png", "-f", "text", "-f", "pdf", "--out", "all.pdf"], "--out all.pdf/"),
        (["1.png", "2.png", "--out", "2.png", "-f", "text", "--force"], "itself among the files"),
        (["1.png", "--out", "result.xyz"], "--format"),
        (["1.png", "2.png", "-f", "pdf", "--out", "-"], "one file goes to stdout"),
        (["1.png", "-f", "text", "-f", "json", "--out", "-"], "One format"),
        (["1.png", "--out", "-", "--json"], "--json"),
        (["1.png", "-f", "docx"], "markdown"),
        (["1.png", "-f", "json", "--layout"], "--format text"),
        (["1.png", "-j", "0"], "above 0"),
        (["1.png", "--password-file", "none"], "cannot be read"),
        (["1.png", "--server", "localhost"], "http://"),
    ],
)
def test_a_wrong_call_says_what_would_do(shell: Shell, args: list[str], advice: str) -> None:
    shell.scans("one", "two")
    (shell.folder / "1.jpg").write_bytes(picture("other"))
    (shell.folder / "nowhere").mkdir()
    out, err = shell.run("scan", *args, code=2)
    assert advice in err and "Traceback" not in err and out == ""
    assert shell.files() == ["1.jpg", "1.png", "2.png"]


def test_files_of_one_name_keep_their_endings(shell: Shell) -> None:
    shell.scans("one", "two")
    (shell.folder / "1.tiff").write_bytes(document(["other"]))
    shell.run("scan", "1.png", "1.tiff", "2.png", "--out", "texts/")
    texts = {path.name: path.read_text().strip() for path in (shell.folder / "texts").iterdir()}
    assert texts == {"1.png.txt": "one", "1.tiff.txt": "other", "2.txt": "two"}


def test_a_bad_file_among_good_ones_fails_alone(shell: Shell) -> None:
    names = shell.scans("one", "two")
    (shell.folder / "bad.png").write_bytes(b"<svg/>")
    out, err = shell.run("scan", names[0], "bad.png", "missing.png", names[1], code=1)
    assert shell.files() == ["1.png", "1.txt", "2.png", "2.txt", "bad.png"]
    assert "bad.png: This file type is not read here. Send a PDF" in err
    assert "missing.png: No such file" in err and err.count("missing.png") == 1
    assert "2 done, 2 failed" in err and not shell.notes()


def test_json_lines_for_scripts(shell: Shell) -> None:
    names = shell.scans("one", "two")
    (shell.folder / "bad.png").write_bytes(b"<svg/>")
    out, err = shell.run("scan", *names, "bad.png", "--json", code=1)
    told = [json.loads(line) for line in out.splitlines()]
    assert [(line["file"], line["status"], line["outputs"]) for line in told] == [
        ("1.png", "done", ["1.txt"]),
        ("2.png", "done", ["2.txt"]),
        ("bad.png", "failed", []),
    ]
    assert told[0]["job_id"] and told[0]["pages"] == 1 and told[2]["error"]["code"] == "unsupported_type" and err == ""


def test_nobody_there_is_code_3(shell: Shell) -> None:
    shell.scans("text")
    for args in (["scan", "1.png"], ["health"], ["jobs"]):
        _, err = shell.run(*args, "--server", f"http://127.0.0.1:{free_port()}", code=3)
        assert "Check that the address is right" in err and len(err.splitlines()) == 1


def test_a_password_comes_from_a_file_or_the_environment(shell: Shell) -> None:
    (shell.folder / "locked.pdf").write_bytes(samples.encrypted_pdf("text", "open sesame"))
    assert "--ask-password" in shell.run("scan", "locked.pdf", code=1)[1]
    assert "another one" in shell.run("scan", "locked.pdf", code=1, OCR_PASSWORD="wrong")[1]
    (shell.folder / "secret").write_text("open sesame\n")
    shell.run("scan", "locked.pdf", "--password-file", "secret")
    shell.run("scan", "locked.pdf", "--force", OCR_PASSWORD="open sesame")
    assert (shell.folder / "locked.txt").exists()


def test_names_that_are_no_text_are_files_too(shell: Shell) -> None:
    name = os.fsdecode(b"caf\xe9 \x1b[31m.png")
    (shell.folder / name).write_bytes(picture("text"))
    _, err = shell.run("scan", name)
    assert (shell.folder / name).with_suffix(".txt").read_text() == "text\n" and "\x1b" not in err


def test_the_rate_limit_is_waited_for(tmp_path: Path) -> None:
    limits = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_REQUESTS": "2", "RATE_LIMIT_PERIOD": "3"}
    with running(tmp_path / "data", **limits) as stack:
        (tmp_path / "work").mkdir()
        shell = Shell(tmp_path / "work", stack.url)
        _, err = shell.run("scan", *shell.scans(*map(str, range(7))))
        assert "7 done" in err and "Goes on in" in err
        names = shell.scans(*(unique() for _ in range(7)))
        _, err = shell.run("scan", *names, "--force", "--timeout", "0.5", code=4)
        assert "Too many requests" in err


def test_a_service_that_is_killed_in_the_middle_and_started_again(slow: tuple[Shell, Stack]) -> None:
    shell, stack = slow
    texts = [f"SLEEP 0.5\n{unique()}" for _ in range(8)]
    process = shell.start("scan", *shell.scans(*texts))
    stack.tried(texts[1])
    stack.kill()
    stack.start()
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert [(shell.folder / f"{n}.txt").read_text() for n in range(1, 9)] == [f"{text}\n" for text in texts]


@contextmanager
def workers_held(stack: Stack) -> Iterator[None]:
    """Nothing is read meanwhile, but everything accepted."""
    workers = stack.children("wiring.door")
    try:
        for worker in workers:
            worker.suspend()
        yield
    finally:
        for worker in workers:
            worker.resume()


def interrupted(shell: Shell, stack: Stack, sent: signal.Signals, *args: str) -> tuple[int, str]:
    """Exit code and stderr of a run that a signal ends while three files wait for a worker, and one was done before."""
    names = shell.scans(*(unique() for _ in range(4)))
    shell.run("scan", names[0])
    with workers_held(stack):
        process = shell.start("scan", *names, *args)
        eventually(lambda: sum('"job_id": "' in note.read_text() for note in shell.notes()) == 3, 60)
        process.send_signal(sent)
        _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    return process.returncode, err.decode()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_goes_on_without_second_jobs(slow: tuple[Shell, Stack], sent: signal.Signals) -> None:
    shell, stack = slow
    code, err = interrupted(shell, stack, sent)
    told = (130, True) if sent is signal.SIGINT else (-9, False)
    assert (code, "Jobs that go on at the service: 3." in err) == told and shell.notes()[
        0
    ].parent.stat().st_mode & 0o077 == 0
    shell.run("scan", "1.png", "2.png", "3.png", "4.png")
    assert jobs_of(stack) == 4 and not shell.notes()
    assert [name for name in shell.files() if name.endswith(".txt")] == [f"{n}.txt" for n in range(1, 5)]


def test_a_changed_file_and_a_forgotten_job_are_read_anew(slow: tuple[Shell, Stack]) -> None:
    shell, stack = slow
    interrupted(shell, stack, signal.SIGINT)
    shell.scans("same", "changed")
    for note in shell.notes():
        told = json.loads(note.read_text())
        note.write_text(json.dumps({**told, "job_id": told["job_id"] and "0" * 32}))
    shell.run("scan", "2.png", "3.png")
    assert (shell.folder / "2.txt").read_text() == "changed\n" and (shell.folder / "3.txt").exists()


def test_ctrl_c_may_cancel_the_jobs(slow: tuple[Shell, Stack]) -> None:
    shell, stack = slow
    if "/ocr/job/{job_id}/cancel" not in stack.get("/openapi.json").json()["paths"]:
        pytest.skip("this version of the service cannot cancel jobs")
    code, err = interrupted(shell, stack, signal.SIGINT, "--cancel-on-interrupt")
    assert code == 130 and "go on" not in err
    assert not shell.notes()
    listed = shell.run("jobs", "--json", "--status", "cancelled")[0].splitlines()
    assert len(listed) == 3


def test_bars_are_shown_on_a_terminal(slow: tuple[Shell, Stack]) -> None:
    shell, stack = slow
    (shell.folder / "long.tiff").write_bytes(document([f"SLEEP 0.5\n{n}" for n in range(6)]))
    terminal, end = pty.openpty()
    shown: list[bytes] = []
    reader = threading.Thread(target=_read_all, args=(terminal, shown))
    reader.start()
    process = shell.start("scan", "long.tiff", stderr=end)
    os.close(end)
    out, _ = process.communicate(timeout=60)
    reader.join(10)
    os.close(terminal)
    assert process.returncode == 0 and out == b""
    assert b"long.tiff" in b"".join(shown) and b"/6" in b"".join(shown) and b"long.txt" in b"".join(shown)


def _read_all(terminal: int, shown: list[bytes]) -> None:
    """Until the other end is closed, which Linux reports as an error."""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            return
        shown.append(piece)


def test_a_passport_options_and_health_are_shown(shell: Shell) -> None:
    (shell.folder / "passport.png").write_bytes(picture("\n".join(PASSPORT.lines)))
    assert "surname: ERIKSSON" in shell.run("mrz", "passport.png")[0].splitlines()
    assert (
        json.loads(shell.run("mrz", "-", "--json", stdin=picture("\n".join(PASSPORT.lines)))[0])["surname"]
        == "ERIKSSON"
    )
    assert "No MRZ" in shell.run("mrz", "-", stdin=picture("nothing"), code=1)[1]
    assert "from 72 to 600" in shell.run("options")[0] and "properties" in json.loads(shell.run("options", "--json")[0])
    assert "status: healthy" in shell.run("health")[0].splitlines()


def test_a_job_is_shown_cancelled_and_deleted(slow: tuple[Shell, Stack]) -> None:
    shell, stack = slow
    job = stack.submit(f"SLEEP 60\n{unique()}")
    assert f"job_id: {job}" in shell.run("job", job)[0].splitlines()
    assert "ocr jobs" in shell.run("job", "../x", code=2)[1]
    assert "No such job" in shell.run("job", "0" * 32, code=1)[1]
    if "/ocr/jobs" not in stack.get("/openapi.json").json()["paths"]:
        pytest.skip("this version of the service cannot list, cancel and delete jobs")
    assert shell.run("jobs")[0].startswith(f"{job}  processing") and shell.run("jobs", "--status", "failed")[0] == ""
    shell.run("job", job, "--cancel")
    stack.finished(job)
    assert json.loads(shell.run("job", job, "--json")[0])["status"] == "cancelled"
    shell.run("job", job, "--delete")
    shell.run("job", job, code=1)


def test_jobs_are_deleted_once_written(shell: Shell) -> None:
    with_delete = Stack(shell.folder, {}, port=int(shell.server.rpartition(":")[2]))
    if "delete" not in with_delete.get("/openapi.json").json()["paths"]["/ocr/job/{job_id}"]:
        pytest.skip("this version of the service cannot delete jobs")
    shell.scans(unique())
    job = json.loads(shell.run("scan", "1.png", "--delete-after", "--json")[0])["job_id"]
    shell.run("job", job, code=1)


@pytest.mark.parametrize("kind", ["markdown", "hocr", "alto", "tsv", "pdf"])
def test_the_services_formats_are_written(shell: Shell, kind: str) -> None:
    shell.scans("some text")
    job = json.loads(shell.run("scan", "1.png", "--json", "--out", "out/")[0])["job_id"]
    there = Stack(shell.folder, {}, port=int(shell.server.rpartition(":")[2])).get(f"/ocr/job/{job}/artifacts/{kind}")
    if there.status_code == 400:
        pytest.skip(f"this version of the service does not write {kind}")
    (told,) = (json.loads(line) for line in shell.run("scan", "1.png", "--json", "-f", kind)[0].splitlines())
    assert len(told["outputs"]) == 1 and (shell.folder / told["outputs"][0]).stat().st_size > 0
