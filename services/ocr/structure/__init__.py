"""What the parts of a page are: headings, paragraphs, items of lists, captions, notes, heads and feet, code, tables."""
