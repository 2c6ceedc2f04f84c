"""Exporters turn a recognised document into a file to take away.

An exporter is one module here, found by its name, which is the `kind` of the artifact; names with a leading underscore
are helpers. It has

- `REQUIRES`: the third-party modules it needs,
- `build(settings) -> Exporter`: called in the web process, so what is large is imported where the file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from config import Settings
from services import plugins
from services.document.findings import Fields
from services.document.model import Document


@dataclass(frozen=True, slots=True)
class Original:
    """The upload as a file of this machine. `dpi` is the unit of the boxes where it is a PDF."""

    path: Path
    media_type: str
    dpi: int


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a document beside its pages. `filename` is the client's name of the upload.

    `fields` and `warnings` are those of the whole document, even where only one of its pages is written.
    """

    filename: str
    media_type: str
    languages: tuple[str, ...] = ()
    engine: str = ""
    models: tuple[str, ...] = ()
    fields: Fields = Fields()
    warnings: tuple[str, ...] = ()


Write = Callable[[Document, About], bytes]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One that needs the document alone has `write`, one that opens the upload too has `draw`; either gives the file.

    One that can also keep the page's layout has `spread` for that. All may raise any of `services.errors`. `draw` is
    called in a process of its own: decoders of hostile files want one, and some of them cannot be shared between
    threads. `saved` says that a browser should save the file rather than show it. `forms` are those of tables in other
    formats, by their names, for one that gives tables: it is asked for single ones, and for those over pages joined.
    """

    media_type: str
    suffix: str
    write: Write | None = None
    draw: Callable[[Document, Original], bytes] | None = None
    spread: Write | None = None
    saved: bool = False
    forms: Mapping[str, Exporter] = field(default_factory=dict)


def build(package: ModuleType, settings: Settings) -> Mapping[str, Exporter]:
    """The exporters of `package` whose modules are installed, by kind."""
    return {name: plugins.load(package, name).build(settings) for name in plugins.chosen(package, ())}
