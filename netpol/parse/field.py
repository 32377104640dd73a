"""Values of a manifest that know their place in it, so that every fault can name its field.

They read as Go decodes JSON: `null` and "missing" are the zero value of whatever is asked for.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Json = Mapping[str, Any]
"""An object of JSON. Its values are `Any` because nothing is known of them before `parse`."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of one object, and what would be right.

    `subject` is the object: `NAMESPACE/NAME`, or `NAME` for what lives in no namespace.
    """

    subject: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.field}: {self.message}"


class Invalid(ValueError):  # noqa: N818  a state, as in TemplateDoesNotExist
    """An object that the API server would refuse, with all its faults."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(slots=True)
class Report:
    """What is found wrong while one object is read: faults refuse it, warnings do not.

    With `strict_cidr` a block that API servers up to 1.35 mask is a fault. The keys of `faults`
    are what counts, so that a field may be looked at twice.
    """

    subject: str
    warn: Callable[[Fault], object]
    strict_cidr: bool = False
    faults: dict[Fault, None] = field(default_factory=dict)

    def settle(self) -> None:
        """Raise `Invalid` if there was any fault."""
        if self.faults:
            raise Invalid(tuple(self.faults))


def _nothing(_: object) -> None:
    """There is nothing more to check."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value and its path, `spec.ingress[0].from`; the path of the whole object is empty."""

    path: str
    value: Any
    report: Report

    @property
    def given(self) -> bool:
        return self.value is not None

    @property
    def is_object(self) -> bool:
        """Whether there are fields in it to look at."""
        return self.value is None or isinstance(self.value, dict)

    def fault(self, message: str) -> None:
        self.report.faults[Fault(self.report.subject, self.path, message)] = None

    def warn(self, message: str) -> None:
        self.report.warn(Fault(self.report.subject, self.path, message))

    def child(self, name: str) -> "Field":
        path = f"{self.path}.{name}" if self.path else name
        return Field(path, self.entries().get(name), self.report)

    def only(self, *names: str) -> "Field":
        """Check that this is an object; warn of each field of it that the API does not know."""
        for name in self.entries():
            if name not in names:
                unknown = self.child(printable(name, 80))
                unknown.warn("is no field of the API here: servers drop or refuse it")
        return self

    def entries(self) -> Json:
        return self._checked(dict, "an object", {}, _nothing)

    def items(self) -> list["Field"]:
        values: list[object] = self._checked(list, "a list", [], _nothing)
        return [
            Field(f"{self.path}[{index}]", value, self.report) for index, value in enumerate(values)
        ]

    def text(self, wrong: Callable[[str], str | None] = _nothing) -> str:
        return self._checked(str, "text", "", wrong)

    def whole_number(self, wrong: Callable[[int], str | None] = _nothing) -> int:
        return self._checked(int, "a whole number", 0, wrong)

    def flag(self) -> bool:
        return self._checked(bool, "true or false", False, _nothing)

    def _checked(
        self,
        kind: type[Value],
        name: str,
        zero: Value,
        wrong: Callable[[Value], str | None],
    ) -> Value:
        value = zero if self.value is None else self.value
        # To Python `true` is a number.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(f"must be {name}, not {shown(value)}{advice(value) if kind is str else ''}")
            return zero
        if problem := wrong(value):
            self.fault(f"{shown(value)} {problem}")
        return value


def advice(value: object) -> str:
    """What to do about a value that ought to be text."""
    return ": put it in quotes" if isinstance(value, bool | int | float) else ""


def shown(value: object) -> str:
    """The value as it stands in a message: on one line, not too long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return printable(json.dumps(value, ensure_ascii=False), 80)


def printable(text: str, most: int) -> str:
    """The text without what cannot be seen, or could steer a terminal, cut at `most` characters."""
    if len(text) > most:
        text = f"{text[: most - 3]}..."
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
