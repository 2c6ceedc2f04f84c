"""From the file of an upload to recognised pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from services.document import Line, Page, PageFailure
from services.errors import ServiceError
from services.ocr.engines import Engine, ReadOptions
from services.ocr.raster import Limits, Raster, map_line
from services.ocr.source import Source, open_source
from services.ocr.text import order, page_text
from services.ocr.upright import read_upright

Observe = Callable[[str, float], None]
"""Takes the name of a stage and the seconds that it took."""


class Pipeline:
    """One engine and the limits of this deployment. As little to be shared between threads as its engine."""

    def __init__(self, engine: Engine, limits: Limits, observe: Observe = lambda stage, seconds: None) -> None:
        self._engine = engine
        self._limits = limits
        self._observe = observe

    @contextmanager
    def open(
        self, path: Path, media_type: str, *, pages: str | None, password: str | None, dpi: int
    ) -> Iterator[Source]:
        """The document's pages, not yet rendered. Raises BadInput."""
        with open_source(path, media_type, pages=pages, password=password, dpi=dpi, limits=self._limits) as source:
            yield source

    def read(self, source: Source, number: int, options: ReadOptions) -> Page:
        """Render and read one page. Raises BadInput when it cannot be rendered, EngineFailed when it cannot be read."""
        with self._timed("render"):
            raster = source.render(number)
        with self._timed("recognise"):
            found = read_upright(lambda pixels: self._engine.read(pixels, options), raster.pixels)
        with self._timed("layout"):
            lines = order(found)
            return _page(raster, tuple(map_line(raster.to_upload, line) for line in lines), page_text(lines))

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self._observe(stage, perf_counter() - start)


def failed_page(number: int, error: ServiceError) -> Page:
    """A page that stands for the reason why it could not be read."""
    return Page(number, 0, 0, failure=PageFailure(error.code, str(error)))


def _page(raster: Raster, lines: tuple[Line, ...], text: str) -> Page:
    return Page(
        number=raster.number,
        width=raster.width,
        height=raster.height,
        lines=lines,
        text=text,
        dpi=raster.dpi,
        rotation=raster.rotation,
    )
