"""The wire of Azure AI Document Intelligence, with Microsoft's own SDK, unchanged but for the address."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pymupdf
import pytest
from azure.ai.documentintelligence import DocumentIntelligenceClient
from azure.ai.documentintelligence.models import (
    AnalyzeDocumentRequest,
    AnalyzeOutputOption,
    AnalyzeResult,
    DocumentAnalysisFeature,
    DocumentContentFormat,
    StringIndexType,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from PIL import Image

from tests.stack.test_extraction import CODE, page, symbol
from tests.support import samples
from tests.support.keys import new_key
from tests.support.stack import Stack, picture, running

SECOND = "A second page, of which there is some text too."
ANALYZE = "/documentintelligence/documentModels/{}:analyze"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("azure") / "data", AUTH="keys") as service:
        yield service


def sdk(stack: Stack, key: str = "anything") -> DocumentIntelligenceClient:
    return DocumentIntelligenceClient(stack.url, AzureKeyCredential(key), retry_total=0)


def unique(text: str) -> str:
    return f"{text} {uuid.uuid4().hex}"


def analyzed(stack: Stack, content: bytes, model: str = "prebuilt-read", **options: Any) -> AnalyzeResult:
    return sdk(stack).begin_analyze_document(model, BytesIO(content), **options).result()


def part(result: AnalyzeResult, span: Any) -> str:
    return result.content[span.offset : span.offset + span.length]


def test_paperless_reads_a_document_with_its_own_calls_in_its_own_order(stack: Stack) -> None:
    """As its remote parser does: base64 in JSON, text, a searchable PDF, the operation's id out of the header."""
    line = unique("Dear reader")
    client = sdk(stack)
    poller = client.begin_analyze_document(
        model_id="prebuilt-read",
        body=AnalyzeDocumentRequest(bytes_source=samples.born_digital_pdf([line, SECOND])),
        output_content_format=DocumentContentFormat.TEXT,
        output=[AnalyzeOutputOption.PDF],
        content_type="application/json",
    )
    poller.wait()
    result_id = poller.details["operation_id"]
    assert poller.result().content.split("\n") == [line, SECOND]
    archive = b"".join(client.get_analyze_result_pdf(model_id="prebuilt-read", result_id=result_id))
    with pymupdf.open(stream=archive) as document:
        assert [sheet.get_text().strip() for sheet in document] == [line, SECOND]


def test_lines_and_words_have_polygons_spans_and_confidences(stack: Stack) -> None:
    text = f"first {uuid.uuid4().hex}\nnext one"
    result = analyzed(stack, picture(text))
    (only,) = result.pages
    assert (result.content, only.unit, only.angle, result.model_id) == (text, "pixel", 0.0, "prebuilt-read")
    assert [part(result, line.spans[0]) for line in only.lines or ()] == text.split("\n")
    assert [part(result, word.span) for word in only.words or ()] == text.split()
    with Image.open(BytesIO(picture(text))) as image:
        assert (only.width, only.height) == image.size
    for word in only.words or ():
        xs, ys = (word.polygon or [])[0::2], (word.polygon or [])[1::2]
        assert len(xs) == len(ys) == 4 and xs[0] < xs[1] and ys[0] < ys[3] and 0 < word.confidence <= 1


def test_pages_of_a_pdf_are_measured_in_inches(stack: Stack) -> None:
    result = analyzed(stack, samples.born_digital_pdf([unique("a"), unique("b"), unique("c")]), pages="2-3")
    assert [page.page_number for page in result.pages] == [2, 3]
    for sheet in result.pages:
        assert sheet.unit == "inch" and 3 < float(sheet.width or 0) < 15
        assert all(0 <= value < 15 for line in sheet.lines or () for value in line.polygon or ())
        assert [part(result, span) for span in sheet.spans] == [line.content for line in sheet.lines or ()]


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        (StringIndexType.UNICODE_CODE_POINT, 6),
        (StringIndexType.UTF16_CODE_UNIT, 7),
        (StringIndexType.TEXT_ELEMENTS, 5),
    ],
)
def test_spans_count_in_the_unit_that_was_asked_for(stack: Stack, unit: StringIndexType, length: int) -> None:
    """A letter outside of the first plane, and one of two code points."""
    text = "\U0001d400bcde\u0301"
    result = analyzed(stack, picture(f"{text}\n{uuid.uuid4()}"), string_index_type=unit)
    first, second = result.pages[0].lines or []
    assert (first.spans[0].offset, first.spans[0].length, second.spans[0].offset) == (0, length, length + 1)
    assert result.string_index_type == unit


def test_text_that_stands_sideways_has_its_angle(stack: Stack) -> None:
    """Own text that a page shows turned, in inches of the page as it is shown."""
    for rotation, angle in ((0, 0.0), (90, 90.0), (180, 180.0), (270, -90.0)):
        content = samples.born_digital_pdf([f"{SECOND} {uuid.uuid4()}"], rotation=rotation)
        assert [sheet.angle for sheet in analyzed(stack, content).pages] == [angle]


def test_markdown_and_tables_of_a_layout(stack: Stack) -> None:
    result = analyzed(
        stack, picture(unique("plain")), "prebuilt-layout", output_content_format=DocumentContentFormat.MARKDOWN
    )
    line = (result.pages[0].lines or [])[0]
    assert result.content_format == "markdown" and part(result, line.spans[0]) == line.content
    assert result.tables == []


def test_a_receipt_has_typed_fields(stack: Stack) -> None:
    number = uuid.uuid4().hex
    bill = f"CORNER SHOP LTD\nReceipt {number}\nDate: 2026-03-14\nTea 10.00\nRice 20.00\nTOTAL EUR 30.00"
    result = analyzed(stack, picture(bill), "prebuilt-receipt")
    (document,) = result.documents or []
    fields = document.fields or {}
    total = fields["Total"]
    assert document.doc_type == "receipt" and total.value_currency is not None
    assert (total.value_currency.amount, total.value_currency.currency_code) == (30.0, "EUR")
    assert str(fields["TransactionDate"].value_date) == "2026-03-14"
    assert fields["MerchantName"].value_string == "CORNER SHOP LTD"
    items = fields["Items"].value_array or []
    assert [(item.value_object or {})["Description"].value_string for item in items] == ["Tea", "Rice"]
    assert part(result, (total.spans or [])[0]) == total.content and total.bounding_regions


def test_barcodes_come_on_request(stack: Stack) -> None:
    label = samples.encode(page(unique("Rice"), symbol()))
    result = analyzed(stack, label, features=[DocumentAnalysisFeature.BARCODES])
    (code,) = result.pages[0].barcodes or []
    assert (code.kind, code.value, len(code.polygon or ())) == ("EAN13", CODE, 8)


def test_an_analysis_that_fails_says_why(stack: Stack) -> None:
    with pytest.raises(HttpResponseError) as caught:
        analyzed(stack, picture(unique("half"))[:60])
    assert caught.value.error and caught.value.error.code == "InvalidRequest"
    assert "InvalidContent" in str(caught.value)


@pytest.mark.parametrize(
    ("model", "options", "status", "inner"),
    [
        ("prebuilt-tax", {}, 404, "ModelNotFound"),
        ("prebuilt-read", {"features": ["formulas"]}, 400, "InvalidParameter"),
        ("prebuilt-read", {"output": ["figures"]}, 400, "InvalidParameter"),
        ("prebuilt-read", {"pages": "x"}, 400, "InvalidParameter"),
        ("prebuilt-read", {"locale": "tlh"}, 400, "InvalidParameter"),
    ],
)
def test_what_is_not_here_is_refused_in_its_words(
    stack: Stack, model: str, options: dict[str, Any], status: int, inner: str
) -> None:
    with pytest.raises(HttpResponseError) as caught:
        sdk(stack).begin_analyze_document(model, BytesIO(picture(unique("a"))), **options)
    error = json.loads(caught.value.response.text() if caught.value.response else "{}")["error"]
    assert (caught.value.status_code, error["innererror"]["code"]) == (status, inner), error
    assert error["code"] and error["message"]


def sent(client: httpx.Client, content: bytes | str, kind: str = "application/json") -> httpx.Response:
    return client.post(ANALYZE.format("prebuilt-read"), content=content, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        "nonsense",
        '{"base64Source": "A"}',
        '{"base64Source": "%%%%"}',
        '{"base64Source": "QUJD", "urlSource": "https://example.com/a.pdf"}',
        '{"base64Source": "QUJD"',
        '{"base64Source": 7}',
        '{"urlSource": "https://example.com/a.pdf"}',
        '{"base64Source": ""}',
        '{"base64Source": "QUJD"} trailing',
        "[" * 70_000,
    ],
)
def test_bodies_that_hold_no_document_are_refused(client: httpx.Client, body: str) -> None:
    answer = sent(client, body)
    assert answer.status_code == 400 and answer.json()["error"]["message"], answer.text


def test_base64_may_be_escaped_and_broken_into_lines(client: httpx.Client, stack: Stack) -> None:
    """Long enough to come in several pieces, which are cut anywhere."""
    noise = samples.encode(Image.effect_noise((700, 700), 80).convert("RGB"))
    text = base64.encodebytes(noise).decode().replace("/", r"\/").replace("+", r"\u002B").replace("\n", r"\r\n")
    assert len(text) > 1_000_000
    answer = sent(client, f' {{ "base64Source" : "{text}" }}\n')
    assert answer.status_code == 202, answer.text
    job = answer.headers["Operation-Location"].rsplit("/", 1)[1].partition("?")[0]
    kept = next(path for path in stack.data.rglob("upload*") if job in str(path))
    assert kept.read_bytes() == noise


def test_a_document_may_come_as_it_is_and_be_deleted(client: httpx.Client) -> None:
    answer = sent(client, picture(unique("as it is")), "image/png")
    where = answer.headers["Operation-Location"]
    assert answer.status_code == 202 and where.startswith("http://127.0.0.1") and answer.content == b""
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert sent(client, b"", "application/octet-stream").json()["error"]["innererror"]["code"] == "InvalidContent"
    assert sent(client, b"plain", "application/octet-stream").status_code == 400


def test_an_analysis_belongs_to_its_model_and_this_wire(client: httpx.Client, stack: Stack) -> None:
    where = sent(client, picture(unique("mine")), "image/png").headers["Operation-Location"]
    assert client.get(where.replace("prebuilt-read", "prebuilt-layout")).status_code == 404
    native = stack.submit(unique("native"))
    assert client.get(f"{where.partition('analyzeResults')[0]}analyzeResults/{native}").status_code == 404


def test_keys_are_taken_as_azure_takes_them_and_hold_tenants_apart(guarded: Stack) -> None:
    ours, theirs = (new_key(guarded, tenant, "all", "read,write") for tenant in ("shop-1", "shop-2"))
    poller = sdk(guarded, ours).begin_analyze_document("prebuilt-read", BytesIO(picture(unique("secret"))))
    assert poller.result().content.startswith("secret")
    with pytest.raises(ResourceNotFoundError):
        b"".join(sdk(guarded, theirs).get_analyze_result_pdf("prebuilt-read", poller.details["operation_id"]))
    with pytest.raises(ClientAuthenticationError):
        sdk(guarded, "wrong").begin_analyze_document("prebuilt-read", BytesIO(picture("a")))


def test_a_document_beyond_the_limit_is_refused_in_both_ways(tmp_path: Any) -> None:
    content = samples.noise(3000)
    with running(tmp_path / "data", MAX_CONTENT_LENGTH="2000") as service, service.client() as client:
        for body, kind in (
            (content, "application/octet-stream"),
            (json.dumps({"base64Source": base64.b64encode(content).decode()}), "application/json"),
        ):
            answer = sent(client, body, kind)
            assert answer.status_code == 413, answer.text
            assert answer.json()["error"]["innererror"]["code"] == "InvalidContentLength"
