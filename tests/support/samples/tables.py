"""Tables for tests, drawn as pictures and as PDFs with text of their own, and what a careful reader puts in cells.

Lengths are points on A4. Nothing in them is of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pymupdf
from PIL import Image, ImageDraw, ImageFont

from tests.support.samples import encode

WIDTH, HEIGHT = 595, 842
DPI = 150
_mupdf: Any = pymupdf

Row = Sequence[str]


@dataclass(frozen=True)
class Text:
    """A line of text on the base line `y`, from `x` on, up to it, or around it; `upwards` it runs up from `y`."""

    x: float
    y: float
    text: str
    align: str = "left"
    size: float = 10
    bold: bool = False
    upwards: bool = False


@dataclass(frozen=True)
class Rule:
    x: float
    y: float
    x1: float
    y1: float
    width: float = 0.8


Mark = Text | Rule


@dataclass(frozen=True)
class Drawn:
    """Pages with what their tables say: rows of cells, with None where a cell above or to the left goes on."""

    name: str
    pages: Sequence[Sequence[Mark]]
    tables: Sequence[Sequence[Sequence[str | None]]]
    lean: float = 0.0

    def pictures(self) -> list[Image.Image]:
        """Each page as a picture, leaning clockwise by `lean` degrees."""
        pages = [_picture(page) for page in self.pages]
        turned = (page.rotate(-self.lean, Image.Resampling.BICUBIC, fillcolor="white") for page in pages)
        return list(turned) if self.lean else pages

    def png(self) -> bytes:
        """The first page."""
        return encode(self.pictures()[0], dpi=(DPI, DPI))

    def pdf(self) -> bytes:
        """With text of its own, level."""
        document = _mupdf.open()
        for marks in self.pages:
            page = document.new_page(width=WIDTH, height=HEIGHT)
            for mark in marks:
                _into_pdf(page, mark)
        return bytes(document.tobytes())

    def scan(self) -> bytes:
        """All pages as one PDF of pictures."""
        first, *more = self.pictures()
        return encode(first, "PDF", save_all=True, append_images=more, resolution=DPI)


def _picture(marks: Sequence[Mark]) -> Image.Image:
    scale = DPI / 72
    image = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), "white")
    draw = ImageDraw.Draw(image)
    for mark in marks:
        if isinstance(mark, Rule):
            ends = tuple(scale * side for side in (mark.x, mark.y, mark.x1, mark.y1))
            draw.line(ends, "black", max(1, round(mark.width * scale)))
        else:
            _write(image, draw, mark, scale)
    return image


def _write(image: Image.Image, draw: ImageDraw.ImageDraw, mark: Text, scale: float) -> None:
    font = ImageFont.load_default(mark.size * scale)
    width = font.getlength(mark.text)
    if mark.upwards:
        part = Image.new("RGB", (round(width) + 4, round(1.4 * mark.size * scale)), "white")
        ImageDraw.Draw(part).text((2, 0), mark.text, "black", font)
        turned = part.rotate(90, expand=True)
        image.paste(turned, (round(mark.x * scale - turned.width * 0.7), round(mark.y * scale) - turned.height))
        return
    start = mark.x * scale - {"left": 0.0, "right": width, "middle": width / 2}[mark.align]
    stroke = scale / 4 if mark.bold else 0
    draw.text((start, mark.y * scale), mark.text, "black", font, anchor="ls", stroke_width=stroke)


def _into_pdf(page: Any, mark: Mark) -> None:
    if isinstance(mark, Rule):
        page.draw_line((mark.x, mark.y), (mark.x1, mark.y1), width=mark.width)
        return
    font = "hebo" if mark.bold else "helv"
    width = _mupdf.get_text_length(mark.text, fontname=font, fontsize=mark.size)
    start = mark.x - {"left": 0.0, "right": width, "middle": width / 2}[mark.align]
    rotate = 90 if mark.upwards else 0
    page.insert_text((start, mark.y), mark.text, fontname=font, fontsize=mark.size, rotate=rotate)


# Layouts


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table are, each with its alignment: `l`, `r` or `m`."""

    widths: Sequence[float]
    aligned: str
    x: float = 60
    y: float = 120
    pitch: float = 22
    size: float = 10

    @property
    def edges(self) -> list[float]:
        return list(accumulate(self.widths, initial=self.x))

    @property
    def right(self) -> float:
        return self.edges[-1]

    def write(self, column: int, y: float, text: str, *, bold: bool = False) -> Text:
        """The text in a column, 6 points from its edges."""
        left, right = self.edges[column : column + 2]
        how = self.aligned[column]
        x, align = {"l": (left + 6, "left"), "r": (right - 6, "right"), "m": ((left + right) / 2, "middle")}[how]
        return Text(x, y, text, align, self.size, bold)


def written(layout: Layout, rows: Sequence[Row], *, bold_head: bool = True) -> Iterator[Mark]:
    """The texts, a row a pitch; a `|` in one begins a further row of text in the same cell, which is half as far."""
    y = layout.y
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            for nth, text in enumerate(cell.split("|") if cell else ()):
                yield layout.write(column, y + 15 + 12 * nth, text, bold=bold_head and number == 0)
        y += height_of(layout, row)


def height_of(layout: Layout, row: Row) -> float:
    return layout.pitch + 12 * (max(cell.count("|") for cell in row))


def levels(layout: Layout, rows: Sequence[Row]) -> list[float]:
    """Where rows begin, and the last one ends."""
    return list(accumulate((height_of(layout, row) for row in rows), initial=layout.y))


def across(layout: Layout, ys: Sequence[float]) -> Iterator[Rule]:
    return (Rule(layout.x, y, layout.right, y) for y in ys)


def down(layout: Layout, top: float, bottom: float) -> Iterator[Rule]:
    return (Rule(x, top, x, bottom) for x in layout.edges)


def ruled(layout: Layout, rows: Sequence[Row]) -> list[Mark]:
    """All cells with their four sides."""
    ys = levels(layout, rows)
    return [*written(layout, rows), *across(layout, ys), *down(layout, ys[0], ys[-1])]


def said(rows: Sequence[Row]) -> list[list[str | None]]:
    """What stands in the cells."""
    return [[cell.replace("|", " ") for cell in row] for row in rows]


# Samples

CREW: Sequence[Row] = (
    ("Name", "Port", "Since", "Trips"),
    ("Ada Quill", "Falmouth", "2019", "41"),
    ("Ben Ockham", "Penzance", "2021", "17"),
    ("Cyn Marl", "Fowey", "2020", "28"),
    ("Dov Tarn", "Looe", "2018", "63"),
)

STATEMENT: Sequence[Row] = (
    ("Date", "Description", "Out", "In", "Balance"),
    ("02 Nov", "Opening balance", "", "", "1,204.11"),
    ("03 Nov", "Card payment Harbour Stores|Falmouth ref 88210", "24.40", "", "1,179.71"),
    ("05 Nov", "Transfer from Okonkwo A|rent November|ref OKN-2211", "", "650.00", "1,829.71"),
    ("09 Nov", "Direct debit County Water", "41.07", "", "1,788.64"),
    ("12 Nov", "Standing order Marina|quarter four", "320.00", "", "1,468.64"),
)

GOODS: Sequence[Row] = (
    ("Item", "Qty", "Unit price", "Amount"),
    ("Rope, 12 mm", "4", "12.50", "50.00"),
    ("Shackle", "10", "3.20", "32.00"),
    ("Deposit returned", "1", "-12.50", "-12.50"),
    ("Fender, large", "2", "41.75", "83.50"),
)

MARKS: Sequence[Row] = (
    ("Name", "Mon", "Tue", "Wed", "Thu"),
    ("Ada", "4", "7", "2", "9"),
    ("Bob", "5", "8", "6", "3"),
    ("Cyn", "8", "6", "9", "4"),
    ("Dov", "7", "2", "5", "6"),
)

TIDES: Sequence[Row] = (
    ("Place", "High", "Low"),
    ("North quay", "8.2", "1.1"),
    ("Mid pier", "7.9", "1.4"),
    ("South mole", "8.0", "1.2"),
)

BERTHS: Sequence[Row] = (
    ("Berth", "Boat", "Paid"),
    ("C17", "Petrel", "320.00"),
    ("C18", "Gannet", "295.50"),
    ("D02", "Kittiwake", "410.00"),
)


def closed() -> Drawn:
    layout = Layout((130, 110, 80, 80), "lllr")
    return Drawn("ruled", [_titled(ruled(layout, CREW))], [said(CREW)])


def half_ruled() -> Drawn:
    """A rule above and below the head, and one below the last row."""
    layout = Layout((180, 60, 90, 90), "lrrr", pitch=18)
    ys = levels(layout, GOODS)
    marks = [*written(layout, GOODS), *across(layout, (ys[0], ys[1], ys[-1]))]
    return Drawn("half-ruled", [_titled(marks)], [said(GOODS)])


def row_ruled() -> Drawn:
    """A rule below every row, cells that go on, none down."""
    layout = Layout((70, 190, 70, 70, 75), "llrrr")
    marks = [*written(layout, STATEMENT), *across(layout, levels(layout, STATEMENT))]
    return Drawn("row-ruled, wrapped", [_titled(marks)], [said(STATEMENT)])


def unruled() -> Drawn:
    layout = Layout((130, 110, 80, 80), "lllr", pitch=17)
    return Drawn("unruled", [_titled([*written(layout, CREW)])], [said(CREW)])


def wrapped() -> Drawn:
    """Without rules: cells that go on, and empty ones."""
    layout = Layout((70, 190, 70, 70, 75), "llrrr", pitch=18)
    return Drawn("unruled, wrapped and empty cells", [_titled([*written(layout, STATEMENT)])], [said(STATEMENT)])


def numbers() -> Drawn:
    """Without rules: numbers to the right, negative ones too."""
    layout = Layout((180, 60, 90, 90), "lrrr", pitch=17)
    return Drawn("unruled, right-aligned", [_titled([*written(layout, GOODS)])], [said(GOODS)])


def merged() -> Drawn:
    """A head over two columns each, and one over two rows; a cell over two rows below."""
    layout = Layout((110, 75, 75, 75, 75), "lrrrr")
    x, y, right = layout.edges, layout.y, layout.right
    body = (
        ("Falmouth", "41", "38", "12", "9"),
        ("Fowey", "17", "20", "8", "11"),
        ("Looe", "63", "59", "21", "24"),
    )
    rows = [y + 22 * place for place in range(6)]
    marks: list[Mark] = [
        layout.write(0, rows[0] + 26, "Port", bold=True),
        Text((x[1] + x[3]) / 2, rows[0] + 15, "Arrivals", "middle", bold=True),
        Text((x[3] + x[5]) / 2, rows[0] + 15, "Departures", "middle", bold=True),
        *(
            layout.write(column, rows[1] + 15, text, bold=True)
            for column, text in enumerate(("2024", "2025", "2024", "2025"), 1)
        ),
        *written(Layout(layout.widths, "lrrrr", y=rows[2]), body, bold_head=False),
        *(Rule(layout.x if row != 1 else x[1], rows[row], right, rows[row]) for row in range(6)),
        *(Rule(x[column], rows[0 if column % 2 or not column else 1], x[column], rows[5]) for column in range(6)),
    ]
    heads = [["Port", "Arrivals", None, "Departures", None], [None, "2024", "2025", "2024", "2025"]]
    return Drawn("merged heads", [_titled(marks)], [[*heads, *said(body)]])


def leaning() -> Drawn:
    layout = Layout((100, 70, 70, 70, 70), "lllll", x=90)
    return Drawn("ruled, leaning by two degrees", [_titled(ruled(layout, MARKS))], [said(MARKS)], lean=2.0)


def leaning_unruled() -> Drawn:
    layout = Layout((180, 60, 90, 90), "lrrr", pitch=18, x=70)
    return Drawn("unruled, leaning by two degrees", [_titled([*written(layout, GOODS)])], [said(GOODS)], lean=-2.0)


def side_by_side() -> Drawn:
    left, right = Layout((90, 60, 60), "lrr"), Layout((60, 80, 70), "llr", x=320)
    return Drawn(
        "two side by side", [_titled([*ruled(left, TIDES), *ruled(right, BERTHS)])], [said(TIDES), said(BERTHS)]
    )


def rotated_head() -> Drawn:
    """Heads that run upwards."""
    layout = Layout((120, 40, 40, 40), "lrrr")
    heads = ("Crossings", "Delays", "Cancelled")
    body = (("Monday", "12", "3", "0"), ("Tuesday", "14", "1", "2"), ("Wednesday", "9", "0", "1"))
    y, x = layout.y, layout.edges
    below = Layout(layout.widths, "lrrr", y=y + 70)
    ys = [y, *levels(below, body)]
    marks: list[Mark] = [
        layout.write(0, y + 60, "Day", bold=True),
        *(Text(x[place] + 24, y + 66, text, upwards=True) for place, text in enumerate(heads, 1)),
        *written(below, body, bold_head=False),
        *across(layout, ys),
        *down(layout, ys[0], ys[-1]),
    ]
    return Drawn("rotated heads", [_titled(marks)], [[["Day", *heads], *said(body)]])


def over_pages() -> Drawn:
    """Two pages, the heads repeated on the second."""
    head, first, second = STATEMENT[0], STATEMENT[1:4], STATEMENT[4:]
    layout = Layout((70, 190, 70, 70, 75), "llrrr")
    pages = [ruled(layout, (head, *first)), ruled(layout, (head, *second))]
    tables = [said((head, *first)), said((head, *second))]
    return Drawn("over two pages", [_titled(pages[0]), pages[1]], tables)


ALL: Sequence[Callable[[], Drawn]] = (
    closed,
    half_ruled,
    row_ruled,
    unruled,
    wrapped,
    numbers,
    merged,
    leaning,
    leaning_unruled,
    side_by_side,
    rotated_head,
    over_pages,
)


def _titled(marks: Sequence[Mark]) -> list[Mark]:
    """With a title above and a sentence below, which are no part of the table."""
    bottom = max(mark.y for mark in marks)
    return [
        Text(60, 70, "Harbour office", size=18, bold=True),
        *marks,
        Text(60, bottom + 60, "All figures were checked by the harbour master before they were printed."),
    ]
