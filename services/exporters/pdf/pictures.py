"""A PDF of pictures, one a page, with their text.

A JPEG is embedded byte for byte, a PNG without transparency or interlacing with its pixels packed as they are; both are
turned by the page, as EXIF asks, and not by us. Whatever else there is is drawn as it was read, upright and within the
pixel budget, and packed without loss but for formats of photos, which would grow tenfold. Pixels that are not square
are stretched by the page.

A page is as large as the file's resolution says. What cameras and browsers write when they know none, 96 dpi and less,
is not believed: such a picture fits the longer side of A4, at 96 dpi or more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
import pymupdf
from PIL import Image

from services.document.geometry import IDENTITY, affine, after
from services.document.model import Document, Page
from services.errors import UnreadableFile
from services.exporters import Original
from services.exporters._upright import squared, to_square, to_upright, upright_page
from services.exporters.pdf import font, layer
from services.exporters.pdf.update import NAME, add_font, add_layer, add_object
from services.ocr.engine import Pixels
from services.ocr.pdf import guarded
from services.ocr.pictures.jpeg import ORDINARY, frame
from services.ocr.pictures.kinds import KINDS
from services.ocr.raster import Limits
from services.ocr.source import Source, open_source

UNKNOWN = 96
"""Dots per inch up to which a file's resolution says nothing."""

A4 = 11.69
"""Inches of its longer side."""

LARGEST = 14_400
"""Units of a page's side (ISO 32000-1, annex C)."""

QUALITY = 90

_SPACES = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}
_CHANNELS = {0: 1, 2: 3, 3: 1}
"""By the colour type of a PNG without transparency."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as PDF has it: the entries of its dictionary, its packed data, by which filter it was packed, and how.

    `is_upright` says that it stands as it is shown.
    """

    entries: str
    data: bytes
    filter: str
    parameters: str
    is_upright: bool


def searchable(document: Document, original: Original, limits: Limits) -> bytes:
    """The pages that could be read. Raises UnreadableFile."""
    pages = [page for page in document.pages if page.failure is None]
    codes = font.encoding(line.text for page in pages for line in page.lines)
    with (
        guarded(),
        open_source(original.path, original.media_type, dpi=original.dpi, limits=limits) as source,
    ):
        pdf: Any = pymupdf.open()
        number = add_font(pdf, codes)
        for page in pages:
            _add_page(pdf, page, _picture(original, source, page), number, codes)
        return bytes(pdf.tobytes())


def _picture(original: Original, source: Source, page: Page) -> Picture:
    keep = {"image/jpeg": _jpeg, "image/png": _png}.get(original.media_type)
    if keep and not source.multipage and (kept := keep(original.path.read_bytes())):
        return kept
    return _drawn(source.render(page.number).pixels, lossy=KINDS[original.media_type].lossy)


def _add_page(pdf: Any, page: Page, picture: Picture, font_number: int, codes: Mapping[str, int]) -> None:
    upright = upright_page(page)
    shown = squared(upright)
    scale = 72 / resolution(shown)
    sheet = pdf.new_page(width=shown.width * scale, height=shown.height * scale)
    down = affine([[scale, 0, 0], [0, -scale, shown.height * scale]])
    to_shown = after(to_square(upright), to_upright(page))
    stored, turn = (shown, IDENTITY) if picture.is_upright else (page, to_shown)
    square = affine([[stored.width, 0, 0], [0, -stored.height, stored.height]])  # where PDF puts pictures
    number = _add_image(pdf, picture)
    _show(pdf, sheet.xref, number, after(down, after(turn, square)))
    if stream := layer.content(shown.lines, down, NAME, codes):
        add_layer(pdf, sheet.xref, stream, font_number, {})


def resolution(page: Page) -> float:
    """Dots per inch of the page that is made of a picture of this size, which stands upright."""
    longer = max(page.width, page.height)
    stated = page.dpi or 0
    dpi = stated if stated > UNKNOWN else max(UNKNOWN, longer / A4)
    return max(dpi, longer * 72 / LARGEST)


def _add_image(pdf: Any, picture: Picture) -> int:
    number = add_object(pdf, f"<</Type/XObject/Subtype/Image{picture.entries}>>")
    pdf.update_stream(number, picture.data, compress=False)
    pdf.xref_set_key(number, "Filter", picture.filter)  # the library drops both when it takes a stream
    pdf.xref_set_key(number, "DecodeParms", picture.parameters)
    return number


def _show(pdf: Any, page: int, image: int, place: Any) -> None:
    (a, c, e), (b, d, f) = place.tolist()
    drawing = f"q {a:.4f} {b:.4f} {c:.4f} {d:.4f} {e:.4f} {f:.4f} cm /Im Do Q\n"
    pdf.xref_set_key(page, "Resources", f"<</XObject<</Im {image} 0 R>>>>")
    pdf.xref_set_key(page, "Contents", f"{add_object(pdf, '<<>>', drawing.encode())} 0 R")


def _jpeg(data: bytes) -> Picture | None:
    """As it is; None for the kinds that a PDF cannot hold or that only some viewers show, such as lossless ones."""
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        space, size, adobe = _SPACES.get(image.mode), image.size, "adobe" in image.info
    coded = frame(BytesIO(data))
    if space is None or coded is None or coded.marker not in ORDINARY:
        return None
    inverted = "/Decode[1 0 1 0 1 0 1 0]" if space == "/DeviceCMYK" and adobe else ""
    entries = f"/Width {size[0]}/Height {size[1]}/ColorSpace{space}/BitsPerComponent 8{inverted}"
    return Picture(entries, data, "/DCTDecode", "null", is_upright=False)


def _png(data: bytes) -> Picture | None:
    """Its pixels as they are packed; None where it has transparency or is interlaced."""
    chunks = list(_chunks(data))
    width, height, bits, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1][:13])
    if kind not in _CHANNELS or interlaced or any(name == b"tRNS" for name, _ in chunks):
        return None
    space = {0: "/DeviceGray", 2: "/DeviceRGB", 3: _palette(dict(chunks).get(b"PLTE", b""))}[kind]
    entries = f"/Width {width}/Height {height}/ColorSpace{space}/BitsPerComponent {bits}"
    predicted = f"<</Predictor 15/Colors {_CHANNELS[kind]}/BitsPerComponent {bits}/Columns {width}>>"
    packed = b"".join(body for name, body in chunks if name == b"IDAT")
    return Picture(entries, packed, "/FlateDecode", predicted, is_upright=False)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content. Raises UnreadableFile where the file ends too early."""
    place = 8
    try:
        while place + 8 <= len(data):
            length, name = struct.unpack_from(">I4s", data, place)
            yield name, data[place + 8 : place + 8 + length]
            place += 12 + length
    except struct.error as error:
        raise UnreadableFile() from error


def _palette(colours: bytes) -> str:
    return f"[/Indexed/DeviceRGB {max(0, len(colours) // 3 - 1)}<{colours.hex()}>]"


def _drawn(pixels: Pixels, *, lossy: bool) -> Picture:
    """In as few bits as its colours want."""
    image = Image.fromarray(pixels)
    if _is_grey(pixels):
        image = image.convert("1" if bool(np.isin(pixels[..., 0], (0, 255)).all()) else "L")
    out = BytesIO()
    if lossy and image.mode != "1":
        image.save(out, "JPEG", quality=QUALITY)
        packed = _jpeg(out.getvalue())
    else:
        image.save(out, "PNG")
        packed = _png(out.getvalue())
    if packed is None:
        raise UnreadableFile()
    return replace(packed, is_upright=True)


def _is_grey(pixels: Pixels) -> bool:
    return bool((pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all())
