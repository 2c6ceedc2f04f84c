"""What a client is told about an electronic invoice, even if it looks at the total alone."""

from __future__ import annotations

from collections.abc import Iterator

from services.extractors._einvoice.described import EInvoice

INVALID, DIFFERS, SEVERAL, ORDER = "E_INVOICE_INVALID", "E_INVOICE_DIFFERS", "E_INVOICES_DIFFER", "E_ORDER"
"""What the sentences begin with, for programs."""


def warnings(found: EInvoice) -> tuple[str, ...]:
    """At most a sentence for each thing that is wrong."""
    return tuple(_warnings(found))


def _warnings(found: EInvoice) -> Iterator[str]:
    if found.standard == "order-x":
        yield f"{ORDER}: the file carries an order, not an invoice."
    if found.syntax is None:
        yield f"{INVALID}: {found.errors[0]}."
    elif not found.valid:
        yield f"{INVALID}: the electronic invoice breaks {len(found.errors)} rules, first {found.errors[0]}."
    if found.agrees_with_print is False:
        yield f"{DIFFERS}: print says otherwise: {', '.join(difference.field for difference in found.differences)}."
    if any(other.differs for other in found.others):
        names = ", ".join(other.file for other in found.others if other.differs)
        yield f"{SEVERAL}: the document carries invoices that differ; the answer is from {found.file}, not {names}."
