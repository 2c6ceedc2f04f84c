"""Values of frozen dataclasses in JSON form and back: a member of the object is a field, under the same name.

Fields are texts, numbers, dates, quads, enumerations, further dataclasses, and tuples and mappings of these. Numbers
have four decimals, decimals are numbers, dates ISO 8601, quads four [x, y] points in pixels to one decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache, partial, singledispatch
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from services.document.model import Point, Quad

T = TypeVar("T")
Place = Callable[[Quad], Quad]
Number = Callable[[float], float]
Loader = Callable[[Any], Any]

DECIMALS, PIXEL_DECIMALS = 4, 1
"""Of numbers, and of coordinates."""


class FormatError(ValueError):
    """What was stored is not of the form that is read here. Says which, and quotes nothing of it."""


@singledispatch
def dump(value: Any) -> Any:
    """The JSON form. Raises TypeError for what has none."""
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    form: Any = type(value)
    return {name: dump(getattr(value, name)) for name in _names(form)}


@cache
def _names(form: Any) -> tuple[str, ...]:
    return tuple(member.name for member in fields(form))


@dump.register(str)
@dump.register(int)
@dump.register(NoneType)
def _same(value: object) -> object:
    return value


@dump.register
def number(value: float) -> float:
    """One with no more decimals than are stored."""
    return round(value, DECIMALS)


@dump.register
def _decimal(value: Decimal) -> float:
    return float(value)


@dump.register
def _date(value: date) -> str:
    return value.isoformat()


@dump.register(StrEnum)
@dump.register(Enum)
def _choice(value: Enum) -> object:
    return dump(value.value)


@dump.register
def quad(value: Quad) -> list[list[float]]:
    """Four points, clockwise from the text's own top left."""
    return [[round(x, PIXEL_DECIMALS), round(y, PIXEL_DECIMALS)] for x, y in value.points]


@dump.register(list)
@dump.register(tuple)
def _list(value: Sequence[object]) -> list[object]:
    return [dump(item) for item in value]


@dump.register
def _object(value: Mapping) -> dict[str, object]:  # type: ignore[type-arg]  # dispatched at run time
    return {str(name): dump(item) for name, item in value.items()}


def placed(value: T, place: Place) -> T:
    """The same value with each quad in it `place`d elsewhere. Raises TypeError for what has no JSON form."""
    return cast(T, _rebuilt(value, place, lambda number: number))


def rounded(value: T) -> T:
    """The same value with no more decimals than its JSON form has, so that it does not matter whether it was stored.

    Raises TypeError for what has none.
    """
    return cast(T, _rebuilt(value, _rounded_quad, number))


def _rounded_quad(quad: Quad) -> Quad:
    return Quad(*[(round(x, PIXEL_DECIMALS), round(y, PIXEL_DECIMALS)) for x, y in quad.points])


def _rebuilt(value: Any, place: Place, rounding: Number) -> Any:
    match value:
        case Quad():
            return place(value)
        case float():
            return rounding(value)
        case str() | int() | None | Decimal() | date() | Enum():
            return value
        case list() | tuple():
            return tuple([_rebuilt(item, place, rounding) for item in value])
        case Mapping():
            return {name: _rebuilt(item, place, rounding) for name, item in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            members = [_rebuilt(getattr(value, name), place, rounding) for name in _names(type(value))]
            return type(value)(*members)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def load(form: type[T], stored: object) -> T:
    """The value that `dump` wrote, of the type `form`; where that leaves a choice, as of text or date, the first fits.

    A member that is not there has its default, and one that is not known is passed over, as a later version may have
    written it, unless it tells one of several forms from another. Raises FormatError for anything else, TypeError for a
    `form` that has no JSON form.
    """
    loader: Loader = _loader(cast(Hashable, form))
    try:
        return cast(T, loader(stored))
    except FormatError:
        raise
    except ValueError:
        raise FormatError(f"no {form}") from None  # the error of an enumeration or a date quotes what is there


@cache
def _loader(form: Any) -> Loader:
    origin, arguments = get_origin(form), get_args(form)
    if form in _PLAIN:
        return _PLAIN[form]
    if origin in (Union, UnionType):
        several = sum(map(is_dataclass, arguments)) > 1
        return partial(_load_either, tuple(_exactly(one) if several else _loader(one) for one in arguments))
    if origin is tuple and arguments[1:] == (...,):
        return partial(_load_list, _loader(arguments[0]))
    if origin is Mapping:
        return partial(_load_mapping, _loader(arguments[0]), _loader(arguments[1]))
    if origin is Literal:
        return partial(_load_literal, arguments)
    if is_dataclass(form):
        return partial(_load_object, form)
    if isinstance(form, type) and issubclass(form, Enum):
        return form
    raise TypeError(f"{form} has no JSON form")


def _load_either(loaders: Sequence[Loader], stored: object) -> object:
    for loader in loaders:
        try:
            return loader(stored)
        except ValueError:
            continue
    raise FormatError(f"{type(stored).__name__} is none of what may stand there")


def _load_list(loader: Loader, stored: object) -> tuple[object, ...]:
    return tuple(map(loader, _a(list, stored)))


def _load_mapping(key: Loader, loader: Loader, stored: object) -> dict[object, object]:
    return {key(name): loader(item) for name, item in _a(dict, stored).items()}


def _load_literal(known: Sequence[object], stored: object) -> object:
    if stored not in known:
        raise FormatError("none of the words that may stand there")
    return stored


def _exactly(form: Any) -> Loader:
    """A loader that passes over nothing in the object itself."""
    return partial(_load_object, form, exactly=True) if is_dataclass(form) else _loader(form)


def _load_object(form: Any, stored: object, *, exactly: bool = False) -> object:
    loaders, needed = _members(form)
    given = _a(dict, stored)
    if not needed <= given.keys() or (exactly and not given.keys() <= loaders.keys()):
        raise FormatError(f"{form.__name__} has other members")
    return form(**{name: loaders[name](item) for name, item in given.items() if name in loaders})


@cache
def _members(form: Any) -> tuple[Mapping[str, Loader], frozenset[str]]:
    """How each member is loaded, and which have to be there."""
    hints = get_type_hints(form)
    needed = (member.name for member in fields(form) if member.default is MISSING and member.default_factory is MISSING)
    return {member.name: _loader(hints[member.name]) for member in fields(form)}, frozenset(needed)


def _load_quad(stored: object) -> Quad:
    corners: list[Point] = [(x, y) for x, y in _a(list, stored)]
    if len(corners) != 4:
        raise FormatError("a quad has four points")
    return Quad(*corners)


def _a(kind: type[T], stored: object) -> T:
    """What is stored, if it is just this: a truth value is no number."""
    if type(stored) is not kind:
        raise FormatError(f"{type(stored).__name__} in place of {kind.__name__}")
    return stored


def _load_number(stored: object) -> float:
    """As it is: a whole number stays one."""
    return stored if type(stored) is int else _a(float, stored)


def _load_decimal(stored: object) -> Decimal:
    return Decimal(repr(_load_number(stored)))


def _load_date(stored: object) -> date:
    return date.fromisoformat(_a(str, stored))


_PLAIN: Mapping[Any, Loader] = {
    **{kind: partial(_a, kind) for kind in (str, int, bool, NoneType)},
    float: _load_number,
    Decimal: _load_decimal,
    date: _load_date,
    Quad: _load_quad,
}
