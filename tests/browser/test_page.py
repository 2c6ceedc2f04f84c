"""The page at `/` in a real Chromium, on the real service."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from functools import partial
from io import BytesIO

import httpx
import numpy as np
import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from config import ROOT, Settings
from tests.support import samples
from tests.support.browser import below, choose, opened, shown, visit
from tests.support.samples import tables
from tests.support.stack import Stack, document, faulty, picture, running
from wiring.web import create_app

HOSTILE = '<img src=x onerror="window.hit=1">'
EXAMPLES = ROOT / "examples"
expect.set_options(timeout=60_000)


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    with visit(browser, stack.url) as shown:
        yield shown


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Reads as slowly as a picture tells it to, and takes one upload in two seconds."""
    settings = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_REQUESTS": "1", "RATE_LIMIT_PERIOD": "2", "OCR_WORKERS": "1"}
    with faulty(tmp_path_factory.mktemp("slow") / "data", **settings) as service:
        yield service


def unique(text: str) -> bytes:
    return picture(f"{text}\n{uuid.uuid4()}")


def can(stack: Stack, path: str, method: str) -> bool:
    """Whether the service has this call."""
    return method in stack.get("/openapi.json").json()["paths"].get(path, {})


def test_a_file_is_uploaded_followed_and_shown(page: Page) -> None:
    choose(page, ("scan.png", unique("first line\nsecond line")))
    shown(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("scan.png")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(3)
    page.get_by_role("option").nth(1).click()
    expect(page.locator(".box.selected")).to_have_attribute("aria-label", "second line")
    page.locator(".box").first.click(force=True)
    expect(page.get_by_role("option", selected=True)).to_contain_text("first line")
    page.locator(".box").nth(1).hover(force=True)
    expect(page.locator(".lines .hover")).to_contain_text("second line")


def test_several_files_wait_in_a_list_and_each_can_be_opened(page: Page) -> None:
    choose(page, ("one.png", unique("one")), ("two.txt", b"no picture"), ("three.pdf", samples.blank_pdf(1)))
    cards = page.locator("#cards > li")
    expect(cards).to_have_count(3)
    expect(cards.filter(has_text="two.txt")).to_contain_text("This kind of file cannot be read")
    expect(cards.filter(has_text="two.txt")).to_contain_text("Send a PDF, an invoice in XML, or a JPEG, PNG")
    expect(page.get_by_role("alert")).to_contain_text("two.txt")
    expect(page.get_by_role("button", name="Open three.pdf")).to_be_visible()
    page.get_by_role("button", name="Open one.png").click()
    shown(page)
    page.get_by_role("link", name="All files").click()
    expect(cards).to_have_count(3)
    page.get_by_role("button", name="Clear the finished ones").click()
    expect(page.locator("#files")).to_be_hidden()


def test_a_picture_is_pasted(page: Page) -> None:
    page.evaluate(
        """(bytes) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true }));
        }""",
        list(unique("pasted text")),
    )
    shown(page)
    expect(page.get_by_role("option").first).to_contain_text("pasted text")


def test_a_file_is_dropped(page: Page) -> None:
    carried = page.evaluate_handle(
        """(bytes) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
            return carried;
        }""",
        list(unique("dropped text")),
    )
    page.dispatch_event("h1", "dragenter", {"dataTransfer": carried})
    expect(page.locator("#veil")).to_be_visible()
    page.dispatch_event("h1", "drop", {"dataTransfer": carried})
    expect(page.locator("#veil")).to_be_hidden()
    shown(page)
    expect(page.get_by_role("option").first).to_contain_text("dropped text")


def test_a_photo_is_taken(page: Page) -> None:
    page.get_by_role("button", name="Take a photo").click()
    page.get_by_role("button", name="Take the photo").click()
    shown(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("photo-")
    expect(page.get_by_text("No text was found on this page.")).to_be_visible()


def test_twenty_pages_are_paged_through_and_searched(page: Page) -> None:
    texts = [f"This is page {number} of twenty" for number in range(1, 21)]
    page.locator("#options summary").click()
    page.get_by_label("Text in PDFs").select_option("text")
    opened(page, "twenty.pdf", samples.born_digital_pdf(texts))
    number, line = page.get_by_label("Page", exact=True), page.get_by_role("option").first
    for wanted in texts[1:]:
        page.get_by_role("button", name="Next page").click()
        expect(line).to_contain_text(wanted)
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    shown(page)
    page.keyboard.press("PageUp")
    expect(number).to_have_value("19")
    number.fill("7")
    number.press("Enter")
    expect(line).to_contain_text(texts[6])
    search = page.get_by_label("Search the text")
    search.fill("PAGE 1")
    expect(page.get_by_text("1 of 11", exact=True)).to_be_visible()
    expect(line.locator("mark")).to_have_text("page 1")
    for _ in range(10):
        search.press("Enter")
    expect(number).to_have_value("19")
    shown(page)
    assert page.locator(".spots polygon").count() == 2  # of the words page and 19


def test_every_format_is_downloaded(page: Page, stack: Stack) -> None:
    opened(page, "scan.tif", document([f"page one {uuid.uuid4()}", "page two"]))
    names: list[str] = []
    contents: list[bytes] = []
    buttons = page.locator(".menu li button")
    # Text comes in two ways, and tables are downloaded where they are shown.
    assert buttons.count() == len(stack.get("/ocr/options").json()["artifacts"])
    for number in range(buttons.count()):
        page.get_by_text("Download", exact=True).click()
        with page.expect_download() as download:
            buttons.nth(number).click()
        names.append(download.value.suggested_filename)
        contents.append(download.value.path().read_bytes())
    assert all(contents) and any(content.endswith(b"\n\fpage two\n") for content in contents)
    assert len(names) > 1 and all(name.startswith("scan.") for name in names), names


def test_a_table_is_shown_outlined_and_copied_as_a_table(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#options summary").click()
    page.get_by_label("Text in PDFs").select_option("text")
    opened(page, "crew.pdf", tables.closed().pdf())
    page.get_by_role("tab", name="Tables").click()
    expect(page.locator(".table-pane td")).to_have_count(16)
    expect(page.locator(".cells polygon")).to_have_count(20)
    page.get_by_role("cell", name="Falmouth").click()
    expect(page.locator(".spots polygon")).to_have_count(1)
    page.get_by_role("button", name="Copy table 1").click()
    expect(page.locator("#toast")).to_have_text("Copied as a table.")
    copied = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const read = async (type) => (await item.getType(type)).text();
            return [await read("text/plain"), await read("text/html")];
        }"""
    )
    assert copied[0].splitlines()[1] == "Ada Quill\tFalmouth\t2019\t41"
    assert "<th>Name</th>" in copied[1] and "<td>Ada Quill</td>" in copied[1]
    with page.expect_download() as download:
        page.get_by_role("button", name="Tables as XLSX").click()
    assert download.value.suggested_filename == "crew.xlsx" and download.value.path().read_bytes()[:2] == b"PK"


def test_everything_can_be_done_with_keys(page: Page) -> None:
    page.on("filechooser", lambda _: None)  # or the first one opens before the browser is told to leave it to us
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(FilePayload(name="a.png", mimeType="", buffer=unique("alpha\nbeta")))
    shown(page)
    for _ in range(20):
        if page.evaluate("document.activeElement.getAttribute('role')") == "option":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".box.selected")).to_have_attribute("aria-label", "beta")
    page.keyboard.press("Enter")
    expect(page.locator(".box.selected")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_contain_text("alpha")
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", selected=True)).to_be_focused()


@pytest.mark.parametrize("name", [f"{HOSTILE}.png", "</script><script>window.hit=1</script>.png", "‮gnp.exe.png"])
def test_hostile_names_and_texts_are_only_shown(page: Page, name: str) -> None:
    opened(page, name, unique(f"{HOSTILE}\njavascript:window.hit=1"))
    expect(page.get_by_role("option").first).to_contain_text(HOSTILE)
    page.get_by_label("Search the text").fill(HOSTILE)
    expect(page.locator("mark")).to_have_text(HOSTILE)
    page.get_by_role("link", name="All files").click()
    expect(page.locator("#past li")).to_have_count(1)
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("name", ["%", "%ff", "..", "<img src=x onerror=window.hit=1>", "%3Cscript%3E", "a/b?c#d"])
def test_an_address_that_names_no_job_is_explained(page: Page, name: str) -> None:
    page.evaluate("name => { location.hash = `#/job/${name}`; }", name)
    expect(page.locator("#result-title")).to_be_visible()
    page.get_by_role("link", name="Back to all files").click()
    expect(page.locator("#home")).to_be_visible()
    assert page.evaluate("window.hit") is None


@pytest.mark.parametrize(
    "file", [("a.png", picture("phone")), ("a.txt", b"none"), (f"{'long' * 50}.png", picture("n"))]
)
def test_nothing_is_wider_than_a_phone(browser: Browser, stack: Stack, file: tuple[str, bytes]) -> None:
    with visit(browser, stack.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as page:
        page.locator("#options summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        choose(page, file)
        page.locator('.stage[data-state="shown"], .card[data-state="failed"]').first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_works_below_a_prefix(browser: Browser, stack: Stack) -> None:
    with below("/tools/ocr", stack.port) as url, visit(browser, url) as page:
        opened(page, "a.png", unique("behind a proxy"))
        expect(page.get_by_role("option").first).to_contain_text("behind a proxy")
        page.reload()
        shown(page)


def test_what_was_read_before_is_found_again_and_forgotten(page: Page, stack: Stack) -> None:
    opened(page, "kept.png", unique("kept"))
    page.goto(stack.url)
    page.reload()
    page.get_by_role("link", name="kept.png").click()
    shown(page)
    job = page.evaluate("JSON.parse(localStorage['ocr.history'])[0].id")
    page.get_by_role("link", name="All files").click()
    page.get_by_role("button", name="Forget kept.png").click()
    expect(page.locator("#history")).to_be_hidden()
    if can(stack, "/ocr/job/{job_id}", "delete"):
        assert stack.status_of(f"/ocr/job/{job}") in (404, 410)


def test_what_has_expired_says_so(page: Page, stack: Stack) -> None:
    page.evaluate("localStorage['ocr.history'] = JSON.stringify([{id: 'gone', name: 'old.png', at: 1, expires: 2}])")
    page.reload()
    expect(page.locator("#past li")).to_contain_text("expired")
    page.get_by_role("link", name="old.png").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This file is no longer there")
    page.get_by_role("button", name="Remove it from the list").click()
    expect(page.locator("#history")).to_be_hidden()


def test_an_upload_goes_on_when_the_connection_is_back(page: Page) -> None:
    page.context.set_offline(True)
    choose(page, ("a.png", unique("patience")))
    expect(page.locator("#cards")).to_contain_text("Offline. Goes on when the connection is back")
    page.context.set_offline(False)
    shown(page)


def test_progress_comes_by_events(browser: Browser, slow: Stack) -> None:
    asked: list[str] = []
    with visit(browser, slow.url) as page:
        page.on("request", lambda request: asked.append(request.url))
        choose(page, ("slow.tif", document([f"SLEEP 2\n{uuid.uuid4()}" for _ in range(3)])))
        expect(page.locator("#cards")).to_contain_text("Reading, 1 of 3 pages done")
        shown(page)
        expect(page.get_by_text("of 3", exact=True)).to_be_visible()
    assert sum(url.endswith("/events") for url in asked) == 1
    assert sum(url.endswith("?wait=1") for url in asked) == 1  # for the job as it is in the end


def test_progress_comes_without_events_too(page: Page) -> None:
    page.route("**/events", lambda route: route.abort())
    opened(page, "a.png", unique("polled"))


def test_a_locked_pdf_asks_for_its_password(page: Page) -> None:
    page.locator("#options summary").click()
    page.get_by_label("Text in PDFs").select_option("text")
    choose(page, ("locked.pdf", samples.encrypted_pdf(f"secret {uuid.uuid4()}", "open")))
    page.get_by_label("Password of locked.pdf").fill("open")
    page.get_by_role("button", name="Unlock and read").click()
    expect(page.get_by_role("option").first).to_contain_text("secret")
    expect(page.locator(".sheet-message")).to_contain_text("The picture of a locked PDF is not kept")


def test_a_file_over_the_limit_is_not_even_sent(page: Page) -> None:
    page.route("**/ocr/image", lambda route: route.abort())
    page.evaluate("File.prototype.__defineGetter__('size', () => 1e9)")
    choose(page, ("big.png", picture("big")))
    expect(page.locator("#cards")).to_contain_text("This file is too large")
    expect(page.locator("#cards")).to_contain_text("At most 52 MB are taken")


def test_more_files_than_are_allowed_at_once_go_on_by_themselves(browser: Browser, slow: Stack) -> None:
    with visit(browser, slow.url) as page:
        choose(page, ("one.png", unique("one")), ("two.png", unique("two")))
        expect(page.locator("#cards")).to_contain_text("Only so many files are taken at a time. Goes on in")
        for name in ("one", "two"):
            expect(page.get_by_role("button", name=f"Open {name}.png")).to_be_visible()


def test_a_running_job_is_cancelled(browser: Browser, slow: Stack) -> None:
    if not can(slow, "/ocr/job/{job_id}/cancel", "post"):
        pytest.skip("This service cannot cancel yet.")
    with visit(browser, slow.url) as page:
        choose(page, ("slow.png", unique("SLEEP 60")))
        expect(page.locator("#cards")).to_contain_text("Reading")
        page.get_by_role("button", name="Cancel slow.png").click()
        expect(page.locator("#cards")).to_contain_text("Cancelled")
        job = page.evaluate("JSON.parse(localStorage['ocr.history'])[0].id")
        assert slow.finished(job, 10)["status"] == "cancelled"


def test_a_photo_on_its_side_has_its_boxes_on_its_lines(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With every EXIF orientation the boxes end up where the upright picture has them."""
    upright = Image.open(BytesIO(picture("upright text\nand more")))
    for orientation in range(1, 9):
        opened(page, f"{orientation}.png", samples.oriented(upright, orientation))
        points = page.locator(".box").first.get_attribute("points") or ""
        numbers = [float(part) for part in re.split("[ ,]", points)]
        assert (min(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])) == (0, 0, 16), orientation
        page.goto(page.url.split("#")[0] + "#/")


def test_a_picture_that_no_browser_draws_is_shown_as_the_service_drew_it(page: Page) -> None:
    pillow_heif.register_heif_opener()
    exact = {"quality": -1, "chroma": 444, "matrix_coefficients": 0}
    with Image.open(BytesIO(picture("from a phone"))) as drawn:
        opened(page, "photo.heic", samples.encode(drawn.convert("RGB"), "HEIF", **exact))
    expect(page.locator(".stage img")).to_have_js_property("complete", True)
    assert page.locator(".stage img").evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".box")).to_have_count(1)


def test_the_real_engines_boxes_lie_on_their_words(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {"OCR_ENGINE": Settings().ocr_engine, "OCR_WORKERS": "1"}
    with running(tmp_path_factory.mktemp("real") / "data", **settings) as stack, visit(browser, stack.url) as page:
        page.locator("#options summary").click()
        page.get_by_label("Receipt").check()
        opened(page, "receipt.png", (EXAMPLES / "receipt.png").read_bytes())
        expect(page.locator(".checks")).to_contain_text("Subtotal + tax = total")
        page.locator(".fields").get_by_role("button", name="EXAMPLE SHOP").click()
        box, stage = page.locator(".spots polygon").bounding_box(), page.locator(".stage").bounding_box()
        assert box and stage
        image = np.asarray(Image.open(EXAMPLES / "receipt.png").convert("L"))
        scale = image.shape[1] / stage["width"]
        left, top = (box["x"] - stage["x"]) * scale, (box["y"] - stage["y"]) * scale
        width, height = round(box["width"] * scale), round(box["height"] * scale)

        def ink(x: float, y: float) -> float:
            return float((image[round(y) : round(y) + height, round(x) : round(x) + width] < 128).mean())

        assert ink(left, top) > 0.05
        assert ink(left + width, top) < 0.01 and ink(left, max(0, top - height)) < 0.01


def test_the_page_needs_no_broker_and_comes_once() -> None:
    get = partial(create_app(Settings(redis_url="redis://127.0.0.1:1/0")).test_client().get, buffered=True)
    first = get("/")
    assert first.status_code == 200 and "unsafe" not in first.headers["Content-Security-Policy"]
    assert "camera=(self)" in first.headers["Permissions-Policy"]
    assert get("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["Cache-Control"] == "no-cache"
    for module in ROOT.joinpath("web/page").glob("*.js"):
        answer = get(f"/static/{module.name}")
        assert answer.mimetype == "text/javascript" and answer.headers["ETag"]
    for elsewhere in ("..%2fdocs%2findex.html", "../docs/index.html", "%2e%2e/docs/index.html", "none.js"):
        assert get(f"/static/{elsewhere}").status_code == 404, elsewhere


def test_the_picture_of_a_page_is_made_for_a_screen(client: httpx.Client) -> None:
    content = samples.text_pdf([["one"], ["two"]], dpi=300)
    job = client.post("/ocr/pdf", files={"file": ("a.pdf", content)}, headers={"Prefer": "wait=30"}).json()
    answer = client.get(f"/ocr/job/{job['job_id']}/artifacts/image", params={"page": 2})
    image, shape = Image.open(BytesIO(answer.content)), job["pages"][1]
    assert answer.headers["Content-Type"] == "image/jpeg" and 1900 <= max(image.size) <= 2000
    assert image.width / image.height == pytest.approx(shape["width"] / shape["height"], rel=0.01)


def test_a_document_of_pictures_says_what_it_is(client: httpx.Client) -> None:
    file = {"file": ("a", document([str(uuid.uuid4()), "two"]))}
    result = client.post("/ocr/image", files=file, headers={"Prefer": "wait=30"}).json()
    assert result["media_type"] == "image/tiff"
