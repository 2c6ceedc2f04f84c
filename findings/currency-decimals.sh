#!/usr/bin/env bash
# What one would guess: how many decimals an amount has is a fact of ISO 4217, and libraries of currencies give it.
# What happens: Babel gives the `digits` of CLDR, which says what people print, not what the standard or a payment
#   system means: none for fifteen currencies that ISO 4217 gives two or three, the Iraqi dinar (3) and the forint and the
#   Colombian peso (2) among them. An amount that is written by one table and read by the other is off by 100 or 1,000
#   where both count in the smallest unit, as ISO 8583 and card terminals do.
# Version: Babel 2.19.0, iso4217 1.16.20260101 (the list of 2026-01-01). Seen on 2026-11-30.
# Where it matters: `places` and `habit` in services/extractors/_commerce/reading/currencies.toml are two figures.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0 iso4217==1.16.20260101
"$folder/venv/bin/python" - <<'PYTHON'
from babel.numbers import get_currency_precision
from iso4217 import Currency

both = {currency.code: (currency.exponent, get_currency_precision(currency.code)) for currency in Currency}
differing = {code: places for code, places in both.items() if None not in places and places[0] != places[1]}
for code, (standard, printed) in sorted(differing.items()):
    print(f"{code}: {standard} by ISO 4217, {printed} by CLDR")
assert differing["IQD"] == (3, 0) and differing["HUF"] == (2, 0) and differing["COP"] == (2, 0), "they agree now"
assert len(differing) == 15 and all(printed == 0 for _, printed in differing.values()), "other currencies differ now"
print("As found.")
PYTHON
