"""Requests to addresses that a client named: what may be called, and calling it.

A name is resolved here, every address that it has is looked at, and the connection goes to one of those very addresses:
a name that changes its mind between the look and the call gains nothing. There are no proxies, no cookies, no
credentials, and nothing goes on for longer than it was given.
"""

from config import Settings
from services.outbound.allowed import Allowed
from services.outbound.calls import Answer, Outbound, Refused, TooLarge, Unreachable
from services.outbound.target import LONGEST_CHARACTERS, Target

__all__ = [
    "LONGEST_CHARACTERS",
    "Allowed",
    "Answer",
    "Outbound",
    "Refused",
    "Target",
    "TooLarge",
    "Unreachable",
    "build",
]


def build(settings: Settings, version: str) -> Outbound:
    """Raises BadSetting."""
    return Outbound(Allowed.parse(settings.outbound_allow), f"ocr-service/{version}")
