"""ALTO 4.4 (https://www.loc.gov/standards/alto/): one Page per page, text blocks, lines and strings.

Positions are in whole pixels of the page as it is shown; see `_upright`. Text blocks are paragraphs and stand
in the PrintSpace itself: readers look no deeper. They and lines have their corners as a Shape besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, tostring

from config import ROOT, Settings
from services.document.geometry import upright
from services.document.model import Bounds, Document, Line, Page, Point, Quad, Word
from services.document.paragraphs import Paragraph, around, blocks_of
from services.document.rows import runs_leftwards
from services.document.words import words_of
from services.exporters import About, Exporter
from services.exporters._boxes import baseline, language, pixels, xml_text
from services.exporters._upright import upright_pages

REQUIRES: tuple[str, ...] = ()

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    version = (ROOT / "VERSION").read_text().strip()
    return Exporter("application/xml", ".xml", partial(_write, version), saved=True)


def _write(version: str, document: Document, about: About) -> bytes:
    alto = Element("alto", xmlns=NAMESPACE, SCHEMAVERSION="4.4")
    _describe(alto, version, about)
    layout = SubElement(alto, "Layout")
    for page in upright_pages(document, about.media_type):
        _page(layout, page, language(about.languages))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(alto, encoding="unicode").encode() + b"\n"


def _describe(alto: Element, version: str, about: About) -> None:
    description = SubElement(alto, "Description")
    SubElement(description, "MeasurementUnit").text = "pixel"
    source = SubElement(description, "sourceImageInformation")
    SubElement(source, "fileName").text = xml_text(about.filename)
    processing = SubElement(description, "Processing", ID="ocr")
    SubElement(processing, "processingCategory").text = "contentGeneration"
    SubElement(processing, "processingStepSettings").text = ", ".join([about.engine, *about.models])
    software = SubElement(processing, "processingSoftware")
    SubElement(software, "softwareName").text = "ocr-service"
    SubElement(software, "softwareVersion").text = version


def _page(layout: Element, page: Page, lang: str | None) -> None:
    size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
    told = {"ID": f"page_{page.number}", "PHYSICAL_IMG_NR": str(page.number), "PROCESSINGREFS": "ocr"}
    element = SubElement(layout, "Page", told | size)
    if lang:
        element.set("LANG", lang)
    space = SubElement(element, "PrintSpace", {"HPOS": "0", "VPOS": "0"} | size)
    for number, block in enumerate(blocks_of(page.lines), 1):
        for nth, paragraph in enumerate(block.paragraphs, 1):
            _paragraph(space, page, f"{page.number}_{number}_{nth}", paragraph)


def _paragraph(space: Element, page: Page, place: str, paragraph: Paragraph) -> None:
    bounds = around(paragraph.lines)
    element = SubElement(space, "TextBlock", {"ID": f"text_{place}"} | _position(page, bounds))
    if runs_leftwards(paragraph.lines):
        element.set("BASEDIRECTION", "rtl")
    _shape(element, upright(bounds))
    for number, line in enumerate(paragraph.lines, 1):
        _line(element, page, f"{place}_{number}", line)


def _line(block: Element, page: Page, place: str, line: Line) -> None:
    words = [(word, text) for word in words_of(line) if (text := xml_text(word.text))]
    if not words:
        return
    told = {"ID": f"line_{place}", "BASELINE": _points(baseline(line.quad))}
    element = SubElement(block, "TextLine", told | _position(page, line.quad.bounds))
    _shape(element, line.quad)
    gaps = [_gap(page, word, after) for (word, _), (after, _) in pairwise(words)]
    for number, (word, text) in enumerate(words, 1):
        told = {"ID": f"string_{place}_{number}", "CONTENT": text, "WC": f"{word.confidence:.4f}"}
        SubElement(element, "String", told | _position(page, word.quad.bounds))
        if number <= len(gaps):
            SubElement(element, "SP", gaps[number - 1])


def _gap(page: Page, word: Word, after: Word) -> dict[str, str]:
    """The space between two words, whichever of them is to the left."""
    first, second = sorted(pixels(one.quad.bounds, page) for one in (word, after))
    return {"HPOS": str(first[2]), "VPOS": str(first[1]), "WIDTH": str(max(0, second[0] - first[2]))}


def _position(page: Page, bounds: Bounds) -> dict[str, str]:
    left, top, right, bottom = pixels(bounds, page)
    return {"HPOS": str(left), "VPOS": str(top), "WIDTH": str(right - left), "HEIGHT": str(bottom - top)}


def _shape(element: Element, quad: Quad) -> None:
    SubElement(SubElement(element, "Shape"), "Polygon", POINTS=_points(quad.points))


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{round(x)},{round(y)}" for x, y in points)
