"""XML of strangers as a tree, within bounds: no document type, so no entities and nothing from elsewhere.

Expat tells what comes and stops at the first thing that is refused; nothing is expanded, fetched or looked up. Comments
and processing instructions are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

MOST_BYTES = 16 << 20
"""An invoice of ten thousand lines has 10 MB; one with drawings in it may have more, and is not read."""

MOST_DEPTH = 64
"""Elements within elements. UBL and CII go down to some twenty."""

MOST_ELEMENTS = 500_000

XML = "application/xml"

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOT = re.compile(r"<(?:!DOCTYPE\s+)?(?:[\w.-]+:)?([\w.-]+)(?=[\s/>\[])")
_UNFINISHED = re.compile(r"<\?|<!--|<!?[\w.:\s-]*$|$")


class NotRead(ValueError):
    """Why XML was not read, in words for a client; they quote nothing of it."""


@dataclass(slots=True)
class Element:
    """`name` is without its namespace, which is in `space`. `text` is what stands before the first child, stripped."""

    name: str
    space: str
    attributes: dict[str, str] = field(repr=False)
    text: str = field(default="", repr=False)
    children: list[Element] = field(default_factory=list, repr=False)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


def root_name(head: bytes) -> str | None:
    """The name of the root element, without its prefix, by the first bytes of a file. None for what is no XML.

    Empty where it comes later than that, after an XML declaration or a comment.
    """
    text = _decoded(head).lstrip()
    start = _PROLOG.match(text)
    rest = text[start.end() if start else 0 :]
    if found := _ROOT.match(rest):
        return found[1]
    return "" if text.startswith(("<?xml", "<!--")) and _UNFINISHED.match(rest) else None


def _decoded(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("utf-8", "replace")


def parse(content: bytes) -> Element:
    """The root element. Raises NotRead."""
    if len(content) > MOST_BYTES:
        raise NotRead(f"it is larger than {MOST_BYTES >> 20} MiB")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, parser.buffer_size = True, 1 << 20  # text comes in large parts, which are added up
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(content, True)
    except NotRead:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise NotRead("it is not well-formed") from error
    return builder.root()


class _Builder:
    """Takes what expat tells."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._root: Element | None = None
        self._count = 0

    def doctype(self, *declared: object) -> NoReturn:
        raise NotRead("it has a document type declaration, and could define entities")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) == MOST_DEPTH:
            raise NotRead(f"its elements are nested more than {MOST_DEPTH} deep")
        if self._count > MOST_ELEMENTS:
            raise NotRead(f"it has more than {MOST_ELEMENTS} elements")
        space, _, local = name.rpartition(" ")
        element = Element(local, space, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        element = self._open.pop()
        element.text = element.text.strip()

    def text(self, data: str) -> None:
        element = self._open[-1]
        if not element.children:
            element.text += data

    def root(self) -> Element:
        if self._root is None:
            raise NotRead("it is not well-formed")
        return self._root
