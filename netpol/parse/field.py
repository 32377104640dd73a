"""The fields of a manifest with their paths, so that every fault names its field.

They read as Go decodes JSON: `null` and a missing field are the zero value of the wanted type.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Json = Mapping[str, Any]
"""An object of JSON. Its values are `Any` because nothing is known of them before `parse`."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ManifestFault:
    """What is wrong with one field of one object, and what would be right.

    `subject` is the object: `NAMESPACE/NAME`, or `NAME` for a cluster-wide one.
    """

    subject: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.field}: {self.message}"


class InvalidManifestError(ValueError):
    """An object that the API server would refuse, with all its faults."""

    def __init__(self, faults: tuple[ManifestFault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def ignore_warning(_: ManifestFault) -> None:
    """The default receiver of warnings."""


@dataclass(slots=True)
class FaultReport:
    """The faults of one object, which refuse it, and the receiver of its warnings, which do not.

    `strict_cidr` refuses blocks that API servers up to 1.35 mask. The keys of `faults` count, so
    that reading a field twice reports its fault once.
    """

    subject: str
    warn: Callable[[ManifestFault], object] = ignore_warning
    strict_cidr: bool = False
    faults: dict[ManifestFault, None] = field(default_factory=dict)

    def raise_faults(self) -> None:
        """Raise `InvalidManifestError` if there is any fault."""
        if self.faults:
            raise InvalidManifestError(tuple(self.faults))


def _accept_any(_: object) -> None:
    """The default check of a value: nothing more to check."""


@dataclass(frozen=True, slots=True)
class ManifestField:
    """A value and its path, such as `spec.ingress[0].from`; the object itself has an empty path.

    Each `as_…` method returns the value as that type. A value of another type is a fault, and the
    method returns the type's zero value; so is a value with which `check` finds a problem.
    """

    path: str
    value: Any
    report: FaultReport

    @property
    def is_given(self) -> bool:
        return self.value is not None

    @property
    def is_object(self) -> bool:
        """Whether it can have fields: `null` is an empty object."""
        return self.value is None or isinstance(self.value, dict)

    def add_fault(self, message: str) -> None:
        self.report.faults[ManifestFault(self.report.subject, self.path, message)] = None

    def add_warning(self, message: str) -> None:
        self.report.warn(ManifestFault(self.report.subject, self.path, message))

    def child(self, name: str) -> "ManifestField":
        path = f"{self.path}.{name}" if self.path else name
        return ManifestField(path, self.as_object().get(name), self.report)

    def expect_fields(self, *names: str) -> "ManifestField":
        """Check that this is an object; warn of each field that is not one of `names`."""
        for name in self.as_object():
            if name not in names:
                unknown = self.child(make_printable(name, 80))
                unknown.add_warning("is no field of the API here: servers drop or refuse it")
        return self

    def as_object(self) -> Json:
        return self._check_value(dict, "an object", {}, _accept_any)

    def as_list(self) -> list["ManifestField"]:
        values: list[object] = self._check_value(list, "a list", [], _accept_any)
        return [
            ManifestField(f"{self.path}[{index}]", value, self.report)
            for index, value in enumerate(values)
        ]

    def as_text(self, check: Callable[[str], str | None] = _accept_any) -> str:
        return self._check_value(str, "text", "", check)

    def as_whole_number(self, check: Callable[[int], str | None] = _accept_any) -> int:
        return self._check_value(int, "a whole number", 0, check)

    def as_flag(self) -> bool:
        return self._check_value(bool, "true or false", False, _accept_any)

    def _check_value(
        self, kind: type[Value], name: str, zero: Value, check: Callable[[Value], str | None]
    ) -> Value:
        value = zero if self.value is None else self.value
        # To Python `true` is a number.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            advice = suggest_quotes(value) if kind is str else ""
            self.add_fault(f"must be {name}, not {format_value(value)}{advice}")
            return zero
        if problem := check(value):
            self.add_fault(f"{format_value(value)} {problem}")
        return value


def suggest_quotes(value: object) -> str:
    """The advice for a value that should be text, if quotes would make it text."""
    return ": put it in quotes" if isinstance(value, bool | int | float) else ""


def format_value(value: object) -> str:
    """The value as a message shows it: on one line, not too long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return make_printable(json.dumps(value, ensure_ascii=False), 80)


def make_printable(text: str, most: int) -> str:
    """The text cut at `most` characters, with all that is invisible or could steer a terminal
    escaped.
    """
    if len(text) > most:
        text = f"{text[: most - 3]}..."
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
