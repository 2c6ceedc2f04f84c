"""Whether a PDF is signed (ISO 32000-1, 12.8): signature fields with a value, and rights of use granted for the file.

Nothing is verified here. It is asked because text that is added to a signed file, if it is behind all that was signed,
lets validators say that the file was changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymupdf

MOST_FIELDS = 5000
"""Fields of a form that are looked at."""

_mupdf: Any = pymupdf.mupdf


def is_signed(document: Any) -> bool:
    """Of the library's open document. May raise what the library raises on damage."""
    trailer = _mupdf.pdf_trailer(_mupdf.pdf_document_from_fz_document(document.this))
    root = _mupdf.pdf_dict_gets(trailer, "Root")
    permits = _mupdf.pdf_dict_gets(root, "Perms")
    return _mupdf.pdf_dict_len(permits) > 0 or any(map(_is_signature, _fields(root)))


def _fields(root: Any) -> Iterator[Any]:
    """Every field of the form; a tree that runs in circles ends."""
    waiting = [_mupdf.pdf_dict_getp(root, "AcroForm/Fields")]
    for _ in range(MOST_FIELDS):
        if not waiting:
            return
        node = waiting.pop(0)
        if _mupdf.pdf_is_array(node):
            waiting.extend(_mupdf.pdf_array_get(node, at) for at in range(min(_mupdf.pdf_array_len(node), MOST_FIELDS)))
        elif _mupdf.pdf_is_dict(node):  # what is missing is a null object, which has a null object for its kids
            yield node
            waiting.append(_mupdf.pdf_dict_gets(node, "Kids"))


def _is_signature(field: Any) -> bool:
    kind = _mupdf.pdf_dict_get_inheritable(field, _mupdf.PDF_ENUM_NAME_FT)
    return _mupdf.pdf_to_name(kind) == "Sig" and _is_value(field)


def _is_value(field: Any) -> bool:
    return bool(_mupdf.pdf_is_dict(_mupdf.pdf_dict_gets(field, "V")))
