"""Documents for tests, made in memory: their text is known because it is drawn here, and nothing is downloaded.

Everything is deterministic. The font is the one that Pillow carries, so that no machine draws it differently.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pymupdf
from PIL import Image, ImageDraw, ImageFont

MARK = 20
"""Edge length in pixels of the corner marks that `marked` draws."""

CORNERS = {"top_left": (220, 0, 0), "top_right": (0, 160, 0), "bottom_right": (0, 0, 220), "bottom_left": (0, 0, 0)}
"""Colours of the marks, by the corner of the upright picture."""

_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_mupdf: Any = pymupdf


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The image as a file of a Pillow format."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(lines: Sequence[str], size: tuple[int, int] = (800, 400), font_size: int = 32) -> Image.Image:
    """Black lines of text on white, the first at (20, 20), one every 1.5 font sizes."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(font_size)
    for number, line in enumerate(lines):
        draw.text((20, 20 + number * font_size * 3 // 2), line, "black", font)
    return image


def text_image(
    lines: Sequence[str], size: tuple[int, int] = (800, 400), kind: str = "PNG", font_size: int = 32, **options: Any
) -> bytes:
    """`picture` as a file."""
    return encode(picture(lines, size, font_size), kind, **options)


def marked(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """White, with a mark of another colour in every corner."""
    image = Image.new("RGB", size, "white")
    right, bottom = size[0] - MARK, size[1] - MARK
    places = {"top_left": (0, 0), "top_right": (right, 0), "bottom_right": (right, bottom), "bottom_left": (0, bottom)}
    for corner, place in places.items():
        image.paste(CORNERS[corner], (*place, place[0] + MARK, place[1] + MARK))
    return image


def oriented(upright: Image.Image, orientation: int, kind: str = "PNG", **options: Any) -> bytes:
    """A file whose EXIF orientation (1 to 8) makes a viewer show `upright`."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(stored(upright, orientation), kind, exif=exif.tobytes(), **options)


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """The pixels of the file that `oriented` makes."""
    return upright.transpose(_STORED[orientation]) if orientation in _STORED else upright


def multipage_tiff(pages: Sequence[Image.Image], **options: Any) -> bytes:
    """One TIFF frame a picture."""
    return encode(pages[0], "TIFF", save_all=True, append_images=list(pages[1:]), **options)


def animated_gif(pages: Sequence[Image.Image]) -> bytes:
    """One GIF frame a picture, none left out even where two are equal but for their number."""
    return encode(pages[0], "GIF", save_all=True, append_images=list(pages[1:]), duration=100, disposal=2)


def text_pdf(pages: Sequence[Sequence[str]], dpi: int = 100) -> bytes:
    """A scan: A4 pages that are pictures of their text, without a text layer."""
    size = round(210 / 25.4 * dpi), round(297 / 25.4 * dpi)
    scans = [picture(lines, size, font_size=dpi // 5) for lines in pages]
    return encode(scans[0], "PDF", save_all=True, append_images=scans[1:], resolution=dpi)


def born_digital_pdf(
    pages: Sequence[str], size: tuple[float, float] = (595, 842), rotation: int = 0, **options: Any
) -> bytes:
    """Pages with real text at (72, 72) pt. `options` go to the writer."""
    document = _mupdf.open()
    for text in pages:
        page = document.new_page(width=size[0], height=size[1])
        page.insert_text((72, 72), text, fontsize=12)
        page.set_rotation(rotation)
    return bytes(document.tobytes(**options))


def mapped_pdf(lines: Sequence[str], mapping: Callable[[int], int]) -> bytes:
    """A page that shows `lines`, whose font says that a character with code c stands for `mapping(c)`."""
    shown = b" ".join(b"(%s) Tj T*" % line.encode("latin-1") for line in lines)
    entries = b"".join(b"<%02x> <%04x>\n" % (code, mapping(code)) for code in range(32, 127))
    cmap = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
    cmap += b"95 beginbfchar\n%sendbfchar endcmap end" % entries
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return page_pdf(
        b"BT /F 12 Tf 20 TL 72 770 Td %s ET" % shown,
        page=b"/Resources<</Font<</F 5 0 R>>>>",
        objects=[font, stream(b"", cmap)],
    )


def searchable_scan(lines: Sequence[str], layer: Sequence[str], *, shown: bool = False) -> bytes:
    """A scan of `lines` on A4 whose text layer says `layer`: hidden, or `shown` and then covered by the scan."""
    document = _mupdf.open()
    page = document.new_page(width=595, height=842)
    for number, text in enumerate(layer):
        page.insert_text((72, 72 + 24 * number), text, fontsize=12, render_mode=0 if shown else 3)
    page.insert_image(page.rect, stream=text_image(lines, (1240, 1754)))
    return bytes(document.tobytes())


def joined_pdf(*parts: bytes) -> bytes:
    """The pages of several PDFs one after the other."""
    document = _mupdf.open()
    for part in parts:
        document.insert_pdf(_mupdf.open(stream=part, filetype="pdf"))
    return bytes(document.tobytes())


def encrypted_pdf(text: str, user: str, owner: str = "owner") -> bytes:
    """AES-256. An empty `user` password leaves only the owner's restrictions: it opens for everyone."""
    return born_digital_pdf([text], encryption=_mupdf.PDF_ENCRYPT_AES_256, user_pw=user, owner_pw=owner)


def blank_pdf(count: int) -> bytes:
    """`count` empty A4 pages."""
    kids = b" ".join(b"%d 0 R" % (3 + number) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    tree = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * count)


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    body, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return bytes(
        body
    ) + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(body),
    )


def page_pdf(content: bytes, *, box: str = "0 0 595 842", page: bytes = b"", objects: Sequence[bytes] = ()) -> bytes:
    """One page drawn by `content`; `page` is added to its dictionary, `objects` are numbered from 5."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R%s>>" % (box.encode(), page),
        stream(b"", content),
        *objects,
    )


def stream(dictionary: bytes, data: bytes) -> bytes:
    """A PDF stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (dictionary, len(data), data)


def image_pdf(width: int, height: int, pdf_filter: bytes, data: bytes) -> bytes:
    """One page that is one RGB image, encoded already."""
    image = stream(
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter%s"
        % (width, height, pdf_filter),
        data,
    )
    return page_pdf(b"q 595 0 0 842 0 0 cm /I Do Q", page=b"/Resources<</XObject<</I 5 0 R>>>>", objects=[image])


def greedy_pdf(depth: int = 60) -> bytes:
    """Transparency groups in transparency groups on a page of 200 inches: each wants a page-sized picture."""
    state = b"/ExtGState<</G<</ca 0.5/BM/Multiply>>>>"
    forms = [
        stream(
            b"/Type/XObject/Subtype/Form/BBox[0 0 14400 14400]/Group<</S/Transparency/I true>>"
            b"/Resources<<%s/XObject<</X %d 0 R>>>>" % (state, 6 + level),
            b"/G gs 0.5 0 0 rg 0 0 14400 14400 re f /X Do" if level < depth - 1 else b"0 0 14400 14400 re f",
        )
        for level in range(depth)
    ]
    resources = b"/Resources<<%s/XObject<</X 5 0 R>>>>" % state
    return page_pdf(b"/G gs /X Do", box="0 0 14400 14400", page=resources, objects=[*forms, b"null"])


def png_header(width: int, height: int, bits: int = 1) -> bytes:
    """A grey PNG that announces a size and holds a few bytes of data: decoding it can only fail."""
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 64)) + _chunk(b"IEND")


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def truncated(data: bytes, share: float = 0.5) -> bytes:
    """The first part of a file."""
    return data[: int(len(data) * share)]


def looped_tiff(frames: int = 2) -> bytes:
    """A TIFF whose last directory points back to its first."""
    data = bytearray(multipage_tiff([picture([str(number)], (40, 30)) for number in range(frames)]))
    first = offset = struct.unpack_from("<I", data, 4)[0]
    while True:
        pointer = offset + 2 + 12 * struct.unpack_from("<H", data, offset)[0]
        offset = struct.unpack_from("<I", data, pointer)[0]
        if not offset:
            struct.pack_into("<I", data, pointer, first)
            return bytes(data)


def tile_bomb(side: int = 20_000) -> bytes:
    """A grey TIFF of 100 x 100 whose one deflated tile is `side` x `side`."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(side)) for _ in range(side)) + packer.flush()
    tags = {256: 100, 257: 100, 258: 8, 259: 8, 262: 1, 277: 1, 322: side, 323: side, 324: 8, 325: len(data)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory


def gif_of(frames: int, size: tuple[int, int] = (1, 1), frame: tuple[int, int, int, int] = (0, 0, 1, 1)) -> bytes:
    """A GIF of equal frames (left, top, width, height), each of one byte of data, 17 bytes long."""
    image = b"," + struct.pack("<HHHHB", *frame, 0) + b"\x02\x02\x44\x01\x00"
    palette = b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + palette + image * frames + b";"


def gif_then_script() -> bytes:
    """Both the head of a GIF and JavaScript."""
    return b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(document.domain);"


def svg_xxe() -> bytes:
    """An SVG that asks for a file of the server."""
    return (
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
    )


def noise(size: int = 4096) -> bytes:
    """Random bytes, the same every time."""
    return random.Random(7).randbytes(size)
