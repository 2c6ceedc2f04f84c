"""Tables of a document over HTTP, as files for spreadsheets, browsers and programs."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import httpx
import pytest

from tests.support import samples
from tests.support.samples import tables
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def artifacts(stack: Stack) -> Iterator[tuple[httpx.Client, str]]:
    with stack.client() as client:
        file = {"file": ("crew.pdf", tables.closed().pdf())}
        answer = client.post("/ocr/pdf", files=file, data={"mode": "text"}, headers={"Prefer": "wait=30"})
        assert answer.status_code == 200, answer.text
        assert "tables" not in answer.json()["pages"][0]
        yield client, f"/ocr/job/{answer.json()['job_id']}/artifacts"


def test_a_ruled_table_comes_as_csv_cell_by_cell(artifacts: tuple[httpx.Client, str]) -> None:
    client, place = artifacts
    made = client.get(f"{place}/tables?format=csv")
    assert made.status_code == 200, made.text
    assert made.headers["content-type"].startswith("text/csv")
    assert "crew.csv" in made.headers["content-disposition"]
    assert list(csv.reader(made.text.splitlines())) == tables.said(tables.CREW)


def test_the_result_has_tables_if_its_structure_is_asked_for(client: httpx.Client) -> None:
    file = {"file": ("crew.pdf", tables.closed().pdf())}
    asked = {"mode": "text", "structure": "true"}
    answer = client.post("/ocr/pdf", files=file, data=asked, headers={"Prefer": "wait=30"}).json()
    (page,) = answer["pages"]
    (table,) = page["tables"]
    (cell,) = [cell for cell in table["cells"] if cell["text"] == "Ada Quill"]
    assert [page["lines"][place]["text"] for place in cell["lines"]] == ["Ada Quill"]
    made = client.get(f"/ocr/job/{answer['job_id']}/artifacts/json").json()["pages"][0]
    assert made["tables"] == page["tables"]


def test_cells_have_their_place_on_the_page_in_json(artifacts: tuple[httpx.Client, str]) -> None:
    client, place = artifacts
    (table,) = client.get(f"{place}/tables?format=json").json()["tables"]
    (cell,) = [cell for cell in table["cells"] if cell["text"] == "Falmouth"]
    assert (table["page"], table["rows"], table["columns"]) == (1, 5, 4)
    assert (cell["row"], cell["column"], cell["head"]) == (1, 1, False)
    points = client.get(f"{place}/json").json()["pages"][0]["dpi"] / 72
    left, top = (side / points for side in cell["bbox"][0])
    assert abs(left - 190) < 2 and abs(top - 142) < 2


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("tables?table=2", 404, "table_not_found"),
        ("tables?format=ods", 422, "invalid_request"),
        ("text?table=1", 422, "bad_input"),
        ("markdown?format=csv", 422, "bad_input"),
    ],
)
def test_what_is_not_there_is_said(artifacts: tuple[httpx.Client, str], query: str, status: int, code: str) -> None:
    client, place = artifacts
    answer = client.get(f"{place}/{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_document_without_tables_says_so(stack: Stack) -> None:
    with stack.client() as client:
        file = {"file": ("letter.pdf", samples.born_digital_pdf(["Dear reader, there is no table here."]))}
        answer = client.post("/ocr/pdf", files=file, data={"mode": "text"}, headers={"Prefer": "wait=30"})
        place = f"/ocr/job/{answer.json()['job_id']}/artifacts/tables"
        assert client.get(f"{place}?format=json").json()["tables"] == []
        assert client.get(place).json()["code"] == "table_not_found"
