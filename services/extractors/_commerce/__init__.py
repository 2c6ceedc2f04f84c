"""What receipts, invoices and product labels have in common, in four folders.

- `reading`: characters into values. A currency is a table in `reading/currencies.toml`, a word or phrase in any
  language one in `reading/words/`, a way to print an amount or a date a rule in the module of that name.
- `bill`: receipts and invoices. Parties, items, sums, payment and the days of issue and payment.
- `product`: labels of goods. Numbers, contents, prices and how long something keeps.
- `codes`: what codes beside the print say of the same bill or label, and whether both agree.

The folder has an underscore because it is no extractor: the loader takes every other module beside it for one. All in
it is a function of the recognised document; nothing here knows which engine read it.
"""
