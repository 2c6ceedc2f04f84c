"""What an answer says of the electronic invoice that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from services.extractors._einvoice.printed import Value


@dataclass(frozen=True, slots=True)
class Difference:
    """What one field is in the electronic invoice and on the page."""

    field: str
    xml: Value | None
    print: Value | None


@dataclass(frozen=True, slots=True)
class Other:
    """A further invoice in the document; `differs` names what it says otherwise, in the terms of EN 16931."""

    file: str
    syntax: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EInvoice:
    """The electronic invoice that was answered from.

    `file` is None where it was the upload itself, `syntax` and what follows where it could not be read. `errors` are
    rules that it breaks, each with its number in front; it is `valid` without any. `agrees_with_print` is None where
    nothing printed could be compared.
    """

    file: str | None
    standard: str | None
    syntax: str | None
    profile: str | None
    version: str | None
    valid: bool
    errors: tuple[str, ...]
    agrees_with_print: bool | None
    differences: tuple[Difference, ...]
    others: tuple[Other, ...]
