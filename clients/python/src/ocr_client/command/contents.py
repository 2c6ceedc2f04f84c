"""The formats of a result: text and JSON are made here, the others by the service."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocr_client.aio import AsyncClient
from ocr_client.command.outputs import Item, Plan
from ocr_client.saving import whole_file
from ocr_client.values import Result


def _text(result: Result) -> bytes:
    return f"{result.text}\n".encode()


def _json(result: Result) -> bytes:
    return (json.dumps(result.raw, indent=2, ensure_ascii=False) + "\n").encode()


MADE_HERE: dict[str, Callable[[Result], bytes]] = {"text": _text, "json": _json}
ONE_PAGE = "annotated"
"""Shows one page; further pages are files of their own."""


async def written(client: AsyncClient, result: Result, item: Item, todo: Plan) -> bytes | None:
    """Writes the item's outputs, each in one step; or answers what goes elsewhere. Raises OSError, OcrError."""
    if todo.to_stdout or todo.joined:
        return await _content(client, result, todo.formats[0], todo)
    for kind, path in item.outputs.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        await _write(client, result, kind, path, todo)
    return None


async def _content(client: AsyncClient, result: Result, kind: str, todo: Plan) -> bytes:
    if kind in MADE_HERE and not _asked(kind, todo):
        return MADE_HERE[kind](result)
    return await client.artifact(result.job_id, kind, **_asked(kind, todo))


async def _write(client: AsyncClient, result: Result, kind: str, path: Path, todo: Plan) -> None:
    if kind in MADE_HERE and not _asked(kind, todo):
        with whole_file(path) as file:
            file.write(MADE_HERE[kind](result))
        return
    if kind == ONE_PAGE:
        await _further_pages(client, result, path)
    await client.save(result.job_id, kind, path, **_asked(kind, todo))


def _asked(kind: str, todo: Plan) -> dict[str, Any]:
    """What the service is asked for beside the kind."""
    return {"layout": "true"} if kind == "text" and todo.layout else {}


async def _further_pages(client: AsyncClient, result: Result, path: Path) -> None:
    """They come before the first page, whose file then says that all are there."""
    for page in result.pages[1:]:
        beside = path.with_name(f"{path.stem}-{page.number}{path.suffix}")
        await client.save(result.job_id, ONE_PAGE, beside, page=page.number)
