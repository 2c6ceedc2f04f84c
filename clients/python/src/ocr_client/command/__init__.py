"""The command `ocr`."""
