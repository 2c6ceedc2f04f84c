"""Results as they are stored: nothing of them changes on the way, and those of other versions end in a clean answer."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest

import services.extractors
from services.document import values
from services.document.findings import Fields, Findings
from services.document.json import dump_page, read_page, write_page
from services.document.model import Cell, Line, Page, PageFailure, Quad, Table, Word
from services.document.values import FormatError, rounded
from services.extractors import barcodes, kind_of, quality
from services.extractors.barcodes.model import Barcode, Part
from services.extractors.barcodes.schemes.model import Meaning
from services.extractors.quality import PageQuality
from services.jobs import results
from services.jobs.results import Result

load = partial(results.load, kind_of=partial(kind_of, services.extractors))

STORED = {
    "pages": [
        {
            "page": 1,
            "text": "Tea 1.95",
            "lines": [
                {
                    "text": "Tea 1.95",
                    "confidence": 0.9871,
                    "bbox": [[10.0, 20.5], [210.3, 20.5], [210.3, 44.0], [10.0, 44.0]],
                    "words": [
                        {"text": "Tea", "confidence": 1.0, "bbox": [[10, 20.5], [70.1, 20.5], [70.1, 44], [10, 44]]}
                    ],
                }
            ],
            "success": True,
            "source": "ocr",
            "width": 800,
            "height": 600,
            "dpi": None,
            "rotation": 0,
            "pixel_aspect": None,
            "error": None,
            "warning": "",
        }
    ],
    "engine": "null",
    "models": ["null@1"],
    "multipage": False,
    "warnings": ["a warning"],
    "fields": {
        "barcodes": [
            {
                "format": "EAN13",
                "value": "4006381333931",
                "raw": "4006381333931",
                "confidence": 0.91,
                "page": 1,
                "bbox": [[100.0, 50.0], [300.2, 50.0], [300.2, 120.0], [100.0, 120.0]],
                "content": "text",
                "data": None,
                "gtin": "04006381333931",
            }
        ],
        "mrz": None,
    },
}
"""As the first release with extractors wrote it."""


def stored(members: Any) -> bytes:
    return zlib.compress(json.dumps(members, ensure_ascii=False).encode())


def quad(random: Random) -> Quad:
    left, top = random.uniform(0, 2400), random.uniform(0, 3400)
    return Quad((left, top), (left + 90, top), (left + 90, top + 40), (left, top + 40))


def dense_page(rows: int, words: int) -> Page:
    """Random words, which shrink less than a language's."""
    random = Random(5)

    def word() -> Word:
        return Word("".join(random.choices("abcdefghijklmnop", k=6)), random.uniform(0.9, 1), quad(random))

    lines = []
    for _ in range(rows):
        there = tuple(word() for _ in range(words))
        lines.append(Line(" ".join(word.text for word in there), random.uniform(0.5, 1), quad(random), there))
    return Page(1, 2480, 3508, tuple(lines))


def test_a_dense_page_is_stored_in_a_third_of_its_json() -> None:
    page = rounded(dense_page(50, 8))
    result = Result((page,), "null", ("null@1",), False, ("a warning",), Fields({"mrz": ()}))
    kept = results.dump(result)
    assert load(kept) == result
    assert 3 * len(kept) < len(json.dumps(dump_page(page)))


def test_it_does_not_matter_whether_a_page_was_kept_before_it_was_joined() -> None:
    """One process may read all pages of a document, or several some each."""
    said = Meaning("gs1", total=Decimal("1.25"), date=date(2026, 11, 30), details={"390": "125", "lines": 2})
    part = Part(1, 2, "99", "all of it")
    code = Barcode("EAN8", "96385074", "96385074", 0.123456, 1, quad(Random(1)), "text", None, None)
    code = replace(code, add_on="51299", part=part, meaning=said)
    findings = Findings(Fields({"barcodes": (code,), "quality": (PageQuality(1, 800, 600, 1 / 3, 2 / 3),)}))
    cells = (Cell(0, 0, quad(Random(2)), 1, "Tea", (0, 1), column_span=2, head=True), Cell(1, 1, quad(Random(3)), 1))
    tables = (Table(1, 2, 2, quad(Random(4)), cells),)
    page = Page(1, 2480, 3508, dense_page(3, 3).lines, findings=findings, tables=tables)
    failed = Page(2, 0, 0, failure=PageFailure("bad_input", "It cannot be read."))
    kinds = {kind.name: kind for kind in (barcodes.FOUND, quality.FOUND)}
    assert page != rounded(page)
    for kept in (page, failed):
        assert read_page(write_page(kept), kinds) == rounded(kept)
        assert write_page(rounded(kept)) == write_page(kept)
    assert read_page(write_page(page)).findings == Findings()
    assert "tables" not in dump_page(page, tables=False)


def test_a_result_of_an_earlier_release_is_read_and_shown_as_it_was() -> None:
    result = load(stored(STORED))
    (code,) = result.fields.of(barcodes.FOUND) or ()
    assert (code.gtin, code.bbox.bounds) == ("04006381333931", (100.0, 50.0, 300.2, 120.0))
    assert result.pages[0].lines[0].words[0].text == "Tea"
    assert json.dumps(dump_page(result.pages[0])) == json.dumps(STORED["pages"][0])  # type: ignore[index]
    shown = values.dump(result.fields.values)
    assert shown["barcodes"][0].items() >= STORED["fields"]["barcodes"][0].items()  # type: ignore[index]
    assert shown["mrz"] is None


def without(path: str) -> Any:
    """STORED, but for one member; `path` names it and what it is in."""
    copy = json.loads(json.dumps(STORED))
    *inside, name = path.split()
    place = copy
    for step in inside:
        place = place[int(step) if step.isdigit() else step]
    del place[name]
    return copy


OTHERS = [
    b"no result",
    zlib.compress(b"no JSON"),
    stored([]),
    *(stored(without(path)) for path in ("engine", "pages 0 lines", "pages 0 lines 0 bbox", "fields barcodes 0 gtin")),
    stored({**STORED, "fields": {"horoscope": {}}}),
    stored({**STORED, "fields": {"barcodes": [{"format": 13}]}}),
]
"""What other versions may have written."""


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_no_result_of_this_version_is_no_result(other: bytes) -> None:
    with pytest.raises(FormatError) as error:
        load(other)
    assert "4006381333931" not in str(error.value)


def test_every_extractor_says_what_it_finds_under_its_own_name() -> None:
    names = services.plugins.names(services.extractors)
    assert {"mrz", "receipt"} <= {*names}
    for name in names:
        kind = kind_of(services.extractors, name)
        assert kind.name == name
        with pytest.raises(FormatError):
            values.load(kind.form, "something else")
