#!/usr/bin/env bash
# What one would guess: zxing-cpp, whose C++ library reads structured append (sequenceSize, sequenceIndex, sequenceId),
#   tells in Python which part of a text a QR code holds.
# What happens: nothing of it is there. Three codes that hold one text come as three codes with texts of their own, and
#   no attribute and no entry of `extra` says that they belong together, in which order, or that one is missing. The
#   modules that `to_image` gives still have it: mode 0011, place and number of symbols in the first bits.
# Version: zxing-cpp 3.1.1 (PyPI), codes made by segno 1.6.6. Seen on 2026-11-30.
# Where it matters: services/extractors/barcodes/appended.py reads those bits itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 segno==1.6.6 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import segno
import zxingcpp

TEXT = "One text in three symbols, each of which holds a part of it"
parts = []
for code in segno.make_sequence(TEXT, symbol_count=3):
    modules = np.pad(np.array([list(row) for row in code.matrix], np.uint8), 4)
    picture = np.ascontiguousarray(255 - 255 * np.kron(modules, np.ones((4, 4), np.uint8)))
    (found,) = zxingcpp.read_barcodes(picture)
    parts.append(found)
assert "".join(part.text for part in parts) == TEXT, "the parts are no longer read one by one"
told = [name for name in dir(parts[0]) if "sequence" in name.lower() or "append" in name.lower()]
told += [key for part in parts for key in (part.extra or {}) if "seq" in key.lower() or "append" in key.lower()]
assert not told, f"zxing-cpp now tells it: {told}"
print("As found: three parts, and nothing says that they are.")
PYTHON
