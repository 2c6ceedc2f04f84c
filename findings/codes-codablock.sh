#!/usr/bin/env bash
# What one would guess: a symbology that zxing-cpp does not know, such as Codablock F, gives nothing.
# What happens: each of its rows comes as a valid Code 128 with a right check digit: the text in pieces, each with the
#   row's number before it (`a`, `+`, `,`, or two digits) and the last with the check of the whole behind it.
# Version: zxing-cpp 3.1.1 (PyPI), symbol made by zint-bindings 1.2.2. Seen on 2026-11-30.
# Where it matters: services/extractors/barcodes/stacked.py leaves such rows out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 zint-bindings==1.2.2 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import zint
import zxingcpp

symbol = zint.Symbol()
symbol.symbology, symbol.scale, symbol.show_text = zint.Symbology.CODABLOCKF, 1.5, False
symbol.encode("Codablock F sample 1234567890")
symbol.buffer(0)
picture = np.asarray(symbol.bitmap).mean(axis=2).astype(np.uint8)
found = zxingcpp.read_barcodes(np.pad(picture, 40, constant_values=255))
kinds = {code.format.name for code in found}
assert kinds == {"Code128"} and len(found) > 3, f"no longer rows of Code 128: {kinds}, {len(found)} codes"
assert not any(code.text == "Codablock F sample 1234567890" for code in found)
print("As found:", [code.text for code in found])
PYTHON
