"""Tesseract as a reader of single lines: for scripts that PP-OCR's weights here have no letters of.

`data` knows which languages this machine has data for and what could be installed, and loads nothing; `loading` keeps
what is loaded; `recognition` reads lines, and is the only module that imports tesserocr.
"""
