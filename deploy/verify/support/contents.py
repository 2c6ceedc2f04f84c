"""Whether an image lists what it is made of."""

from __future__ import annotations

import json
from collections.abc import Callable

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.verify.support.outcome import check

FOLDER = "/usr/share/doc/ocr"
NAMED = ("openvino", "pymupdf", "libc6", "PP-OCRv6_small_rec", "wordfreq")


def listed(title: str, read: Callable[[str], str]) -> int:
    """How many components the bill of materials has. `read` gives a file of the image. Raises Failed."""
    bill, licences = read(f"{FOLDER}/sbom.cdx.json"), read(f"{FOLDER}/licences.txt").lower()
    error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(bill)
    check(error is None, f"{title}: the bill of materials is not CycloneDX 1.5: {error}")
    for name in NAMED:
        check(f'"name": "{name}"'.lower() in bill.lower(), f"{title}: the bill of materials does not name {name}")
        check(f"{name} ".lower() in licences, f"{title}: the licences do not name {name}")
    return len(json.loads(bill)["components"])
