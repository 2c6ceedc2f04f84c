"""A real Chromium for tests of the page."""

from __future__ import annotations

import os
import shutil
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
OPTIONS = "#options-form select"
"""Is there once the page has learnt what the service can do."""

PATIENCE = 60_000
"""Milliseconds: no test is decided by how fast a machine is."""

WATCH = """
window.violations = [];
const noted = ({ violatedDirective, blockedURI }) => window.violations.push(`${violatedDirective} ${blockedURI}`);
document.addEventListener("securitypolicyviolation", noted);
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips the test where there is no browser."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("No Chromium is installed, so the page is not tried in a browser.")
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*QUIET, *CAMERA, *root])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, url: str, *, ready: str = OPTIONS, **context: Any) -> Iterator[Page]:
    """The page at `url`, in a browser that knows nothing yet. No script may fail, no policy be violated meanwhile."""
    faults: list[str] = []
    visitor = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **context})
    visitor.set_default_timeout(PATIENCE)
    visitor.add_init_script(WATCH)
    page = visitor.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.extend(_policy(message)))
    page.on("dialog", lambda dialog: dialog.accept())
    try:
        page.goto(url)
        page.wait_for_selector(ready, state="attached")
        yield page
        faults += page.evaluate("window.violations")
    finally:
        visitor.close()
    assert not faults


def _policy(message: ConsoleMessage) -> list[str]:
    return [message.text] if "Content Security Policy" in message.text or "Trusted" in message.text else []


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files (name, content)."""
    payloads = [FilePayload(name=name, mimeType="", buffer=content) for name, content in files]
    page.set_input_files("#files-input", payloads)


def opened(page: Page, name: str, content: bytes) -> None:
    """Have one file read and wait until its page is shown."""
    choose(page, (name, content))
    shown(page)


def shown(page: Page) -> None:
    """Wait until the picture of a page is there."""
    page.wait_for_selector('.stage[data-state="shown"]')


@contextmanager
def below(prefix: str, port: int) -> Iterator[str]:
    """A proxy that shows the service at `port` of this machine below `prefix` and nowhere else; its address."""

    class Handler(BaseHTTPRequestHandler):
        def relay(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                return self.send_error(404)
            upstream = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                upstream.request(self.command, self.path.removeprefix(prefix), body, dict(self.headers))
                answer = upstream.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                self.end_headers()
                while part := answer.read1(65536):
                    self.wfile.write(part)
                    self.wfile.flush()
            except ConnectionError:
                pass  # the browser has left
            finally:
                upstream.close()

        do_GET = do_POST = do_DELETE = relay

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{prefix}/"
        finally:
            server.shutdown()
