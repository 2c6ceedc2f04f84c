#!/usr/bin/env bash
# What one would guess: a PDF that Pillow writes can be signed with pyHanko as it is.
# What happens: pyHanko refuses it as damaged, since Pillow gives the free object 0 the generation 65536, one more than
#   there may be (ISO 32000-1, 7.5.4: 65,535, written as ten and five digits); viewers do not mind. With `strict=False`
#   it is read.
# Version: Pillow 13.0.0, pyHanko 0.38.0 (PyPI). Seen on 2026-11-30.
# Where it matters: a searchable PDF of a picture is written by MuPDF, not by Pillow, so that it can be signed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0 pyhanko==0.38.0
"$folder/venv/bin/python" - <<'PYTHON'
from io import BytesIO

from PIL import Image
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

file = BytesIO()
Image.new("L", (40, 40), 255).save(file, "PDF")
assert b"\n0000000000 65536 f" in file.getvalue(), "the first entry is another one now"
try:
    PdfFileReader(file)
except PdfReadError as error:
    print("As found:", error)
else:
    raise AssertionError("pyHanko reads it now")
assert len(PdfFileReader(file, strict=False).root["/Pages"]["/Kids"]) == 1
PYTHON
