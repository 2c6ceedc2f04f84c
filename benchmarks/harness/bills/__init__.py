"""Bills of the project's own drawing, whose truth is known: habits of some countries, drawn from by a seed.

- `habits.toml`: how bills look in a country. A new one is a table.
- `drawing`: a bill for a seed, written with a `pen`; `printed` is what comes of it, rows of text and their truth.
- `layout`: such a bill as a document, as the engine would have read it, or as a picture for it to read.
- `judging`: what was found held against the truth.
"""
