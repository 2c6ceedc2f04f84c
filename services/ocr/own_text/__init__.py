"""A PDF page's own text, as it is seen on the page: what MuPDF tells of it, put right and held against the picture.

`drawing` asks the library, `stretches` has the text in rows, `seen` tells what of it can be seen. Whether what is left
may be trusted is for `services.ocr.layer` to judge.
"""
