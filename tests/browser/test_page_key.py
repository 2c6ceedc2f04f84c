"""The page where the service asks who calls."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PATIENCE, choose, shown, visit
from tests.support.keys import new_key
from tests.support.stack import Stack, faulty, picture

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with faulty(tmp_path_factory.mktemp("key") / "data", AUTH="keys", OCR_WORKERS="1") as service:
        yield service


def sign_in(page: Page, key: str, *, keep: bool = False) -> None:
    page.get_by_label("This service asks for a key").fill(key)
    page.get_by_label("Keep it on this device").set_checked(keep)
    page.get_by_role("button", name="Go on").click()


def stored(page: Page, place: str) -> Any:
    return page.evaluate(f"{place}.getItem('ocr.key')")


def test_the_page_asks_for_a_key_and_says_whose_jobs_these_are(browser: Browser, guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "till-7")
    with visit(browser, guarded.url, ready="#key-dialog[open]") as page:
        sign_in(page, "ocr_wrong")
        expect(page.get_by_role("alert").filter(has_text="not valid")).to_be_visible()
        sign_in(page, key)
        expect(page.locator("#who")).to_have_text("till-7 · shop-1")
        assert (stored(page, "sessionStorage"), stored(page, "localStorage")) == (key, None)
        text = f"HOLD\nfirst line {uuid.uuid4()}"
        choose(page, ("scan.png", picture(text)))
        guarded.tried(text)
        guarded.let_go(text)
        shown(page)
        expect(page.get_by_role("option").filter(has_text="first line")).to_have_count(1)
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("#key-dialog")).to_be_visible()
        assert stored(page, "sessionStorage") is None


def test_a_key_is_kept_where_that_is_asked_for(browser: Browser, guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "till-8")
    with visit(browser, guarded.url, ready="#key-dialog[open]") as page:
        sign_in(page, key, keep=True)
        expect(page.locator("#who")).to_have_text("till-8 · shop-1")
        other = page.context.new_page()
        other.goto(guarded.url)
        expect(other.locator("#who")).to_have_text("till-8 · shop-1")


def test_where_nobody_is_asked_there_is_no_dialog(browser: Browser, stack: Stack) -> None:
    with visit(browser, stack.url) as page:
        expect(page.locator("#key-dialog")).to_be_hidden()
        expect(page.locator("#sign-out")).to_be_hidden()
