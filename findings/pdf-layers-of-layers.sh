#!/usr/bin/env bash
# What one would guess: text that hangs on several layers at once (an optional content membership dictionary) is drawn as
#   ISO 32000 says: with /P /AllOn where all of them are on, with /AnyOff where one is off, with /VE as its expression says.
# What happens: MuPDF draws AllOn where one of two is off and hides AnyOff there, and passes over /VE; PDFium follows all
#   of them. So a page has text in one program that it does not have in the other, as picture and as text.
# Version: PyMuPDF 1.28.2, pypdfium2 5.15.2 (PyPI). Seen on 2026-11-30.
# Where it matters: services/ocr/own_text gives a PDF's own text by what MuPDF draws.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymupdf==1.28.2 pypdfium2==5.15.2
"$folder/venv/bin/python" - <<'PYTHON'
import pymupdf
import pypdfium2


def page(membership):
    content = b"/OC /M BDC BT /F 24 Tf 20 40 Td (word) Tj ET EMC"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R 7 0 R]/D<</OFF[6 0 R]>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/Properties<</M 8 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/OCG/Name(off)>>",
        b"<</Type/OCG/Name(on)>>",
        b"<</Type/OCMD%s>>" % membership,
    ]
    file, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(file), len(objects) + 1
    file += b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(file + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start))


def drawn(file):
    mupdf = min(pymupdf.open("pdf", file)[0].get_pixmap().samples) < 128
    pdfium = min(bytes(pypdfium2.PdfDocument(file)[0].render().buffer)) < 128
    return mupdf, pdfium


BOTH = b"/OCGs[6 0 R 7 0 R]"
KINDS = {
    BOTH + b"/P/AnyOn": (True, True),
    BOTH + b"/P/AllOff": (False, False),
    BOTH + b"/P/AllOn": (True, False),
    BOTH + b"/P/AnyOff": (False, True),
    b"/VE[/Not 7 0 R]": (True, False),
    b"/VE[/And 6 0 R 7 0 R]": (True, False),
}
for membership, expected in KINDS.items():
    found = drawn(page(membership))
    assert found == expected, f"otherwise now: {membership}: {found}"
    print("As found:", membership.decode(), "MuPDF draws it:", found[0], "PDFium:", found[1])
PYTHON
