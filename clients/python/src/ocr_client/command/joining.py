"""Several files in one: what `--out FILE` makes of more than one input.

All is put together in memory. Files follow each other as they were named, and a file begins where a page does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from ocr_client.command import codes
from ocr_client.command.board import Outcome
from ocr_client.command.codes import printable
from ocr_client.command.outputs import Item
from ocr_client.errors import OcrError
from ocr_client.saving import whole_file

READ = "read"
NAMED = 3
"""Files that a message names; each has had a line of its own."""

Parts = Iterator[tuple[str, bytes]]
"""Titles and contents; what was taken is no longer held."""


class NotJoined(OcrError):
    """The one file is not written."""

    code = "not_joined"


def joined(
    path: Path, kind: str, outcomes: Sequence[Outcome], contents: MutableMapping[str, bytes], *, skip_failed: bool
) -> Outcome:
    """What came of the one file, which is written in one step or not at all. `contents` is empty then."""
    read = [outcome for outcome in outcomes if outcome.status == READ]
    whole = Item(str(path), path)
    try:
        _check_read(outcomes, skip_failed)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            JOIN[kind](
                ((printable(outcome.item.relative), contents.pop(outcome.item.source)) for outcome in read), file
            )
    except (NotJoined, OSError) as error:
        return Outcome(whole, "failed", error=error)
    return Outcome(whole, "done", outputs=(path,), pages=sum(outcome.pages or 0 for outcome in read))


def _check_read(outcomes: Sequence[Outcome], skip_failed: bool) -> None:
    """Left out is only what failed by itself, not what a service that went away has not read. Raises NotJoined."""
    lacking = [
        outcome
        for outcome in outcomes
        if outcome.error and not (skip_failed and codes.of(outcome.error) == codes.FAILED)
    ]
    if lacking:
        names = ", ".join(outcome.item.name for outcome in lacking[:NAMED])
        more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
        raise NotJoined(
            f"It is not written, because {names}{more} could not be read. The same call again goes on with what was "
            "read; --skip-failed writes it without what fails."
        )
    if all(outcome.error for outcome in outcomes):
        raise NotJoined("It is not written, because nothing could be read.")


def _text(parts: Parts, file: BinaryIO) -> None:
    file.write(b"\f".join(content for _, content in parts))


def _markdown(parts: Parts, file: BinaryIO) -> None:
    """The rule between pages is the service's."""
    file.write(b"\n---\n\n".join(content for _, content in parts))


def _json(parts: Parts, file: BinaryIO) -> None:
    file.write(json.dumps([json.loads(content) for _, content in parts], indent=2, ensure_ascii=False).encode() + b"\n")


def _pdf(parts: Parts, file: BinaryIO) -> None:
    """Each file has a bookmark, with its own bookmarks below."""
    from pypdf import PdfReader, PdfWriter  # takes a tenth of a second, which only this needs

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of what it mends
    writer = PdfWriter()
    for title, content in parts:
        with _pdf_errors(title):
            writer.append(PdfReader(BytesIO(content)), outline_item=title)
    with _pdf_errors("One of the files"):
        writer.write(file)


@contextmanager
def _pdf_errors(name: str) -> Iterator[None]:
    """Damaged PDFs make pypdf fail in ways of their own, beside its exceptions."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise NotJoined(
            f"It is not written, because {name} cannot be joined with others. Leave it out, or end --out with / "
            "for a file each in a folder."
        ) from error


JOIN: dict[str, Callable[[Parts, BinaryIO], None]] = {"pdf": _pdf, "text": _text, "markdown": _markdown, "json": _json}
