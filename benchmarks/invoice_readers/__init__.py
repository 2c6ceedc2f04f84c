"""Other readers of invoices, each in an environment of its own.

A reader is one module here, in the protocol of `harness.door`: it has `ENVIRONMENT` and `load(setup)`, and the text
that it gives is a JSON object of values by the names of `extract=invoice`, null or left out where it finds nothing. It
is asked for files whose name ends in one of `SUFFIXES`, and scored on `MEMBERS`, which are those names.
"""
