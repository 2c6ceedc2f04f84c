"""Which IP addresses are public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

SPECIAL = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by carriers; Alibaba's metadata
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # the host of a machine at Azure
            "169.254.0.0/16",  # link-local; most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; Oracle's metadata
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
"""IANA's registry of special-purpose IPv4 addresses, and what clouds answer at."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA has given out of IPv6; outside are loopback, private, link-local, multicast and whatever comes next."""

SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)
"""What of GLOBAL_UNICAST is special all the same. Teredo and 6to4 carry an IPv4 address, and are no longer used."""

NAT64 = IPv6Network("64:ff9b::/96")
"""How a machine without IPv4 reaches an IPv4 address, which is the last 32 bits (RFC 6052)."""


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it is mapped or translated; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def is_public(address: Address) -> bool:
    """Whether it can be anybody's on the internet, and is nobody's in particular here."""
    real = plain(address)
    if isinstance(real, IPv4Address):
        return not any(real in network for network in SPECIAL)
    return real in GLOBAL_UNICAST and not any(real in network for network in SPECIAL_V6)
