"""What amounts are called: which concepts in a label make it that of a total, a tax, a tip.

A new role, or a new way to name one, is a line in RULES. The concepts are those of `words/`, table `amounts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple


class RoleRule(NamedTuple):
    """An amount is called `role` if its label has all concepts of `needs` and none of `bars`."""

    role: str
    weight: float
    needs: frozenset[str]
    bars: frozenset[str] = frozenset()


def _rule(role: str, weight: float, needs: str, bars: str = "") -> RoleRule:
    return RoleRule(role, weight, frozenset(needs.split()), frozenset(bars.split()))


CHARGES = "tip service shipping levy container discount saving change count rate previous withheld base early"
"""Concepts that make something else of a total."""

RULES = (
    _rule("count", 1.0, "count", "total payable grand amount"),
    _rule("change", 1.0, "change"),
    _rule("saving", 1.0, "saving"),
    _rule("subtotal", 1.0, "subtotal"),
    _rule("subtotal", 0.4, "count", "total payable grand tax saving paid cash card change"),
    _rule("subtotal", 0.9, "exclusive total"),
    _rule("subtotal", 0.7, "exclusive", "total"),
    _rule("subtotal", 0.8, "plus total tax"),
    _rule("subtotal", 0.75, "net", "grand payable withheld previous without card cash paid"),
    _rule("rounding", 1.0, "rounding", "total payable grand after"),
    _rule("payable", 0.35, "rounding", "total payable grand after"),
    _rule("payable", 1.1, "payable", "change tax previous withheld early"),
    _rule("payable", 0.8, "payable tax", "change exclusive previous withheld early"),
    _rule("payable", 1.1, "grand", f"exclusive {CHARGES}"),
    _rule("payable", 1.1, "total rounding", f"exclusive {CHARGES}"),
    _rule("payable", 1.0, "total after", "exclusive tip"),
    _rule("total", 0.6, "after discount", "total tip"),
    _rule("discount", 1.0, "discount", "after"),
    _rule("tax", 1.0, "tax", "total payable grand exclusive net subtotal inclusive withheld"),
    _rule("tax", 0.7, "tax inclusive", "payable grand exclusive subtotal withheld"),
    _rule("tax", 0.8, "tax total", "payable grand exclusive net inclusive subtotal withheld plus"),
    _rule("total", 0.95, "total", f"subtotal exclusive net tax rounding {CHARGES}"),
    _rule("total", 0.95, "total inclusive", f"exclusive net {CHARGES}"),
    _rule("total", 0.9, "total count", "tax subtotal exclusive saving"),
    _rule("total", 0.35, "total tax", f"inclusive exclusive net subtotal {CHARGES}"),
    _rule("total", 0.5, "total net", "tax exclusive"),
    _rule("total", 0.4, "net", "total tax exclusive discount withheld previous without"),
    _rule("total", 0.5, "balance", "tax previous withheld"),
    _rule("total", 0.5, "inclusive", f"total tax exclusive net amount subtotal payable grand paid cash card {CHARGES}"),
    _rule("total", 0.5, "amount inclusive", "exclusive tax total"),
    _rule("total", 0.3, "amount", f"total tax exclusive net subtotal payable grand paid cash card {CHARGES}"),
    _rule("paid", 0.9, "paid", "change balance payable"),
    _rule("paid", 0.9, "cash", "change balance"),
    _rule("paid", 0.9, "card", "change balance"),
    _rule("total", 0.9, "current", "tax previous"),
    _rule("previous", 1.0, "previous", "payable grand"),
    _rule("withheld", 1.0, "withheld", "payable grand"),
    _rule("exempted", 1.0, "exempted", "payable grand"),
    _rule("discount", 0.6, "early"),
    _rule("base", 1.0, "base", "total subtotal payable grand"),
    _rule("due", 1.0, "payable", "change previous early tax rounding"),
    _rule("due", 0.8, "balance", "change previous tax"),
    _rule("tip", 1.0, "tip", "total"),
    _rule("service", 1.0, "service", "total"),
    _rule("service", 1.0, "serving rated", "total tax subtotal payable grand"),
    _rule("levy", 1.0, "levy", "total subtotal payable grand"),
    _rule("container", 1.0, "container", "total subtotal payable grand tax"),
    _rule("paid", 0.9, "deposit", "change balance payable container"),
    _rule("shipping", 1.0, "shipping", "total subtotal"),
)


ROLES = frozenset(rule.role for rule in RULES)


@lru_cache(maxsize=1024)
def roles(names: frozenset[str]) -> Mapping[str, float]:
    """The roles of an amount whose label has these concepts, and how well it says so, from 0 to about 1.1."""
    fitting = sorted((rule.weight, rule.role) for rule in RULES if rule.needs <= names and not rule.bars & names)
    return {role: weight for weight, role in fitting}
