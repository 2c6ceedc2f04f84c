"""Extractors find more than text: zones, numbers, fields, each with its evidence."""
