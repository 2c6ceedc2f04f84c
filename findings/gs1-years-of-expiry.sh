#!/usr/bin/env bash
# What one would guess: libraries that know GS1 element strings agree on the day that (17)YYMMDD says.
# What happens: python-stdnum reads the two digits as POSIX does (69 to 99 are 19xx), biip as GS1 says (at most 50 years
#   ahead of today, General Specifications 7.12). What expires in 50 years (medical implants, seed banks, archive film)
#   has been expired for 50 by the first: in 2026 `760101` is 1976-01-01 and 2076-01-01. And an application identifier
#   that python-stdnum's table does not have yet, as 4330 (the highest temperature of transport), is no validation error
#   but an AttributeError.
# Version: python-stdnum 2.2, biip 5.2.0 (PyPI). Seen on 2026-11-30.
# Where it matters: services/extractors/barcodes/gs1/dates.py has the rule of GS1 itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 biip==5.2.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date

import biip
from stdnum import gs1_128

meant = date(date.today().year + 50, 1, 1)
short = meant.strftime("%y0101")
assert int(short[:2]) >= 69, "this year both rules agree: try again in one in which they do not"
(element,) = biip.parse(f"17{short}").gs1_message.element_strings
other = gs1_128.info(f"(17){short}")["17"]
print(f"(17){short}: biip {element.date}, python-stdnum {other}")
assert element.date == meant, "biip no longer says what GS1 does"
assert other == date(meant.year - 100, 1, 1), "python-stdnum now knows the rule of GS1"
assert biip.parse("4330000250").gs1_message, "biip no longer knows AI 4330"
try:
    gs1_128.info("(4330)000250")
except AttributeError as error:
    print(f"(4330)000250: AttributeError: {error}")
else:
    raise AssertionError("python-stdnum now knows AI 4330, or says properly that it does not")
print("As found.")
PYTHON
