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
class ManifestFault:
    """What is wrong with one field of one object, and what would be right.

    `subject` is the object: `NAMESPACE/NAME`, or `NAME` for what lives in no namespace.
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


@dataclass(slots=True)
class FaultReport:
    """What is found wrong while one object is read: faults refuse it, warnings do not.

    With `strict_cidr` a block that API servers up to 1.35 mask is a fault. The keys of `faults`
    are what counts, so that a field may be looked at twice.
    """

    subject: str
    warn: Callable[[ManifestFault], object]
    strict_cidr: bool = False
    faults: dict[ManifestFault, None] = field(default_factory=dict)

    def raise_faults(self) -> None:
        """Raise `Invalid` if there was any fault."""
        if self.faults:
            raise InvalidManifestError(tuple(self.faults))


def _accept_any(_: object) -> None:
    """There is nothing more to check."""


@dataclass(frozen=True, slots=True)
class ManifestField:
    """A value and its path, `spec.ingress[0].from`; the path of the whole object is empty."""

    path: str
    value: Any
    report: FaultReport

    @property
    def is_given(self) -> bool:
        return self.value is not None

    @property
    def is_object(self) -> bool:
        """Whether there are fields in it to look at."""
        return self.value is None or isinstance(self.value, dict)

    def add_fault(self, message: str) -> None:
        self.report.faults[ManifestFault(self.report.subject, self.path, message)] = None

    def add_warning(self, message: str) -> None:
        self.report.warn(ManifestFault(self.report.subject, self.path, message))

    def child(self, name: str) -> "ManifestField":
        path = f"{self.path}.{name}" if self.path else name
        return ManifestField(path, self.as_object().get(name), self.report)

    def expect_fields(self, *names: str) -> "ManifestField":
        """Check that this is an object; warn of each field of it that the API does not know."""
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

    def as_text(self, wrong: Callable[[str], str | None] = _accept_any) -> str:
        return self._check_value(str, "text", "", wrong)

    def as_whole_number(self, wrong: Callable[[int], str | None] = _accept_any) -> int:
        return self._check_value(int, "a whole number", 0, wrong)

    def as_flag(self) -> bool:
        return self._check_value(bool, "true or false", False, _accept_any)

    def _check_value(
        self,
        kind: type[Value],
        name: str,
        zero: Value,
        wrong: Callable[[Value], str | None],
    ) -> Value:
        value = zero if self.value is None else self.value
        # To Python `true` is a number.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            advice = suggest_quotes(value) if kind is str else ""
            self.add_fault(f"must be {name}, not {format_value(value)}{advice}")
            return zero
        if problem := wrong(value):
            self.add_fault(f"{format_value(value)} {problem}")
        return value


def suggest_quotes(value: object) -> str:
    """What to do about a value that ought to be text."""
    return ": put it in quotes" if isinstance(value, bool | int | float) else ""


def format_value(value: object) -> str:
    """The value as it stands in a message: on one line, not too long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return make_printable(json.dumps(value, ensure_ascii=False), 80)


def make_printable(text: str, most: int) -> str:
    """The text without what cannot be seen, or could steer a terminal, cut at `most` characters."""
    if len(text) > most:
        text = f"{text[: most - 3]}..."
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
