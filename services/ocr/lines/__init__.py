"""Text lines between those who find them and those who read them.

`crops` cuts a line out of its page, `strokes` those that are a lone stroke, `recogniser` says what reads it, `turning`
has it read from the side that makes sense, `characters` makes text, confidence and words of what was read. PP-OCR and
Tesseract share them, and know nothing of each other.
"""
