"""What a dotted path of a template leads to, by the types alone."""

import enum
import functools
import inspect
import re
import types
import typing
from collections import abc
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from django.db import models
from django.db.models.query import QuerySet
from django.forms import BaseForm, BoundField
from django.utils.functional import cached_property

from tests.templates.annotations import (
    NONE,
    Kind,
    UnresolvedError,
    bases,
    evaluate,
    join,
    parameters_of,
    present,
    result_of,
    split,
    substitute,
)
from tests.templates.framework import ELEMENT, ELEMENTS, FRAMEWORK
from tests.templates.tables import field_type, model_of

Function: TypeAlias = Callable[..., Any]
MAPPING_VIEWS = {"items": abc.ItemsView, "keys": abc.KeysView, "values": abc.ValuesView}


def name_of(kind: Kind) -> str:
    """A type without the modules it comes from."""
    is_plain = isinstance(kind, type) and not typing.get_args(kind)
    return kind.__name__ if is_plain else re.sub(r"\w+\.", "", str(kind))


def member(kind: Kind, name: str) -> Kind:
    """What `.name` of this type is in a template, on each of its alternatives; `None` has none."""
    return join(_member(each, name) for each in present(kind))


def _member(kind: Kind, name: str) -> Kind:
    if kind is NONE:
        return NONE
    origin, _ = split(kind)
    if name.isdigit():
        return item(kind, int(name))
    if typing.is_typeddict(origin):
        return _key(origin, name)
    if issubclass(origin, abc.Mapping):
        if name not in MAPPING_VIEWS:
            raise UnresolvedError(f"nobody checks the keys of {name_of(kind)}")
        pair = _generic(kind, abc.Mapping)
        taken = {"keys": pair[:1], "values": pair[1:]}.get(name, pair)
        return types.GenericAlias(MAPPING_VIEWS[name], taken)
    return _called(substitute(_declared(kind, origin, name), parameters_of(kind)))


def _key(origin: type, name: str) -> Kind:
    try:
        return typing.get_type_hints(origin)[name]
    except KeyError:
        raise UnresolvedError(f"{origin.__name__} has no key {name}") from None


def _called(kind: Kind) -> Kind:
    """Django calls what can be called."""
    origin, arguments = split(kind)
    if origin is abc.Callable:
        if arguments[0]:
            raise UnresolvedError("it takes arguments")
        return arguments[1]
    return kind


def _declared(kind: Kind, origin: type, name: str) -> Kind:
    if issubclass(origin, enum.Enum) and name == "value":
        return join(type(each.value) for each in origin)
    if issubclass(origin, models.Model):
        column = field_type(origin, name)
        if column is not None:
            return column
    for base in origin.__mro__:
        known = FRAMEWORK.get(base, {})
        if name in known:
            return substitute(known[name], {typing.Self: kind, **_element_of(kind)})
        if issubclass(base, BaseForm) and name in getattr(base, "base_fields", {}):
            return BoundField
        if name in vars(base) or name in vars(base).get("__annotations__", {}):
            return _attribute(base, name)
    raise UnresolvedError(f"{name_of(kind)} has no {name}")


def _element_of(kind: Kind) -> dict[Any, Kind]:
    try:
        return {ELEMENT: element(kind)}
    except UnresolvedError:
        return {}


def _attribute(base: type, name: str) -> Kind:
    written = vars(base).get("__annotations__", {})
    if name in written:
        return evaluate(written[name], base.__module__)
    value: Any = vars(base)[name]
    match value:
        case property():
            function = cast(Function, value.fget)
        case cached_property() | functools.cached_property():
            function = value.func
        case classmethod():
            function = value.__func__
        case staticmethod():
            return _returned(value.__func__, bound=0)
        case types.FunctionType():
            function = value
        case _ if callable(value) or inspect.isdatadescriptor(value):
            raise UnresolvedError(f"{base.__name__}.{name} says not what it is")
        case _:
            return type(value)
    return _returned(function, bound=1)


def _returned(function: Function, *, bound: int) -> Kind:
    if getattr(function, "alters_data", False):
        raise UnresolvedError(f"{function.__qualname__} alters data")
    parameters = list(inspect.signature(function).parameters.values())[bound:]
    required = [
        each.name
        for each in parameters
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    if required:
        raise UnresolvedError(f"{function.__qualname__} takes {', '.join(required)}")
    return result_of(function)


def _generic(kind: Kind, wanted: type) -> tuple[Kind, ...]:
    """What a kind is generic in as this abstract class, such as keys and values of a mapping."""
    for base in bases(kind):
        origin, arguments = split(base)
        if arguments and isinstance(origin, type) and issubclass(origin, wanted):
            return arguments
    raise UnresolvedError(f"{name_of(kind)} says not of what")


def item(kind: Kind, index: int) -> Kind:
    """What `.0` is."""
    parts = parts_of(kind)
    if parts is None:
        return element(kind)
    if index >= len(parts):
        raise UnresolvedError(f"{name_of(kind)} has {len(parts)} parts")
    return parts[index]


def parts_of(kind: Kind) -> tuple[Kind, ...] | None:
    """Of a tuple the type of each part; `None` where it may have any number of them."""
    origin, arguments = split(kind)
    if hasattr(origin, "_fields") and issubclass(origin, tuple):
        hints = typing.get_type_hints(origin)
        return tuple(hints[each] for each in origin._fields)
    if isinstance(origin, type) and issubclass(origin, tuple) and arguments:
        return None if arguments[-1] is Ellipsis else arguments
    return None


def element(kind: Kind) -> Kind:
    """What a loop over this type gives."""
    return join(_element(each) for each in present(kind))


def _element(kind: Kind) -> Kind:
    if kind is NONE:
        return NONE
    origin, arguments = split(kind)
    parts = parts_of(kind)
    if parts is not None:
        return join(parts)
    for base in origin.__mro__:
        if base in ELEMENTS:
            return ELEMENTS[base]
    if issubclass(origin, QuerySet | models.Manager):
        return arguments[0] if arguments else model_of(origin)
    if not issubclass(origin, abc.Iterable):
        raise UnresolvedError(f"{name_of(kind)} is nothing to loop over")
    return _iterated(kind, origin, arguments)


def _iterated(kind: Kind, origin: Any, arguments: tuple[Kind, ...]) -> Kind:
    if issubclass(origin, abc.ItemsView):
        return types.GenericAlias(tuple, arguments)
    if issubclass(origin, abc.ValuesView):
        return arguments[-1]
    if "return" in getattr(vars(origin).get("__iter__"), "__annotations__", {}):
        return substitute(element(result_of(origin.__iter__)), parameters_of(kind))
    return _generic(kind, abc.Iterable)[0]


def unpacked(kind: Kind, count: int) -> tuple[Kind, ...]:
    """The types of so many variables that a loop takes each element apart into."""
    columns = [_unpacked(each, count) for each in present(kind)]
    return tuple(join(column) for column in zip(*columns, strict=True))


def _unpacked(kind: Kind, count: int) -> tuple[Kind, ...]:
    parts = parts_of(kind)
    if parts is None:
        return (element(kind),) * count
    if len(parts) != count:
        raise UnresolvedError(f"{name_of(kind)} has {len(parts)} parts, not {count}")
    return parts
