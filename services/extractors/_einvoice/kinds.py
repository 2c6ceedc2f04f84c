"""Codes of documents and of means of payment in the words of `fields`."""

from __future__ import annotations

KINDS = {
    "81": "credit_note",
    "220": "order",
    "230": "order_change",
    "231": "order_response",
    "261": "self_billed_credit_note",
    "325": "proforma_invoice",
    "326": "partial_invoice",
    "381": "credit_note",
    "383": "debit_note",
    "384": "corrected_invoice",
    "386": "prepayment_invoice",
    "389": "self_billed_invoice",
    "396": "credit_note",
    "503": "credit_note",
    "532": "credit_note",
}
"""UNTDID 1001, as far as EN 16931 and Order-X have them; all others are invoices."""

METHODS = {
    "10": "cash",
    "30": "transfer",
    "42": "transfer",
    "48": "card",
    "49": "direct_debit",
    "54": "card",
    "55": "card",
    "58": "transfer",
    "59": "direct_debit",
    "20": "cheque",
}
"""UNTDID 4461: what it calls `transfer` and `card` has several codes each."""


def kind_of(code: str) -> str:
    """The word for a type code, `invoice` for those without one of their own."""
    return KINDS.get(code, "invoice")


def is_credit(kind: str) -> bool:
    """Whether amounts go back to the buyer."""
    return "credit_note" in kind
