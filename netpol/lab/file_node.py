"""The fields of a lab file with their paths, so that every error names its field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)
_MISSING = object()


class LabError(ValueError):
    """A lab file that cannot be used: the file, the field and what would be right."""


@dataclass(frozen=True, slots=True)
class LabNode:
    """A value and its path, such as `flows[3].destination`; the top of the file has none.

    Each `as_…` method returns the value as that type, or raises `LabError`. A field that may be
    missing and is has its `default`: no items, no entries, an empty text.
    """

    file: str
    field: str
    value: object

    @property
    def is_given(self) -> bool:
        return self.value is not _MISSING

    def build_error(self, message: str) -> LabError:
        return LabError(f"{self.file}: {self.field + ': ' if self.field else ''}{message}")

    def as_mapping(self) -> dict[str, "LabNode"]:
        """A mapping whose keys are names that the file's author chose."""
        if self.value is _MISSING:
            return {}
        if not isinstance(self.value, dict):
            raise self.build_error(f"must be a mapping, not {self._format_value()}")
        return {key: self._child(key, value) for key, value in self.value.items()}

    def read_fields(
        self, required: Iterable[str], optional: Iterable[str] = ()
    ) -> dict[str, "LabNode"]:
        """A mapping whose keys are the format's: all required ones and no unknown one."""
        required, known = list(required), [*required, *optional]
        entries = self.as_mapping()
        for key in entries:
            if key not in known:
                names = join_names(known)
                raise entries[key].build_error(f"no such field; the fields here are {names}")
        for key in required:
            if key not in entries:
                raise self.build_error(f"`{key}` is missing")
        missing = {key: self._child(key, _MISSING) for key in known if key not in entries}
        return entries | missing

    def _child(self, key: str, value: object) -> "LabNode":
        return LabNode(self.file, f"{self.field}.{key}" if self.field else key, value)

    def as_list(self) -> list["LabNode"]:
        if self.value is _MISSING:
            return []
        if not isinstance(self.value, list):
            raise self.build_error(f"must be a list, not {self._format_value()}")
        return [
            LabNode(self.file, f"{self.field}[{index}]", item)
            for index, item in enumerate(self.value)
        ]

    def as_text(self, default: str = "") -> str:
        if self.value is _MISSING:
            return default
        if not isinstance(self.value, str) or not self.value:
            raise self.build_error(f"must be text, not {self._format_value()}")
        return self.value

    def as_number(self, first: int, last: int) -> int:
        # YAML's `true` is an int to Python.
        if type(self.value) is not int or not first <= self.value <= last:
            message = f"must be a number from {first} to {last}, not {self._format_value()}"
            raise self.build_error(message)
        return self.value

    def as_flag(self, *, default: bool = False) -> bool:
        if self.value is _MISSING:
            return default
        if not isinstance(self.value, bool):
            raise self.build_error(f"must be true or false, not {self._format_value()}")
        return self.value

    def require_true(self) -> None:
        if not self.as_flag():
            raise self.build_error("must be true; leave it out otherwise")

    def as_choice(self, choices: Iterable[Choice]) -> Choice:
        by_name = {choice.value: choice for choice in choices}
        if self.as_text() not in by_name:
            raise self.build_error(f"{self.value!r} is not one of {join_names(by_name)}")
        return by_name[self.as_text()]

    def as_reference(self, known: Iterable[str], *, kind: str, plural: str = "") -> str:
        """The name of something that stands elsewhere in the file."""
        known = list(known)
        if self.as_text() not in known:
            names = f"{plural or f'{kind}s'} are {join_names(known)}"
            raise self.build_error(f"{self.value!r} is no {kind}; {names}")
        return self.as_text()

    def _format_value(self) -> str:
        return "nothing" if self.value in (None, "") else repr(self.value)


def find_only_kind(node: LabNode, fields: Mapping[str, LabNode], kinds: Iterable[str]) -> str:
    """The one of `kinds` that is given. Raises `LabError` for none or several."""
    given = [kind for kind in kinds if fields[kind].is_given]
    if len(given) != 1:
        raise node.build_error(f"needs exactly one of {join_names(kinds)}")
    return given[0]


def join_names(names: Iterable[str]) -> str:
    return ", ".join(names)
