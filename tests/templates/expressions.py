"""What an expression of a template is: a path, then filters; and what a tag's function gives."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.template.base import FilterExpression, Variable
from django.utils.safestring import SafeString

from tests.templates.annotations import (
    NONE,
    Kind,
    UnresolvedError,
    alternatives,
    evaluate,
    join,
    present,
    result_of,
    split,
)
from tests.templates.members import element, member, name_of

Names = Mapping[str, Kind]
TEXTS = (
    "addslashes capfirst date escape filesizeformat floatformat json_script linebreaks "
    "linebreaksbr lower pluralize slugify stringformat striptags time timesince timeuntil"
    " title truncatechars truncatewords upper urlencode urlize wordwrap yesno"
)
"""Filters of Django that give text."""


def path(variable: Variable | str, names: Names) -> Kind:
    """What a literal or a dotted path is. Raises `UnresolvedError` where it breaks off."""
    if not isinstance(variable, Variable):
        return NONE if variable is None else type(variable)
    if variable.lookups is None:
        return type(variable.literal)
    first, *others = variable.lookups
    if first not in names:
        raise UnresolvedError(f"nobody gives {first}")
    kind = names[first]
    for name in others:
        kind = member(kind, name)
    present(kind)
    return kind


def expression(written: FilterExpression, names: Names) -> Kind:
    """What a path is after its filters. Raises `UnresolvedError`."""
    kind = path(written.var, names)
    for function, arguments in written.filters:
        given = [path(value, names) if is_path else str for is_path, value in arguments]
        kind = _filtered(function, kind, given)
    return kind


def _filtered(function: Callable[..., Any], kind: Kind, given: Sequence[Kind]) -> Kind:
    if not function.__module__.startswith("django."):
        check_arguments(function, [kind, *given], {})
        return result_of(function)
    name = getattr(function, "_filter_name", function.__name__)
    if name in TEXTS.split():
        return SafeString
    if name not in RESULTS:
        raise UnresolvedError(f"nobody knows what the filter {name} gives")
    return RESULTS[name](kind, given)


def _default(kind: Kind, given: Sequence[Kind]) -> Kind:
    return join((*(each for each in alternatives(kind) if each is not NONE), *given))


def _joined(kind: Kind, _given: Sequence[Kind]) -> Kind:
    element(kind)
    return SafeString


def _one(kind: Kind, _given: Sequence[Kind]) -> Kind:
    return join((element(kind), None))


def _same(kind: Kind, _given: Sequence[Kind]) -> Kind:
    return kind


def _length(kind: Kind, _given: Sequence[Kind]) -> Kind:
    for each in present(kind):
        origin, _ = split(each)
        if origin is not NONE and not hasattr(origin, "__len__"):
            raise UnresolvedError(f"{name_of(each)} has no length")
    return int


RESULTS: Mapping[str, Callable[[Kind, Sequence[Kind]], Kind]] = {
    "default": _default,
    "default_if_none": _default,
    "first": _one,
    "last": _one,
    "random": _one,
    "length": _length,
    "join": _joined,
    "add": _same,
    "slice": _same,
}
"""What Django's other filters give."""


def check_arguments(
    function: Callable[..., Any], given: Sequence[Kind], named: Mapping[str, Kind]
) -> None:
    """Raises `UnresolvedError` where a function of ours is given what it does not take."""
    function = inspect.unwrap(function)
    parameters = inspect.signature(function).parameters
    places = [each for each in parameters.values() if each.kind is not each.KEYWORD_ONLY]
    pairs = [
        *zip(places, given, strict=False),
        *((parameters[name], named[name]) for name in named),
    ]
    for parameter, kind in pairs:
        wanted = evaluate(parameter.annotation, function.__module__)
        if not _takes(wanted, kind):
            raise UnresolvedError(
                f"{function.__name__} takes {name_of(wanted)} as {parameter.name}, "
                f"not {name_of(kind)}"
            )


def _takes(wanted: Kind, given: Kind) -> bool:
    """By classes alone; what they are generic in is left out. `None` is the run time's to find."""
    try:
        allowed = tuple(split(each)[0] for each in alternatives(wanted))
    except UnresolvedError:
        return True
    numbers = (int,) if float in allowed else ()
    return all(
        each is NONE or _is_protocol(allowed) or issubclass(split(each)[0], (*allowed, *numbers))
        for each in alternatives(given)
    )


def _is_protocol(kinds: Sequence[Any]) -> bool:
    return any(getattr(each, "_is_protocol", False) for each in kinds)


def check_shown(kind: Kind) -> None:
    """Raises `UnresolvedError` for what a page would show as Python writes it."""
    for each in present(kind):
        origin, _ = split(each)
        if origin.__str__ is object.__str__ and not issubclass(origin, int | float | NONE):
            raise UnresolvedError(f"a page would show the {name_of(each)} as Python writes it")
