#!/usr/bin/env bash
# What one would guess: a picture of one clean QR code and nothing else gives one code, since a reader that knows where
#   the QR code is does not look for bars in it; and a bar code with a right check digit is no chance.
# What happens: of large QR codes (117 x 117 modules, some 2,900 digits, as signed identity cards have) about one in 170
#   comes with a second code: an EAN-13 with a right check digit, or an ITF or Codabar, read out of a row of the QR
#   code's own modules. 7 of 1,175 drawn ones did, 5 of them EAN-13. Nothing tells it from a real one but its place.
# Version: zxing-cpp 3.1.1 (PyPI), code made by segno 1.6.6. Seen on 2026-11-30.
# Where it matters: services/extractors/barcodes/reading.py lets what corrects its own errors win where two overlap.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 segno==1.6.6 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
import random

import numpy as np
import segno
import zxingcpp

digits = str(random.Random(104).randrange(10**2900, 10**2901))
code = segno.make(digits, error="l", boost_error=False)
modules = np.pad(np.array([list(row) for row in code.matrix], np.uint8), 4)
found = zxingcpp.read_barcodes(np.ascontiguousarray(255 - 255 * np.kron(modules, np.ones((3, 3), np.uint8))))
assert any(one.text == digits for one in found), "the QR code itself is no longer read"
others = [one for one in found if one.text != digits]
assert [one.format.name for one in others] == ["EAN13"], f"no longer a chance EAN-13: {[one.text for one in others]}"
number, place = others[0].text, others[0].position
assert sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(number))) % 10 == 0
side = 3 * len(modules)
assert all(0 < point.x < side and 0 < point.y < side for point in (place.top_left, place.bottom_right))
print("As found: beside the QR code, inside of it, the EAN-13", number)
PYTHON
