"""What a picture file holds: which of its pictures are pages, in what samples and colours, and how it stands.

`services.ocr.image` puts this together. What only looks at a file's structure imports no library, so that the web
process, which decodes nothing, can ask it too.
"""
