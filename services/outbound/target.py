"""URLs of clients, taken apart once. What is called is what was taken apart, never the text."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from services.outbound.addresses import Address

LONGEST_CHARACTERS = 2048
"""Characters of a URL."""

PORTS = {"http": 80, "https": 443}
WELL_KNOWN = 1023
"""Up to here, only the two ports of the web are called: mail, shells and databases of old live there."""

LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})*")
NUMBER = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)")
"""What browsers and resolvers take for an IPv4 address, in decimal, octal or hexadecimal (WHATWG URL, 3.5)."""

BLANK = re.compile(r"[\x00-\x20\x7f\\]")
"""Characters that some readers of URLs drop or turn into others."""


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is in lower case and ASCII, an IPv6 address without brackets; `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The address, where the URL has one in place of a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def parse(url: str, base: Target | None = None) -> Target:
    """`base` is what a relative URL is relative to. Raises ValueError for what is no plain http or https URL."""
    if len(url) > LONGEST_CHARACTERS or BLANK.search(url):
        raise ValueError("too long, or with characters that no URL has")
    parts = urlsplit(urljoin(base.url, url) if base else url)
    scheme = parts.scheme.lower()
    if scheme not in PORTS or "@" in parts.netloc:
        raise ValueError("not http or https, or with a user")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host(parts.hostname or ""), _port(parts, scheme), quote(path, safe=string.printable))


def _port(parts: SplitResult, scheme: str) -> int:
    port = PORTS[scheme] if parts.port is None else parts.port
    if port <= WELL_KNOWN and port not in PORTS.values():
        raise ValueError("a port that is not called")
    return port


def host(text: str) -> str:
    """A name in ASCII, or an address, in its one usual spelling. Raises ValueError for any other."""
    if ":" in text:
        return str(_without_zone(IPv6Address(text)))
    name = text if text.isascii() else idna.encode(text, uts46=True).decode()
    name = name.lower().removesuffix(".")
    if NUMBER.fullmatch(name):
        return str(IPv4Address(name))
    if not NAME.fullmatch(name):
        raise ValueError("not a host name")
    return name


def _without_zone(address: IPv6Address) -> IPv6Address:
    if address.scope_id:
        raise ValueError("an address with a zone")
    return address
