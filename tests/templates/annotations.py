"""What annotations say: the types that are written beside fields, properties and functions."""

import ast
import importlib
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, reduce
from operator import or_
from typing import Any, TypeAlias

Kind: TypeAlias = Any
"""A type as an annotation writes it: a class, a generic alias, a union."""
NONE = type(None)
WRAPPERS = (typing.ClassVar, typing.Final, typing.Annotated)


origin_of: Callable[[Kind], Any] = typing.get_origin


class UnresolvedError(Exception):
    """A name leads to nothing, or to something whose type is not known; says why."""


@lru_cache
def typing_names(module: str) -> Mapping[str, Any]:
    """What a module imports for type checkers alone."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.ImportFrom) and line.module:
                    source = importlib.import_module(line.module)
                    found |= {
                        name.asname or name.name: getattr(source, name.name) for name in line.names
                    }
    return found


def evaluate(annotation: Any, module: str) -> Kind:
    """The type that an annotation in this module means, whether or not it is quoted."""
    holder = type("Holder", (), {"__annotations__": {"it": annotation}})
    try:
        found = typing.get_type_hints(holder, vars(sys.modules[module]), dict(typing_names(module)))
    except NameError as error:
        raise UnresolvedError(f"{annotation}: {error}") from error
    return found["it"]


def result_of(function: Callable[..., Any]) -> Kind:
    """What a function returns. Raises `UnresolvedError` where its annotation is missing."""
    function = inspect.unwrap(function)
    written = getattr(function, "__annotations__", {})
    if "return" not in written:
        raise UnresolvedError(
            f"{getattr(function, '__qualname__', function)} says not what it returns"
        )
    return evaluate(written["return"], function.__module__)


def alternatives(kind: Kind) -> Iterator[Kind]:
    """The members of a union, without what only wraps a type. `Any` is none: it raises."""
    origin = origin_of(kind)
    if origin in (typing.Union, types.UnionType):
        for member in typing.get_args(kind):
            yield from alternatives(member)
    elif origin in WRAPPERS:
        yield from alternatives(typing.get_args(kind)[0])
    elif origin is typing.Literal:
        yield from {type(value) for value in typing.get_args(kind)}
    elif isinstance(kind, typing.NewType):
        yield from alternatives(kind.__supertype__)
    elif isinstance(kind, typing.TypeVar):
        yield from alternatives(kind.__bound__ or join(kind.__constraints__))
    elif kind in (Any, object):
        raise UnresolvedError("its type is not known")
    else:
        yield NONE if kind is None else kind


def present(kind: Kind) -> list[Kind]:
    """The alternatives other than `None`, unless there is nothing else."""
    found = list(dict.fromkeys(alternatives(kind)))
    return [each for each in found if each is not NONE] or found


def join(kinds: typing.Iterable[Kind]) -> Kind:
    """The union of types. Raises `UnresolvedError` where there are none."""
    members = list(dict.fromkeys(NONE if kind is None else kind for kind in kinds))
    if not members:
        raise UnresolvedError("its type is not known")
    return typing.Union[tuple(members)] if len(members) > 1 else members[0]  # noqa: UP007


def split(kind: Kind) -> tuple[Any, tuple[Kind, ...]]:
    """A class and what it is generic in."""
    return origin_of(kind) or kind, typing.get_args(kind)


def substitute(kind: Kind, parameters: Mapping[Any, Kind]) -> Kind:
    """The type with type variables, and `Self`, replaced by what they stand for."""
    if kind in parameters:
        return parameters[kind]
    arguments = typing.get_args(kind)
    if not arguments or origin_of(kind) is typing.Literal:
        return kind
    replaced = tuple(substitute(each, parameters) for each in arguments)
    if replaced == arguments:
        return kind
    origin = origin_of(kind)
    if origin in (typing.Union, types.UnionType):
        return reduce(or_, replaced) if origin is types.UnionType else join(replaced)
    return types.GenericAlias(origin, replaced)


def parameters_of(kind: Kind) -> dict[Any, Kind]:
    """By type variable what a generic class is generic in, and what `Self` is in it."""
    origin, arguments = split(kind)
    names = getattr(origin, "__parameters__", ())
    return {**dict(zip(names, arguments, strict=False)), typing.Self: kind}


def bases(kind: Kind) -> Iterator[Kind]:
    """A class and its bases, with what each is generic in, in the order of look-up, about."""
    yield kind
    origin, _ = split(kind)
    for base in getattr(origin, "__orig_bases__", getattr(origin, "__bases__", ())):
        yield from bases(substitute(base, parameters_of(kind)))
