"""Receipts and invoices: who billed whom for what, when, how the sums add up and how they were paid."""
