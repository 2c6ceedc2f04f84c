"""hOCR 1.2 (http://kba.cloud/hocr-spec/1.2/), well-formed as XML: pages, blocks, paragraphs, lines and words.

Boxes are in whole pixels of the page as it is shown; see `_upright`. Text that stands sideways has `textangle`, other
lines have a `baseline`: its slope, and its height over the lower edge of the box at the left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from math import radians, tan
from xml.etree.ElementTree import Element, SubElement, tostring

from config import ROOT, Settings
from services.document.model import Bounds, Document, Line, Page
from services.document.paragraphs import Paragraph, around, blocks_of
from services.document.rows import runs_leftwards
from services.document.words import words_of
from services.exporters import About, Exporter
from services.exporters._boxes import (
    baseline,
    is_upright,
    language,
    pixels,
    slant,
    xml_text,
)
from services.exporters._upright import upright_pages

REQUIRES: tuple[str, ...] = ()

MEDIA_TYPE = "text/vnd.hocr+html"
DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'
)
CLASSES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_dir ocrp_lang"


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    version = (ROOT / "VERSION").read_text().strip()
    return Exporter(MEDIA_TYPE, ".hocr", partial(_write, version), saved=True)


def _write(version: str, document: Document, about: About) -> bytes:
    html = Element("html", xmlns="http://www.w3.org/1999/xhtml")
    if lang := language(about.languages):
        html.set("lang", lang)
    _head(html, f"ocr-service {version}", about, len(document.pages))
    body = SubElement(html, "body")
    for page in upright_pages(document, about.media_type):
        _page(body, page, about.filename)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{DOCTYPE}\n{tostring(html, encoding="unicode")}\n'.encode()


def _head(html: Element, system: str, about: About, pages: int) -> None:
    head = SubElement(html, "head")
    SubElement(head, "title").text = xml_text(about.filename)
    SubElement(head, "meta", {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"})
    told = {"ocr-system": system, "ocr-capabilities": CLASSES, "ocr-number-of-pages": str(pages)}
    told |= {"ocr-langs": lang} if (lang := language(about.languages)) else {}
    for name, content in told.items():
        SubElement(head, "meta", name=name, content=content)


def _page(body: Element, page: Page, filename: str) -> None:
    image = xml_text(filename).replace("\\", "\\\\").replace('"', '\\"')
    more = [f'image "{image}"', f"ppageno {page.number - 1}"]
    more += [f"scan_res {page.dpi} {round(page.dpi / page.aspect)}"] if page.dpi else []
    numbers = count(1)
    root = _add(body, "div", "ocr_page", f"page_{page.number}", page, (0, 0, page.width, page.height), more)
    for number, block in enumerate(blocks_of(page.lines), 1):
        place = f"{page.number}_{number}"
        area = _add(root, "div", "ocr_carea", f"block_{place}", page, around(block.lines))
        for paragraph_number, paragraph in enumerate(block.paragraphs, 1):
            _paragraph(area, page, f"{place}_{paragraph_number}", paragraph, numbers)


def _paragraph(area: Element, page: Page, place: str, paragraph: Paragraph, numbers: Iterator[int]) -> None:
    element = _add(area, "p", "ocr_par", f"par_{place}", page, around(paragraph.lines))
    if runs_leftwards(paragraph.lines):
        element.set("dir", "rtl")
    for line in paragraph.lines:
        _line(element, page, f"{page.number}_{next(numbers)}", line)


def _line(paragraph: Element, page: Page, place: str, line: Line) -> None:
    element = _add(paragraph, "span", "ocr_line", f"line_{place}", page, line.quad.bounds, [_course(page, line)])
    for number, word in enumerate(words_of(line), 1):
        sure = [f"x_wconf {round(100 * word.confidence)}"]
        span = _add(element, "span", "ocrx_word", f"word_{place}_{number}", page, word.quad.bounds, sure)
        span.text, span.tail = xml_text(word.text), " "


def _course(page: Page, line: Line) -> str:
    """Where the line runs within its box."""
    angle = slant(line.quad)
    if not is_upright(line.quad):
        return f"textangle {-angle % 360:.1f}"
    left, _, _, bottom = pixels(line.quad.bounds, page)
    slope = tan(radians(angle))
    (x, y), _ = baseline(line.quad)
    return f"baseline {slope:.3f} {round(y + (left - x) * slope - bottom)}"


def _add(
    parent: Element, tag: str, kind: str, name: str, page: Page, bounds: Bounds, more: Sequence[str] = ()
) -> Element:
    box = " ".join(map(str, pixels(bounds, page)))
    element = SubElement(parent, tag, {"class": kind, "id": name, "title": "; ".join([f"bbox {box}", *more])})
    element.tail = "\n"
    return element
