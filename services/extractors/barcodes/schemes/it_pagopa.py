"""Italian payment notices: PagoPA, Specifiche attuative dei codici identificativi di versamento (SACI), version 3.1:
`PAGOPA|002|<notice>|<creditor's tax number>|<amount in cents>`"""

from __future__ import annotations

import re
from decimal import Decimal

from services.extractors.barcodes.schemes.model import Content, Meaning

SCHEME = "it-pagopa"
SHAPE = re.compile(r"PAGOPA\|00[12]\|(\d{18})\|(\d{11})\|(\d{2,11})", re.ASCII)


def read(content: Content) -> Meaning | None:
    """The notice: to whom what is owed."""
    match = SHAPE.fullmatch(content.text.strip())
    if not match:
        return None
    return Meaning(SCHEME, total=Decimal(match[3]).scaleb(-2), currency="EUR", seller_id=match[2], reference=match[1])
