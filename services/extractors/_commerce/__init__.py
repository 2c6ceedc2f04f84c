"""What receipts, invoices and product labels have in common: rows, amounts, dates, labels, parties, sums.

All is a function of the recognised document. Nothing here knows which engine read it.
"""
