"""Extractors find more than text: fields, each with its evidence. Names with a leading underscore are helpers."""
