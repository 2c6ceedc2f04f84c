"""Draw the sample documents beside this file: `python examples/make_samples.py`.

Every name, number and sentence is invented. Running it again gives the same bytes with the same version of Pillow.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

_mupdf: Any = pymupdf
HERE = Path(__file__).parent
OCR_B = HERE.parent / "tests" / "support" / "fonts" / "OCRB.otf"
DPI = 150
A4 = round(210 / 25.4 * DPI), round(297 / 25.4 * DPI)

RECEIPT = """\
EXAMPLE SHOP
12 Sample Street, Springfield
Tel 555 0142    VAT GB 000 0000 00

Receipt 000471        2026-03-14 17:42

Oat milk 1 l      2 x 1.95        3.90
Rye bread                         2.80
Apples 1.250 kg                   3.13
Dish soap                         1.79
Bag                               0.20

SUBTOTAL                         11.82
VAT 20 %                          0.40
TOTAL                    GBP     12.22

Card **** **** **** 0042
Thank you for shopping with us!
"""

LICENCE = """\
INDIAN UNION DRIVING LICENCE
MAHARASHTRA STATE MOTOR DRIVING LICENCE

DL No   MH12 20190563381      DOI  04-03-2019
Valid till  03-03-2039

Name    ASHA EXAMPLE
DOB     12-08-1994            BG   O+
Add     7 Sample Road, Pune
"""

PASSPORT = """\
UTOPIA                         PASSPORT
Type P        Code UTO
Passport no.  L898902C3

ERIKSSON
ANNA MARIA

Nationality   UTOPIAN
Born          12 AUG 1974     Sex  F
Expires       15 APR 2012
"""

ZONE = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")

LETTER = (
    """\
Example Shop Ltd
12 Sample Street
Springfield

To
Ms Ada Placeholder
7 Nowhere Lane
Springfield

14 March 2026

Your order 2026-0815

Dear Ms Placeholder,

Thank you for your order of two standing desks and six
chairs. We have checked our stock and can deliver all of
it in the week of 30 March, at no extra charge.

The desks come in two boxes of 38 kg each. Our driver
will carry them to the room of your choice; please let
us know if there are stairs, and how many.

On the next page you find the articles and prices, on
the last one our terms.

Yours sincerely,

Tom Sample
Customer Service
""",
    """\
Order 2026-0815, page 2

Article             Qty      Price       Amount

Desk 160 x 80         2     349.00       698.00
Chair, grey           6      89.50       537.00
Cable tray            2      24.90        49.80
Delivery              1       0.00         0.00

Subtotal                               1,284.80
VAT 20 %                                 256.96
Total GBP                              1,541.76

Payable within 30 days after delivery.
Please quote the order number.
""",
    """\
Terms, page 3

1. The goods remain ours until they are paid for.

2. You may send back anything within 30 days, as long
as it is complete and undamaged. We pay the carrier.

3. The guarantee is five years on frames and two years
on upholstery. It does not cover wear.

4. If a delivery is late by more than two weeks you may
cancel the order and owe us nothing.

5. These terms are made up and bind nobody.
""",
)

DELIVERY_NOTE = (
    """\
DELIVERY NOTE 88-1203

From   Example Shop Ltd, Springfield
To     Placeholder and Daughters
Date   31 March 2026

2  Desk 160 x 80      boxes 1 and 2
6  Chair, grey        boxes 3 to 5
2  Cable tray         box 5

Boxes: 5     Weight: 124.5 kg
""",
    """\
DELIVERY NOTE 88-1203, page 2

Received complete and undamaged:

Name       Ada Placeholder
Date       31 March 2026
Remarks    Box 4 slightly dented
""",
)


LABEL = """\
Oat Flakes

Net weight 500 g
Price  GBP 2.49
GBP 4.98 / kg

Best before 18 AUG 2027
Lot L2305B
Art. No. OF-500-2

Keep dry.
"""
INVOICE = """\
Example Shop Ltd
12 Sample Street
Springfield
VAT IE1234567T

Bill to
Placeholder and Daughters
7 Nowhere Lane
Springfield

INVOICE

Invoice number  2026-0815
Invoice date    14 March 2026
Due date        13 April 2026

Description           Qty      Price       Amount

Desk 160 x 80           2     349.00       698.00
Chair, grey             6      89.50       537.00
Book about desks        1      20.00        20.00

Subtotal                                  1255.00
VAT 23 % of 1235.00                        284.05
VAT 9 % of 20.00                             1.80
Total EUR                                 1540.85

IBAN IE29 AIBK 9311 5212 3456 78
"""
"""What `invoice.xml` beside this file says, in print."""

METADATA = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

NUMBER = "2000000005003"
"""An article number of the range that shops give out themselves (GS1 prefix 20)."""


def main() -> None:
    """Write receipt.png, label.png (grey), letter.pdf (three scanned pages), scan.tiff (two fax-coded pages) and more.

    invoice.pdf carries invoice.xml, which is written by hand.
    """
    receipt = _worn(_page(RECEIPT, (620, 900), 22, 30), seed=1, angle=0.6)
    receipt.quantize(16).save(HERE / "receipt.png", optimize=True, dpi=(150, 150))

    _worn(_label(), seed=20, angle=-0.7).quantize(16).save(HERE / "label.png", optimize=True, dpi=(DPI, DPI))

    letter = [_worn(_page(text, A4, 33, 142), seed=2 + n, angle=0.3 - 0.3 * n) for n, text in enumerate(LETTER)]
    epoch = time.gmtime(0)
    letter[0].save(
        HERE / "letter.pdf",
        save_all=True,
        append_images=letter[1:],
        resolution=DPI,
        quality=30,
        creationDate=epoch,
        modDate=epoch,
    )

    notes = [_worn(_page(text, A4, 36, 142), seed=9 + n, angle=-0.4) for n, text in enumerate(DELIVERY_NOTE)]
    faxed = [Image.fromarray(np.asarray(note) > 150) for note in notes]
    faxed[0].save(HERE / "scan.tiff", save_all=True, append_images=faxed[1:], compression="group4", dpi=(DPI, DPI))
    licence = _worn(_page(LICENCE, (1010, 640), 30, 40), seed=11, angle=0.8)
    licence.quantize(16).save(HERE / "licence.png", optimize=True, dpi=(300, 300))
    _passport().save(HERE / "passport.jpg", quality=85)
    (HERE / "invoice.pdf").write_bytes(_invoice())


def _invoice() -> bytes:
    """A page of INVOICE as Factur-X has it: the electronic invoice attached, and named in the metadata."""
    document = _mupdf.open()
    page = document.new_page()
    for row, line in enumerate(INVOICE.splitlines()):
        for column, part in _columns(line):
            page.insert_text((60 + 6.6 * column, 70 + 18 * row), part, fontname="cour", fontsize=11)
    document.embfile_add("factur-x.xml", (HERE / "invoice.xml").read_bytes(), filename="factur-x.xml")
    document.set_xml_metadata(METADATA)
    day = "D:20260314000000Z"
    document.set_metadata({"creationDate": day, "modDate": day})
    for xref in range(1, document.xref_length()):
        if document.xref_get_key(xref, "Params")[0] != "null":
            document.xref_set_key(xref, "Params/CreationDate", f"({day})")
            document.xref_set_key(xref, "Params/ModDate", f"({day})")
    return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def _passport() -> Image.Image:
    """The data page of ICAO 9303's own example, 125 x 88 mm at 10 pixels a millimetre, held a little askew."""
    page = Image.new("RGB", (1250, 880), (228, 234, 226))
    draw = ImageDraw.Draw(page)
    draw.rectangle((60, 150, 390, 580), (160, 140, 130))
    for row, text in enumerate(PASSPORT.splitlines()):
        draw.text((440, 60 + 52 * row), text, (40, 50, 90), ImageFont.load_default(30))
    for row, text in enumerate(ZONE):
        draw.text((60, 700 + 70 * row), text, (25, 25, 30), ImageFont.truetype(OCR_B, 36))
    return page.rotate(1.2, Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 80, 70))


def _label() -> Image.Image:
    """The text of LABEL with the bars and digits of NUMBER below."""
    label = _page(LABEL, (520, 700), 24, 36)
    code = zxingcpp.create_barcode(NUMBER, zxingcpp.BarcodeFormat.EAN13)
    bars = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(code, scale=3)))
    label.paste(bars.resize((bars.width, 110)), (30, 500))
    ImageDraw.Draw(label).text((80, 618), NUMBER, 20, ImageFont.load_default(30))
    return label


def _page(text: str, size: tuple[int, int], font_size: int, margin: int) -> Image.Image:
    """Black on white; columns are kept where two or more spaces stand between them."""
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(font_size)
    for row, line in enumerate(text.splitlines()):
        for column, part in _columns(line):
            draw.text((margin + column * font_size * 0.62, margin + row * font_size * 1.5), part, 20, font)
    return page


def _columns(line: str) -> list[tuple[int, str]]:
    """The parts of a line with the character at which each begins."""
    parts, place = [], 0
    for part in line.split("  "):
        if part.strip():
            parts.append((place + len(part) - len(part.lstrip()), part.strip()))
        place += len(part) + 2
    return parts


def _worn(page: Image.Image, seed: int, angle: float) -> Image.Image:
    """As a flatbed scanner would see it: a little askew, a little soft, the paper not quite white."""
    askew = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    grain = np.random.default_rng(seed).normal(0, 3, (page.height // 4 + 1, page.width // 4 + 1))
    coarse = np.kron(grain, np.ones((4, 4)))[: page.height, : page.width]
    toned = np.clip(np.asarray(askew, np.float64) * 0.93 + 12 + coarse, 0, 255)
    return Image.fromarray(toned.astype(np.uint8))


if __name__ == "__main__":
    main()
