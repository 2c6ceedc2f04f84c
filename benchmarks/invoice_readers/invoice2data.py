"""invoice2data: knows senders by keywords, and has a template of regular expressions for each one that it knows.

It gets PDFs alone: by default it reads no pictures.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment

ENVIRONMENT = Environment(requirements=("invoice2data[dateparser,pdfium]==1.0.1",))
SUFFIXES = (".pdf",)
MEMBERS = {
    "total": "amount",
    "date": "date",
    "vendor": "issuer",
    "invoice_number": "invoice_number",
    "currency": "currency",
}
"""Our names, and its own."""


def load(setup: Setup) -> Loaded:
    """Its own templates and order of readers: pdfium, then pdftotext, whose layout most templates are written for.

    Raises FileNotFoundError where the system lacks pdftotext.
    """
    if not shutil.which("pdftotext"):
        raise FileNotFoundError("install pdftotext, which most of its templates need: apt install poppler-utils")
    from invoice2data import extract_data
    from invoice2data.extract.loader import read_templates

    templates = read_templates()

    def read(path: Path, language: str, begin: Begin) -> str:
        begin()
        found = extract_data(str(path), templates)
        values = {ours: found.get(its) for ours, its in MEMBERS.items()}
        return json.dumps(values, default=lambda day: f"{day:%Y-%m-%d}")

    return Loaded(read, ("invoice2data", "pypdfium2"))
