"""The result as a JSON file: pages with lines and words, and what extractors found."""

from __future__ import annotations

import json

from config import Settings
from services.document import values
from services.document.json import dump_page
from services.document.model import Document
from services.exporters import About, Exporter

REQUIRES: tuple[str, ...] = ()


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    return Exporter("application/json", ".json", _write, saved=True)


def _write(document: Document, about: About) -> bytes:
    """Boxes are in the upload's pixels, as in the result; words are there wherever they are known."""
    content = {
        "filename": about.filename,
        "engine": about.engine,
        "models": about.models,
        "lang": about.languages,
        "text": document.text,
        "pages": [{k: v for k, v in dump_page(page).items() if v is not None} for page in document.pages],
        "fields": values.dump(about.fields.values),
        "warnings": about.warnings,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
