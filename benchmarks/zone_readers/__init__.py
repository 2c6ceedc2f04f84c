"""Other readers of machine-readable zones, each in an environment of its own.

A reader is one module here, in the protocol of `harness.door`: it has `ENVIRONMENT` and `load(setup)`, and the text
that it gives is the zone's lines, or nothing. Both need Tesseract's command.
"""
