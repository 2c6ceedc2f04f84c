"""From the file of an upload to recognised pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from time import perf_counter

from services.document.findings import Findings
from services.document.geometry import map_line, map_quad
from services.document.model import Line, Page, PageFailure, Table, TextSource
from services.document.values import placed
from services.errors import ServiceError, UnreadableFile
from services.ocr.columns import parted
from services.ocr.engine import Engine, Read, ReadOptions
from services.ocr.hyphens import Mark, unmarked
from services.ocr.raster import Limits, Raster
from services.ocr.source import Mode, Source, open_source
from services.ocr.tables import find
from services.ocr.tables.picture import Picture
from services.ocr.text import order, page_text
from services.ocr.text_layer import TextLayer
from services.ocr.upright import read_upright

Observe = Callable[[str, float], None]
"""Takes the name of a stage and the seconds that it took."""

Inspect = Callable[[Raster, Read], Findings]
"""Looks for more than text in a page's pixels; what it is given reads parts of them."""

CODES = ("en",)
"""The language of what is read for extractors: Latin letters, whatever the page is written in."""


class Pipeline:
    """One engine and the limits of this deployment. As little to be shared between threads as its engine."""

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        observe: Observe = lambda stage, seconds: None,
        mark: Mark = unmarked,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._observe = observe
        self._mark = mark

    @contextmanager
    def open(
        self, path: Path, media_type: str, *, pages: str | None, password: str | None, dpi: int
    ) -> Iterator[Source]:
        """The document's pages, not yet rendered. Raises BadInput."""
        with open_source(path, media_type, pages=pages, password=password, dpi=dpi, limits=self._limits) as source:
            yield source

    def read(
        self,
        source: Source,
        number: int,
        options: ReadOptions,
        mode: Mode = Mode.OCR,
        *,
        text: bool = True,
        inspect: Inspect | None = None,
    ) -> Page:
        """One page, by its own text layer or by recognition, as `mode` has it; without `text` it has none.

        One that has no picture comes as it is written, and nothing is looked for in it.

        Raises BadInput when it cannot be rendered, EngineFailed when it cannot be read.
        """
        if written := source.written(number):
            return written
        render = cache(partial(self._rendered, source, number))
        recognise = cache(lambda: self._recognised(render(), options))
        if not text:
            page = _page(render(), (), "")
        else:
            layer = self._layer(source, number, options, mode)
            if layer and (mode is Mode.TEXT or not layer.flaw):
                page = self._of_layer(number, layer, options)
            else:
                page = self._laid_out(render(), recognise(), options)
                page = replace(page, hidden_text=bool(layer and layer.hidden))
        if inspect is None:
            return page
        with self._timed("extract"):
            return replace(page, findings=inspect(render(), self._reader(render(), recognise, options)))

    def _reader(self, raster: Raster, recognise: Callable[[], Sequence[Line]], options: ReadOptions) -> Read:
        """What extractors read with. The page as a whole is read once, if its own languages are theirs too."""
        part = partial(self._engine.read, options=ReadOptions(CODES, options.tier, whole=True))
        page = recognise if set(CODES) <= set(options.languages) else cache(lambda: part(raster.pixels))
        return lambda pixels: page() if pixels is raster.pixels else part(pixels)

    def _layer(self, source: Source, number: int, options: ReadOptions, mode: Mode) -> TextLayer | None:
        """The page's own text, where it has any that may be asked for and can be read."""
        if mode is Mode.OCR:
            return None
        with self._timed("text_layer"):
            try:
                return source.text_layer(number, words=options.words)
            except UnreadableFile:
                if mode is Mode.TEXT:
                    raise
                return None

    def _rendered(self, source: Source, number: int) -> Raster:
        with self._timed("render"):
            return source.render(number)

    def _recognised(self, raster: Raster, options: ReadOptions) -> Sequence[Line]:
        with self._timed("recognise"):
            wordy = replace(options, words=True)  # they cost nothing, tell columns, and exporters place them
            return read_upright(lambda pixels: self._engine.read(pixels, wordy), raster.pixels)

    def _laid_out(self, raster: Raster, found: Sequence[Line], options: ReadOptions) -> Page:
        with self._timed("layout"):
            lines = self._mark(order(parted(found)), options.languages)
            page = _page(raster, tuple(map_line(raster.to_upload, line) for line in lines), page_text(lines))
        tables = self._tables(lines, page.number, Picture(raster.pixels))
        return replace(page, tables=placed(tables, partial(map_quad, raster.to_upload)))

    def _of_layer(self, number: int, layer: TextLayer, options: ReadOptions) -> Page:
        page = _page_of_layer(number, layer)
        lines = self._mark(page.lines, options.languages)
        return replace(page, lines=lines, tables=self._tables(lines, number, layer.picture))

    def _tables(self, lines: Sequence[Line], number: int, picture: Picture | None) -> tuple[Table, ...]:
        with self._timed("tables"):
            return find(lines, number, picture)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self._observe(stage, perf_counter() - start)


def failed_page(number: int, error: ServiceError) -> Page:
    """A page that stands for the reason why it could not be read."""
    return Page(number, 0, 0, failure=PageFailure(error.code, str(error)))


def _page_of_layer(number: int, layer: TextLayer) -> Page:
    lines = order(layer.lines)
    return Page(
        number=number,
        width=layer.width,
        height=layer.height,
        lines=lines,
        text=page_text(lines),
        source=TextSource.PDF,
        dpi=layer.dpi,
        rotation=layer.rotation,
        warning=f"{layer.flaw}; mode=auto recognises such pages" if layer.flaw else "",
        hidden_text=layer.hidden,
    )


def _page(raster: Raster, lines: tuple[Line, ...], text: str) -> Page:
    return Page(
        number=raster.number,
        width=raster.width,
        height=raster.height,
        lines=lines,
        text=text,
        dpi=raster.dpi,
        rotation=raster.rotation,
        aspect=raster.aspect,
    )
