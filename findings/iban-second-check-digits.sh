#!/usr/bin/env bash
# What one would guess: of the check digits of an account number (IBAN) one pair is right, and a library refuses others.
# What happens: 97, 98 and 02 have a twin each that leaves the same remainder by MOD 97-10: 00, 01 and 99. ISO 13616 lets
#   only 02 to 98 be given out. python-stdnum tests the remainder alone and takes the twins; schwifty works the digits out
#   and refuses them. A misread 98 that became 01, or a made-up number, passes the first. The same holds for creditor
#   references (ISO 11649, RF00, RF01, RF99).
# Version: python-stdnum 2.2, schwifty 2026.10.1 (PyPI). Seen on 2026-11-30.
# Where it matters: services/extractors/_iban.py asks for both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 schwifty==2026.10.1
"$folder/venv/bin/python" - <<'PYTHON'
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iban
from stdnum.iso7064 import mod_97_10

TWINS = {"97": "00", "98": "01", "02": "99"}


def takes(read, number):
    try:
        read(number)
    except (ValueError, SchwiftyException):
        return False
    return True


seen = set()
for account in range(1000):
    bban = f"WEST12345698{account:06}"
    digits = mod_97_10.calc_check_digits(bban + "GB")
    if digits not in TWINS or digits in seen:
        continue
    seen.add(digits)
    for pair in (digits, TWINS[digits]):
        number = f"GB{pair}{bban}"
        answers = takes(iban.validate, number), takes(IBAN, number)
        print(number, "python-stdnum:", *answers[:1], " schwifty:", *answers[1:])
        assert answers == (True, pair == digits), "one of them has changed its mind"
assert seen == {*TWINS}
print("As found.")
PYTHON
