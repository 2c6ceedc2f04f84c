"""Everybody gets the text of their own upload, however many ask at once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.support.stack import Stack, document, picture

CLIENTS = 20
IMAGES_EACH = 25
DOCUMENTS_EACH = 2
PAGES = 6
"""More than one unit of work holds, so that the pages of a document are read by several processes."""


def text(client: int, number: int, page: int = 0) -> str:
    return f"client {client} upload {number} page {page}\n{uuid.uuid4()}"


def answer(http: httpx.Client, content: bytes) -> httpx.Response:
    """The result of an upload, waited for as the API offers it."""
    found = http.post("/ocr/image", files={"file": ("same-name", content)}, headers={"Prefer": "wait=5"})
    link = found.json()["links"]["result"] if found.status_code == 202 else ""
    while found.status_code == 202:
        found = http.get(link, params={"wait": 20})
    assert found.status_code == 200, found.text
    return found


def wrong_images(stack: Stack, client: int) -> list[tuple[str, str]]:
    """Expected and given text of every image that came back with a text not its own."""
    texts = [text(client, number) for number in range(IMAGES_EACH)]
    with stack.client() as http:
        found = [(sent, answer(http, picture(sent)).json()["text"]) for sent in texts]
    return [(sent, given) for sent, given in found if sent != given]


def wrong_documents(stack: Stack, client: int) -> list[tuple[list[str], list[str]]]:
    """The same for documents, by the texts of their pages."""
    sent = [[text(client, number, page) for page in range(PAGES)] for number in range(DOCUMENTS_EACH)]
    with stack.client() as http:
        found = [(texts, answer(http, document(texts)).json()["pages"]) for texts in sent]
    given = [(texts, [page["text"] for page in pages]) for texts, pages in found]
    return [(texts, pages) for texts, pages in given if texts != pages]


def test_500_images_of_20_clients_at_once(stack: Stack) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        wrong = [pair for pairs in pool.map(wrong_images, [stack] * CLIENTS, range(CLIENTS)) for pair in pairs]
    assert wrong == []


def test_documents_between_images(stack: Stack) -> None:
    with ThreadPoolExecutor(8) as pool:
        images = [pool.submit(wrong_images, stack, client) for client in range(3)]
        documents = [pool.submit(wrong_documents, stack, client) for client in range(5)]
        assert [pair for future in images for pair in future.result()] == []
        assert [pair for future in documents for pair in future.result()] == []
