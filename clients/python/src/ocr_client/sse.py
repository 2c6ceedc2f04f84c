"""Lines of a stream of bytes, and the Server-Sent Events among them (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Lines:
    """Cuts pieces into lines. What follows the last line break waits for the next piece."""

    rest: bytes = b""

    def of(self, piece: bytes) -> Iterator[str]:
        *lines, self.rest = (self.rest + piece).split(b"\n")
        return (line.removesuffix(b"\r").decode(errors="replace") for line in lines)


@dataclass(frozen=True)
class Event:
    name: str
    data: str


@dataclass
class Events:
    """Puts lines together to events. `last_id` is that of the last event, for the header Last-Event-ID."""

    last_id: str = ""
    _fields: dict[str, str] = field(default_factory=dict)

    def of(self, line: str) -> Event | None:
        """The event that this line ends, if it ends one. A line that starts with a colon is a comment."""
        if line:
            name, _, value = line.partition(":")
            self._take(name, value.removeprefix(" "))
            return None
        fields, self._fields = self._fields, {}
        self.last_id = fields.get("id", self.last_id)
        return Event(fields.get("event", "message"), fields["data"]) if "data" in fields else None

    def _take(self, name: str, value: str) -> None:
        before = self._fields.get(name)
        self._fields[name] = f"{before}\n{value}" if name == "data" and before is not None else value
