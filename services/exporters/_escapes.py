"""What means something to Markdown, escaped."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
"""An underscore within a word means nothing, CommonMark 0.31, 6.2."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>|*`\[\]\\&]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""Of the web or of mail: a backslash in one would be part of what a reader makes a link of."""

_LEADING = re.compile(r"^(?:(?=#{1,6}(?:\s|$)|[+-](?:\s|$)|=+$|-+$)|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE)
"""What is no heading, item or underline of a heading if the next character has a backslash."""


def escaped(text: str) -> str:
    """The text, none of whose characters means anything to Markdown: CommonMark, and GitHub's tables and strokes."""
    plain = " ".join(map(_plain, text.split(" ")))
    return _LEADING.sub(r"\g<0>\\", plain).replace("\n", "\\\n")  # a hard line break


def _plain(word: str) -> str:
    return word if _ADDRESS.fullmatch(word.rstrip(".,;:)")) else _SPECIAL.sub(r"\\\g<0>", word)
