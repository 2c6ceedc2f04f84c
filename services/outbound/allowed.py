"""What an operator lets clients call although it is not public: OUTBOUND_ALLOW."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from config import BadSetting
from services.outbound.addresses import Address, plain
from services.outbound.target import host

NETWORK = re.compile(r"([0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)(/\d+)?")
"""What is meant for one; `cafe.de` is a name."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Names, endings of names such as `.internal.example`, and networks."""

    names: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Allowed:
        """Raises BadSetting."""
        names, endings, networks = [], [], []
        for entry in entries:
            try:
                if NETWORK.fullmatch(entry):
                    networks.append(ip_network(entry))
                elif entry.startswith("*."):
                    endings.append(f".{host(entry[2:])}")
                else:
                    names.append(host(entry))
            except ValueError:
                raise BadSetting(
                    f"OUTBOUND_ALLOW has {entry!r}, which will not do: use names, *.endings and networks, such as "
                    "hooks.internal, *.internal and 10.1.0.0/16"
                ) from None
        return cls(frozenset(names), tuple(endings), tuple(networks))

    def has_name(self, name: str) -> bool:
        return name in self.names or name.endswith(self.endings)

    def has_address(self, address: Address) -> bool:
        return any(plain(address) in network for network in self.networks)
