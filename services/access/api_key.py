"""How an API key is written: `ocr_`, 30 random characters of base 62, and a check in six more.

The prefix lets scanners of repositories find keys that were published, the check (CRC-32 of all before it) tells a
typing error, or a key that was cut off, without a look-up. GitHub's tokens are of this manner.
"""

from __future__ import annotations

import re
import secrets
import string
from hashlib import sha256
from zlib import crc32

PREFIX = "ocr_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECK = 30, 6
"""Characters: 178 random bits; six hold any CRC-32."""

SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECK}}}")
ID_LENGTH = 16


def mint() -> str:
    """A new key that nobody guesses."""
    body = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return checked(body)


def checked(body: str) -> str:
    """The whole key, of all that stands before its check."""
    return body + _check(body)


def is_written_right(key: str) -> bool:
    """Whether it could be a key at all."""
    return SHAPE.fullmatch(key) is not None and key[-CHECK:] == _check(key[:-CHECK])


def digest(key: str) -> str:
    """What is stored of it: SHA-256 in hexadecimal. So many random bits need no slow hash."""
    return sha256(key.encode()).hexdigest()


def id_of(key: str) -> str:
    """What it is called by: the beginning of its digest, from which nobody finds the key."""
    return digest(key)[:ID_LENGTH]


def _check(body: str) -> str:
    number, found = crc32(body.encode()), ""
    for _ in range(CHECK):
        number, digit = divmod(number, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found
