"""The page, judged by axe in every state and both themes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support import samples
from tests.support.browser import PATIENCE, choose, opened, visit
from tests.support.stack import Stack, faulty, picture

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with faulty(tmp_path_factory.mktemp("accessible") / "data", OCR_WORKERS="1") as stack:
        yield stack


def empty(page: Page) -> None:
    page.locator("#options summary").click()


def running(page: Page) -> None:
    choose(page, ("slow.png", picture(f"SLEEP 8\n{uuid.uuid4()}")))
    expect(page.locator("#cards")).to_contain_text("Reading")


def result(page: Page) -> None:
    page.locator("#options summary").click()
    for name in ("Receipt", "Passport or ID card", "Barcodes", "Picture quality"):
        page.get_by_label(name).check()
    opened(page, "a.png", picture("CORNER SHOP\nTea 10.00\nTOTAL 10.00"))


def document(page: Page) -> None:
    page.locator("#options summary").click()
    page.get_by_label("Text in PDFs").select_option("text")
    opened(page, "a.pdf", samples.born_digital_pdf(["one", "two"]))
    page.get_by_label("Search the text").fill("one")
    page.get_by_text("Download", exact=True).click()


def error(page: Page) -> None:
    choose(page, ("a.txt", b"no picture"), ("locked.pdf", samples.encrypted_pdf("secret", "open")))
    expect(page.locator(".error-title")).to_have_count(2)


def expired(page: Page) -> None:
    page.evaluate("location.hash = '#/job/gone'")
    expect(page.get_by_role("heading", level=1)).to_have_text("This file is no longer there")


def history(page: Page) -> None:
    page.evaluate("localStorage['ocr.history'] = JSON.stringify([{id: 'a', name: 'old.png', at: 1, expires: 2}])")
    page.reload()
    expect(page.locator("#past li")).to_have_count(1)


@contextmanager
def visited(browser: Browser, service: Stack, theme: str) -> Iterator[Page]:
    with visit(browser, service.url, color_scheme=theme, reduced_motion="reduce") as page:
        yield page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", [empty, running, result, document, error, expired, history])
def test_axe_finds_nothing(browser: Browser, service: Stack, state: Callable[[Page], None], theme: str) -> None:
    with visited(browser, service, theme) as page:
        state(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_the_switch_wins_over_the_system_and_is_remembered(browser: Browser, service: Stack) -> None:
    with visited(browser, service, "light") as page:
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        for _ in range(2):
            page.get_by_role("button", name="Colours").click()
        dark = page.evaluate(background)
        assert dark != light
        page.reload()
        assert page.evaluate(background) == dark
