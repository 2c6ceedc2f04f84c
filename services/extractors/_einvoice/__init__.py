"""Electronic invoices: found in a document, read in either syntax, checked, and held against what is printed.

The syntaxes are UN/CEFACT's Cross Industry Invoice (CII), with its forerunner in ZUGFeRD 1 and its sister for orders in
Order-X, and UBL 2. What they say is put in the terms of EN 16931; `BT-112` and the like are its numbers. Nothing here
knows PDF: a document comes with the files that it carries.
"""
