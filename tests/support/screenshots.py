"""Draw the README's picture of the page anew: `python -m tests.support.screenshots` (or `make screenshots`)."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from config import ROOT, Settings
from tests.support.browser import chromium, opened, visit
from tests.support.stack import running

TARGET = ROOT / "docs" / "page.png"
COLOURS = 256


def main() -> None:
    """A receipt with its fields, one of them pointed at."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        settings = {"OCR_ENGINE": Settings().ocr_engine, "OCR_WORKERS": "1"}
        with running(Path(folder) / "data", **settings) as stack, visit(browser, stack.url) as page:
            page.locator("#options summary").click()
            page.get_by_label("Receipt").check()
            opened(page, "receipt.png", (ROOT / "examples" / "receipt.png").read_bytes())
            page.locator(".fields").get_by_role("button", name="EXAMPLE SHOP").click()
            drawn = page.screenshot()
    Image.open(BytesIO(drawn)).convert("RGB").quantize(COLOURS).save(TARGET, optimize=True)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
