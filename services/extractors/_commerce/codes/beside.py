"""Fields as they are printed and as codes say them: they confirm each other, differ, or one of them is all there is.

What a code says is worth as much as the rest of it. A code that contradicts print in one field, breaks the rules of its
scheme, or contradicts another code where print takes no side, is in doubt in everything that is taken from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from services.extractors import Field, Source
from services.extractors._commerce.reading.evidence import Check
from services.extractors._commerce.reading.sameness import bare
from services.extractors.barcodes.model import Barcode

Value = str | Decimal | date

CONFIRMED, IN_DOUBT = 0.99, 0.5
"""The least confidence in what both say, and the most in what they differ in."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a code says of the field `name`."""

    name: str
    value: Value
    code: Barcode

    def field(self, most: float) -> Field:
        """The field as the code alone has it, at the code's place."""
        code = self.code
        trust = min(code.confidence, most)
        return Field(self.value, str(self.value), trust, code.page, code.bbox, Source.CODE)


MOST_TOLD = 4
"""Rules that are broken, of which a warning tells."""

MOST_CLAIMS = 60
"""Codes that are held against each other. Where so many differ, more change nothing."""

DIFFERS, CODES_DIFFER, INVALID = "CODE_DIFFERS", "CODES_DIFFER", "CODE_INVALID"
"""What the warnings begin with, for programs."""

Same = Callable[[Value, Value], bool | None]
"""When two values are one; None where that cannot be said."""

Printed = Mapping[str, Field | None]


def joined(
    printed: Printed, told: Iterable[Told], same: Mapping[str, Same], among: Mapping[str, Same] | None = None
) -> tuple[dict[str, Field], tuple[Check, ...]]:
    """The fields that codes change, and the checks: `total = total in code`, `iban in code = iban in another code`.

    What is not printed is taken from the code, unless codes differ and none of them is more to be believed. What is
    printed stays; it is surer where the code says the same, and in doubt where any code says something else. `same`
    says of some fields when two values are one, `among` of others that are compared between codes alone.
    """
    claims = [claim for claim in told if claim.name in printed]
    groups = {name: _about(claims, name) for name in dict.fromkeys(_names(claims))}
    between = {**(among or {}), **same}
    doubted = _doubted(groups, printed, same, between)
    changed: dict[str, Field] = {}
    checks: list[Check] = [*_breaches(claims)]
    for name, group in groups.items():
        believed_first = sorted(group, key=lambda claim: claim.code.raw in doubted)
        distinct = _distinct(believed_first, between.get(name, equal))
        own = _value(printed[name])
        verdicts = [None if own is None or name not in same else same[name](own, one.value) for one in distinct]
        checks += _checks(own, distinct, verdicts)
        if field := _joined(printed[name], distinct, verdicts, doubted):
            changed[name] = field
    return changed, tuple(checks)


def _about(claims: Sequence[Told], name: str) -> list[Told]:
    """The claims about one field, of which there are few enough to hold each against every other one."""
    return [claim for claim in claims if claim.name == name][:MOST_CLAIMS]


def _joined(
    own: Field | None, distinct: Sequence[Told], verdicts: Sequence[bool | None], doubted: set[str]
) -> Field | None:
    """The field as it is now, None if it stays what it was. `distinct` are the different values that codes have."""
    if own is None or own.value is None:
        return _taken(distinct, doubted)
    if len(distinct) > 1 or False in verdicts:
        return replace(own, confidence=min(own.confidence, IN_DOUBT))
    if True in verdicts and distinct[0].code.raw not in doubted:
        return replace(own, confidence=max(own.confidence, CONFIRMED))
    return None


def _taken(distinct: Sequence[Told], doubted: set[str]) -> Field | None:
    """From the code; of several values the one whose code alone is not in doubt."""
    trusted = [claim for claim in distinct if claim.code.raw not in doubted]
    if len(distinct) == 1:
        return distinct[0].field(1.0 if trusted else IN_DOUBT)
    return trusted[0].field(IN_DOUBT) if len(trusted) == 1 else None


def _doubted(
    groups: Mapping[str, Sequence[Told]], printed: Printed, same: Mapping[str, Same], between: Mapping[str, Same]
) -> set[str]:
    """The codes, by what they hold, that are not to be believed on their own word."""
    found = {claim.code.raw for group in groups.values() for claim in group if _errors(claim)}
    open_: list[tuple[Told, Told]] = []
    for name, group in groups.items():
        own = _value(printed[name])
        if own is not None and name in same:
            found |= {claim.code.raw for claim in group if same[name](own, claim.value) is False}
        else:
            open_ += _contradictions(group, between.get(name, equal))
    unsettled = [pair for pair in open_ if not any(claim.code.raw in found for claim in pair)]
    return found | {claim.code.raw for pair in unsettled for claim in pair}


def _contradictions(group: Sequence[Told], same: Same) -> list[tuple[Told, Told]]:
    return [(one, other) for one, other in combinations(group, 2) if same(one.value, other.value) is False]


def _distinct(group: Sequence[Told], same: Same) -> list[Told]:
    """The first claim of each value. One that cannot be compared with another is not held against it."""
    found: list[Told] = []
    for claim in group:
        if all(same(one.value, claim.value) is False for one in found):
            found.append(claim)
    return found


def _checks(own: Value | None, distinct: Sequence[Told], verdicts: Sequence[bool | None]) -> Iterator[Check]:
    for claim, holds in zip(distinct, verdicts, strict=True):
        if own is not None and holds is not None:
            yield Check(_rule(claim.name), own, claim.value, holds)
    for other in distinct[1:]:
        yield Check(_rule_among(other.name), distinct[0].value, other.value, False)


def _breaches(claims: Sequence[Told]) -> Iterator[Check]:
    """Each code that breaks the rules of its scheme, once for each rule."""
    codes = {claim.code.raw: claim for claim in claims}
    for claim in codes.values():
        for error in _errors(claim):
            yield Check(RULES_HOLD, claim.code.meaning.scheme if claim.code.meaning else "", error, False)


def _errors(claim: Told) -> tuple[str, ...]:
    return claim.code.meaning.errors if claim.code.meaning else ()


def warnings(checks: Iterable[Check], names: Iterable[str]) -> tuple[str, ...]:
    """At most one each: which of these fields have another value in a code than in print, which differ between codes,
    and which rules of their schemes codes break."""
    failed = [check for check in checks if not check.holds]
    return tuple(_warnings(failed, tuple(names)))


def _warnings(failed: Sequence[Check], names: Sequence[str]) -> Iterator[str]:
    rules = {check.rule for check in failed}
    if against := [name for name in names if _rule(name) in rules]:
        yield f"{DIFFERS}: a code says otherwise about: {', '.join(against)}."
    if among := [name for name in names if _rule_among(name) in rules]:
        yield f"{CODES_DIFFER}: codes disagree with each other about: {', '.join(among)}."
    if broken := [f"{check.left}: {check.right}" for check in failed if check.rule == RULES_HOLD]:
        more = f" and {len(broken) - MOST_TOLD} more" if len(broken) > MOST_TOLD else ""
        yield f"{INVALID}: a code breaks the rules of its scheme: {'; '.join(broken[:MOST_TOLD])}{more}."


RULES_HOLD = "code = rules of its scheme"


def _rule(name: str) -> str:
    return f"{name} = {name} in code"


def _rule_among(name: str) -> str:
    return f"{name} in code = {name} in another code"


def _names(claims: Iterable[Told]) -> Iterator[str]:
    return (claim.name for claim in claims)


def _value(own: Field | None) -> Value | None:
    return own.value if own and isinstance(own.value, str | Decimal | date) else None


def equal(one: Value, other: Value) -> bool:
    """Values of one type that are equal, texts by their letters and digits."""
    if isinstance(one, str) and isinstance(other, str):
        return bare(one) == bare(other)
    return one == other
